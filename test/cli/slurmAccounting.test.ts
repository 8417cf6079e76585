import { describe, expect, it } from 'vitest';
import { accountedCluster, DONE } from './accountedCluster.ts';

const accounted = accountedCluster();

describe('a cluster with accounting', () => {
  it('is asked how a job ended that left the queue without a word', async () => {
    accounted.slurm.cluster.onJob({ mishap: { is: 'out-of-memory', after: 0 }, task: 1 });
    expect(await accounted.run('1s')).toEqual(DONE);
    // Of two that shared a job which ran out of memory, each gets one of its own: for a job that is merely lost they would not.
    expect(accounted.slurm.cluster.accounted.map(({ array, task, state }) => [array, task, state])).toEqual([
      [1, 0, 'COMPLETED'],
      [1, 1, 'OUT_OF_MEMORY'],
      [1, 2, 'COMPLETED'],
      [expect.any(Number), 0, 'COMPLETED'],
      [expect.any(Number), 1, 'COMPLETED'],
    ]);
    expect(accounted.calls()).not.toContain('scontrol job');
    expect(accounted.calls().indexOf('squeue')).toBeLessThan(accounted.calls().indexOf('sacct'));
  });
});
