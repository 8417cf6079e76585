import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeSlurm, startFakeSlurm } from '../executors/slurm/fake/fakeSlurm.ts';
import { temporaryFolders } from '../store/folder.ts';
import { startOn, studyOf } from './clusterStudy.ts';
import { type Ended, ending, TemporaryStudy } from './study.ts';

const folder = temporaryFolders();

let slurm: FakeSlurm;
beforeEach(async () => {
  slurm = await startFakeSlurm({ nodes: 2 });
});
afterEach(() => slurm.stop());

const run = (study: TemporaryStudy, ...args: string[]): Promise<Ended> => ending(startOn(slurm, study, ...args));

describe('a study on a cluster', () => {
  it('whose head is killed is gone on with by the next one, which submits nothing twice', async () => {
    const go = join(folder(), 'go');
    const study = new TemporaryStudy(folder(), studyOf(go));
    const head = startOn(slurm, study);
    await expect
      .poll(() => slurm.cluster.live.filter(({ state }) => state === 'RUNNING').length, { timeout: 20_000 })
      .toBe(3);
    // Its journal tells the number that it was given.
    const batches = join(study.root, '.driftline', 'slurm');
    await expect.poll(() => existsSync(join(batches, readdirSync(batches)[0], 'submitted.json'))).toBe(true);
    head.kill('SIGKILL');
    await ending(head);
    writeFileSync(go, '');
    const { code, err } = await run(study);
    expect([code, err]).toEqual([0, expect.anything()]);
    expect(err).toContain('Taking over the jobs that an earlier run left on the cluster.');
    expect(slurm.cluster.count('sbatch')).toBe(1);
    expect((await run(study)).out).toContain('Nothing had to run');
  });

  it.each(['leave', 'cancel'])('whose head is interrupted leaves its jobs, or cancels them: %s', async (what) => {
    const study = new TemporaryStudy(folder(), studyOf(join(folder(), 'never')));
    const head = startOn(slurm, study, '--on-interrupt', what);
    const ended = ending(head);
    await expect
      .poll(() => slurm.cluster.live.filter(({ state }) => state === 'RUNNING').length, { timeout: 20_000 })
      .toBe(3);
    head.kill('SIGINT');
    const { code, err } = await ended;
    expect(code).toBe(130);
    expect(err).toContain(
      what === 'leave'
        ? '3 jobs stay on the cluster: the next run takes them over.'
        : 'Cancelled 3 jobs on the cluster.',
    );
    if (what === 'leave') expect(slurm.cluster.live).toHaveLength(3);
    else await expect.poll(() => slurm.cluster.live.length, { timeout: 10_000 }).toBe(0);
  });
});
