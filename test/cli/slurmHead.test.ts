import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { studyOf, twoNodes } from './clusterStudy.ts';
import { ending, TemporaryStudy } from './study.ts';

const folder = temporaryFolders();
const slurm = twoNodes();

describe('a study on a cluster', () => {
  it('whose head is killed is gone on with by the next one, which submits nothing twice', async () => {
    const go = join(folder(), 'go');
    const study = new TemporaryStudy(folder(), studyOf(go));
    const head = slurm.start(study);
    await expect.poll(() => slurm.cluster.live.filter(({ state }) => state === 'RUNNING').length).toBe(3);
    // Its journal tells the number that it was given.
    const batches = join(study.root, '.driftline', 'slurm');
    await expect.poll(() => existsSync(join(batches, readdirSync(batches)[0], 'submitted.json'))).toBe(true);
    head.kill('SIGKILL');
    await ending(head);
    writeFileSync(go, '');
    const { code, err } = await slurm.run(study);
    expect([code, err]).toEqual([0, expect.anything()]);
    expect(err).toContain('Taking over the jobs that an earlier run left on the cluster.');
    expect(slurm.cluster.count('sbatch')).toBe(1);
    expect((await slurm.run(study)).out).toContain('Nothing had to run');
  });

  it.each(['leave', 'cancel'])('whose head is interrupted leaves its jobs, or cancels them: %s', async (what) => {
    const study = new TemporaryStudy(folder(), studyOf(join(folder(), 'never')));
    const head = slurm.start(study, '--on-interrupt', what);
    const ended = ending(head);
    await expect.poll(() => slurm.cluster.live.filter(({ state }) => state === 'RUNNING').length).toBe(3);
    head.kill('SIGINT');
    const { code, err } = await ended;
    expect(code).toBe(130);
    expect(err).toContain(
      what === 'leave'
        ? '3 jobs stay on the cluster: the next run takes them over.'
        : 'Cancelled 3 jobs on the cluster.',
    );
    if (what === 'leave') expect(slurm.cluster.live).toHaveLength(3);
    else await expect.poll(() => slurm.cluster.live.length).toBe(0);
  });
});
