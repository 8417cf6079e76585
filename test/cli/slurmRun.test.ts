import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FAULTS } from '../executors/slurm/fake/faults.ts';
import { temporaryFolders } from '../store/folder.ts';
import { SECRET, studyOf, twoNodes } from './clusterStudy.ts';
import { events, TemporaryStudy } from './study.ts';

const folder = temporaryFolders();
const slurm = twoNodes();
const lockOf = ({ root }: TemporaryStudy): string => readFileSync(join(root, 'driftline.lock'), 'utf8');

describe('a study on a cluster', () => {
  it('has the bytes of a local run, in few jobs, though an answer got lost; and no secret leaves the shell', async () => {
    const study = new TemporaryStudy(folder(), studyOf());
    slurm.cluster.onCall(FAULTS.acceptedButTimedOut(), FAULTS.garbage('squeue'));
    const { code, out, err } = await slurm.run(study, '--json', '--lock');
    expect({ code, err, out: out.slice(-2000) }).toMatchObject({ code: 0, err: '' });
    // Two of 25 s in a job that is packed for 60 s.
    expect(slurm.cluster.jobs.map(({ task, state }) => [task, state])).toEqual(
      [0, 1, 2].map((at) => [at, 'COMPLETED']),
    );
    expect(slurm.cluster.count('sbatch')).toBe(1);
    const happened = events(out);
    expect(happened.filter(({ type }) => type === 'action-queued').map(({ stage }) => stage)).toEqual(
      Array(6).fill('numbers'),
    );
    const logs = happened.filter(({ type, stage }) => type === 'action-finished' && stage === 'numbers');
    for (const { log } of logs.filter(({ log }) => log !== undefined)) expect(log).toBe('PATH\n');
    const calls = slurm.cluster.calls.map(({ args }) => args.join(' ')).join('\n');
    expect(calls).not.toContain(SECRET);
    for (const { submission } of slurm.cluster.jobs) {
      const { PATH: _, ...environment } = submission.environment;
      expect(JSON.stringify(environment)).not.toContain(SECRET);
      const names = Object.keys(environment).filter(
        (name) => !/^(PWD|OLDPWD|SHLVL|_|(SBATCH|FAKE_SLURM)_.*)$/.test(name),
      );
      expect(['HOME', 'LC_ALL', 'LOGNAME', 'SLURM_CONF', 'USER']).toEqual(expect.arrayContaining(names));
    }
    expect(readdirSync(join(study.root, '.driftline', 'slurm'))).toEqual([]);
    const onCluster = lockOf(study);
    for (const path of ['.driftline', 'driftline.lock']) rmSync(join(study.root, path), { recursive: true });
    expect((await slurm.run(study, '--executor', 'local', '--lock')).code).toBe(0);
    expect(lockOf(study)).toBe(onCluster);
  });

  it('whose partition does not exist fails in the words of Slurm', async () => {
    const study = new TemporaryStudy(folder(), studyOf());
    const { code, err } = await slurm.run(study, '--slurm', 'partition=nowhere');
    expect(code).toBe(1);
    expect(err).toContain(
      'Slurm refuses: sbatch: invalid partition specified: nowhere; Batch job submission failed: Invalid partition name specified\n',
    );
    expect(slurm.cluster.count('sbatch')).toBe(1);
  });
});
