import { spawn } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { BIN, type Ended, ending, SMALL, TemporaryStudy } from './study.ts';

const folder = temporaryFolders();
const study = new TemporaryStudy(folder(), SMALL);

/** The command line where there are no programs at all. */
function bare(...args: readonly string[]): Promise<Ended> {
  const { NODE_EXTRA_CA_CERTS: _, FORCE_COLOR: __, ...env } = process.env;
  const where = { cwd: study.root, env: { ...env, PATH: folder() } };
  return ending(spawn(process.execPath, [BIN, ...args], { ...where, stdio: ['ignore', 'pipe', 'pipe'] }));
}

beforeAll(async () => {
  expect((await study.driftline('run')).code).toBe(0);
});

describe('where there is no Slurm', () => {
  it('a run that needs it says what to install, and runs nothing', async () => {
    const { code, err, out } = await bare('run', '--executor', 'slurm', '--set', 'n=4');
    expect(err).toBe(
      'There is no program scontrol here, so nothing can be handed to Slurm. On a cluster, run Driftline where you would ' +
        'type sbatch, such as a login node; on Debian or Ubuntu, apt-get install slurm-client installs it. ' +
        '--executor local computes here.\n',
    );
    expect([code, out]).toEqual([1, '']);
  });

  it('a run with nothing to do needs none', async () => {
    expect(await bare('run', '--executor', 'slurm', 'sums')).toMatchObject({ code: 0, err: '' });
  });

  it('--executor local computes here, whatever the study says', async () => {
    study.write({ 'pipeline.yaml': `${SMALL['pipeline.yaml']}executor: slurm\n` });
    expect((await bare('run', '--set', 'n=5')).code).toBe(1);
    expect((await bare('run', '--set', 'n=5', '--executor', 'local')).code).toBe(0);
    study.write(SMALL);
  });

  it('a stage may stay here by itself', async () => {
    const parts = SMALL['parts/squares.yaml'].replaceAll('uses: squares\n', 'uses: squares\n    executor: local\n');
    study.write({ 'parts/squares.yaml': parts.replace('uses: join\n', 'uses: join\n    executor: local\n') });
    expect(await bare('run', '--set', 'n=6', '--executor', 'slurm')).toMatchObject({
      code: 0,
      err: expect.not.stringContaining('Slurm'),
    });
    study.write(SMALL);
  });
});

describe('where actions are done', () => {
  it('is in no key', async () => {
    const keys = async (...args: string[]) => {
      const { out } = await study.driftline('why', 'positive', '--json', ...args);
      return JSON.parse(out).counts;
    };
    expect(await keys()).toMatchObject({ run: 0, depends: 0 });
    study.write({
      'pipeline.yaml': `${SMALL['pipeline.yaml']}executor: { kind: slurm, partition: main, memory: 1GB, jobs: 3 }\n`,
      'parts/squares.yaml': SMALL['parts/squares.yaml'].replaceAll(
        'uses: squares\n',
        'uses: squares\n    executor: { kind: slurm, time: 5m, options: [--qos=low], pack: 5m, takes: 1s }\n',
      ),
    });
    expect(await keys()).toMatchObject({ run: 0, depends: 0 });
    expect(await study.driftline('run')).toMatchObject({ code: 0, out: expect.stringContaining('Nothing had to run') });
    study.write(SMALL);
  });

  it.each([
    ['partition', 'x y', '--slurm partition=x y: expected a name without spaces.\n'],
    ['jobs', '0', '--slurm jobs=0: expected an integer from 1 to 1000000.\n'],
    ['pack', 'long', '--slurm pack=long: expected a time such as 30s, 10m or 1h30m.\n'],
    ['partiton', 'x', '--slurm partiton=…: there is no such setting. Did you mean partition?\n'],
    ['options', '--wrap=ls', expect.stringContaining('none of --array, --chdir')],
  ])('--slurm %s=%s is refused', async (name, value, words) => {
    expect(await study.driftline('run', '--executor', 'slurm', '--slurm', `${name}=${value}`)).toMatchObject({
      code: 2,
      err: words,
    });
  });
});
