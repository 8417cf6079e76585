import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startOn, studyOf } from '../cli/clusterStudy.ts';
import { ending, events, TemporaryStudy } from '../cli/study.ts';
import { type FakeSlurm, startFakeSlurm } from '../executors/slurm/fake/fakeSlurm.ts';
import { temporaryFolders } from '../store/folder.ts';

const folder = temporaryFolders();

let slurm: FakeSlurm;
beforeEach(async () => {
  // Its controller forgets at once what has ended: then only a database knows of it.
  slurm = await startFakeSlurm({ nodes: 2, accounting: true, minJobAge: 0 });
});
afterEach(() => slurm.stop());

async function run(grace: string) {
  const study = new TemporaryStudy(folder(), studyOf());
  const { code, out } = await ending(startOn(slurm, study, '--json', '--slurm', `grace=${grace}`));
  return { code, last: events(out).at(-1) };
}
const calls = (): string[] =>
  slurm.cluster.calls.flatMap(({ program, args }) => (program === 'scontrol' ? `scontrol ${args[1]}` : program));
const DONE = { code: 0, last: expect.objectContaining({ executed: 9, failed: 0 }) };

describe('a cluster with accounting', () => {
  it('is not believed where jobs tell better themselves, nor asked of those that are in the queue', async () => {
    const lie = (out: string): string => out.replaceAll('COMPLETED|0:0', 'FAILED|1:0');
    slurm.cluster.onCall({
      program: 'sacct',
      times: 100,
      done: true,
      answer: (right) => ({ ...right, out: lie(right.out) }),
    });
    slurm.cluster.onJob({ mishap: { is: 'late', by: 300 }, times: 3 });
    expect(await run('30s')).toEqual(DONE);
    expect([slurm.cluster.count('sbatch'), slurm.cluster.accounted.length]).toEqual([1, 3]);
    const asked = slurm.cluster.calls.filter(({ program }) => program === 'sacct');
    expect(asked.length).toBeGreaterThan(0);
  });

  it('that has not heard of a job yet, or cannot be reached, is no reason to give it up', async () => {
    slurm.cluster.onCall(
      { program: 'sacct', answer: { code: 0, out: '', err: '' } },
      { program: 'sacct', answer: { code: 1, out: '', err: 'sacct: error: slurmdbd: Connection refused\n' } },
    );
    slurm.cluster.onJob({ mishap: { is: 'late', by: 400 }, times: 3 });
    expect(await run('30s')).toEqual(DONE);
    expect(slurm.cluster.count('sbatch')).toBe(1);
    expect(calls()).toContain('scontrol job'); // who else could know
  });
});
