import { describe, expect, it } from 'vitest';
import { simulateHead } from '../executors/slurm/fake/simulatedHead.ts';
import { temporaryFolders } from '../store/folder.ts';

const folder = temporaryFolders();

/** Between 5 and 55 s, the same each time. */
const secondsOf = (cell: number): number => 5 + ((cell * 7919) % 51);

describe('the head of 20,000 cells on a cluster of 1,000 nodes', () => {
  it('keeps to its bounds of submits, polls, jobs and memory, and keeps the cluster busy', async () => {
    const limits = { jobs: 1000, cells: 2500, submits: 1, polls: 12 };
    const cluster = { nodes: 1000, cpus: 16, cycle: 1000, minJobAge: 60 };
    const told = await simulateHead({ storeRoot: folder(), cells: 20_000, secondsOf, cluster, limits });
    expect(told.submitsPerSecond).toBeLessThanOrEqual(limits.submits);
    expect(told.pollsPerMinute).toBeLessThanOrEqual(limits.polls + 1); // and one for MaxArraySize, at the start
    expect(told.mostJobs).toBe(limits.jobs);
    expect(told.jobs).toBeLessThan(20_000); // some were packed
    expect(told.busy).toBeGreaterThan(0.75);
    // What is in use depends on what is under way, not on what was done before.
    const [, early] = told.heap;
    for (const later of told.heap.slice(2)) expect(later).toBeLessThan(1.2 * early);
  });
});
