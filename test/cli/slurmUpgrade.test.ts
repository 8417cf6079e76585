import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startFakeSlurm } from '../executors/slurm/fake/fakeSlurm.ts';
import { temporaryFolders } from '../store/folder.ts';
import { startOn, studyOf } from './clusterStudy.ts';
import { installInto } from './installation.ts';
import { ending, events, TemporaryStudy } from './study.ts';

const folder = temporaryFolders();
const slurm = await startFakeSlurm({ nodes: 1 });
afterAll(() => slurm.stop());

describe('jobs that are queued while Driftline is upgraded', () => {
  it('are done by the program that submitted them, and the upgraded one takes what they gave', async () => {
    const go = join(folder(), 'go');
    const study = new TemporaryStudy(folder(), studyOf(go));
    const old = folder();
    const driftline = installInto(old);
    slurm.cluster.failNode('n1');
    const head = startOn({ ...slurm, driftline }, study, '--on-interrupt', 'leave');
    const ended = ending(head);
    await expect.poll(() => slurm.cluster.live.length).toBe(3);
    const batches = join(study.root, '.driftline', 'slurm');
    await expect.poll(() => existsSync(join(batches, readdirSync(batches)[0], 'submitted.json'))).toBe(true);
    head.kill('SIGINT');
    expect((await ended).code).toBe(130);
    // Built anew: packages of the same versions are there again, under the same names.
    for (const path of ['cli', 'job']) rmSync(join(old, 'dist', path), { recursive: true });
    writeFileSync(go, '');
    slurm.cluster.mendNode('n1');
    await expect.poll(() => slurm.cluster.live.length).toBe(0);
    expect(slurm.cluster.jobs.map(({ state }) => state)).toEqual(Array(3).fill('COMPLETED'));
    const { code, out } = await ending(startOn(slurm, study, '--json'));
    expect([code, events(out).at(-1)]).toEqual([0, expect.objectContaining({ executed: 9, failed: 0 })]);
    expect(slurm.cluster.count('sbatch')).toBe(1);
    expect(readFileSync(join(study.root, 'out', 'tables', 'sum.table.csv'), 'utf8')).toContain('91');
  });
});
