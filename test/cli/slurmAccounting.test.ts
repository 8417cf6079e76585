import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeSlurm, startFakeSlurm } from '../executors/slurm/fake/fakeSlurm.ts';
import { temporaryFolders } from '../store/folder.ts';
import { startOn, studyOf } from './clusterStudy.ts';
import { ending, events, TemporaryStudy } from './study.ts';

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
  it('is asked how a job ended that left the queue without a word', async () => {
    slurm.cluster.onJob({ mishap: { is: 'out-of-memory', after: 0 }, task: 1 });
    expect(await run('1s')).toEqual(DONE);
    // Of two that shared a job which ran out of memory, each gets one of its own: for a job that is merely lost they would not.
    expect(slurm.cluster.accounted.map(({ array, task, state }) => [array, task, state])).toEqual([
      [1, 0, 'COMPLETED'],
      [1, 1, 'OUT_OF_MEMORY'],
      [1, 2, 'COMPLETED'],
      [expect.any(Number), 0, 'COMPLETED'],
      [expect.any(Number), 1, 'COMPLETED'],
    ]);
    expect(calls()).not.toContain('scontrol job');
    expect(calls().indexOf('squeue')).toBeLessThan(calls().indexOf('sacct'));
  });
});
