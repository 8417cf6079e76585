import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { submitArguments } from '../../../src/executors/slurm/cluster.ts';
import { slurmCommands } from '../../../src/executors/slurm/command.ts';
import { temporaryFolders } from '../../store/folder.ts';

const folder = temporaryFolders();

/** A program that does what a line of shell says, and how asking it ends. */
async function asking(line: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}, limit = 10_000) {
  const bin = folder();
  writeFileSync(join(bin, 'sbatch'), `#!/bin/sh\n${line}\n`);
  chmodSync(join(bin, 'sbatch'), 0o755);
  const run = slurmCommands(limit, { ...env, PATH: `${bin}:${process.env.PATH}` });
  return run('sbatch', args).catch((error) => ({ reason: error.reason, words: error.message }));
}

describe('a program of the cluster', () => {
  it('is given each argument as it is', async () => {
    const args = ['--comment=a b', '$(touch x)', '; rm -rf .', '*', "'"];
    expect(await asking('for word in "$@"; do echo "<$word>"; done', args)).toBe(
      args.map((word) => `<${word}>\n`).join(''),
    );
  });

  it('sees nothing of the environment but the way to programs, and what is meant for sbatch', async () => {
    const env = { AWS_SECRET_ACCESS_KEY: 's', SLURM_JOB_ID: '1', SLURM_CONF: '/c', SBATCH_ACCOUNT: 'a', HOME: '/h' };
    const seen = String(await asking('env', [], env)).split('\n');
    const names = seen.map((line) => line.split('=', 1)[0]).filter((name) => !['PWD', '_', 'SHLVL', ''].includes(name));
    expect(names.sort()).toEqual(['HOME', 'LC_ALL', 'PATH', 'SBATCH_ACCOUNT', 'SLURM_CONF']);
  });

  it.each([
    ['sbatch: error: Batch job submission failed: Socket timed out on send/recv operation', 'silent'],
    ['slurm_load_jobs error: Unable to contact slurm controller (connect failure)', 'silent'],
    ['sbatch: error: AssocMaxSubmitJobLimit', 'silent'],
    ['sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying', 'silent'],
    ['sbatch: error: Batch job submission failed: Invalid partition name specified', 'refused'],
    ['sbatch: error: Batch job submission failed: Requested node configuration is not available', 'refused'],
    [
      "sbatch: error: QOSMaxWallDurationPerJobLimit: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)",
      'refused',
    ],
  ])('that says “%s” is %s', async (words, reason) => {
    expect(await asking(`echo "${words}" >&2; exit 1`)).toEqual({ reason, words: words.replace(/^\w+: error: /, '') });
  });

  it('that gives no answer is silent, and is ended', async () => {
    expect(await asking('exec sleep 60', [], {}, 200)).toEqual({
      reason: 'silent',
      words: 'sbatch gave no answer within 0.2 s',
    });
  });

  it('that is not there is missing', async () => {
    const error = await slurmCommands(1000, { PATH: folder() })('sbatch', []).catch((thrown) => thrown);
    expect(error).toMatchObject({ name: 'SlurmError', reason: 'missing', program: 'sbatch' });
  });
});

describe('a submission', () => {
  const request = {
    name: 'driftline-x',
    elements: 3,
    cpus: 2,
    memory: 3 * 2 ** 20 + 1,
    time: 601,
    settings: { partition: 'p', account: 'a', options: ['--qos=low', '--time=5'] },
    script: '/b/job.sh',
    words: ['node', 'task.js', '/b'],
    logs: '/b/log/%a.txt',
    folder: '/b',
  };

  it('asks for what was asked, takes nothing of the environment along, and lets a person’s word be the last', () => {
    const words = submitArguments(request);
    expect(words).toEqual(expect.arrayContaining(['--array=0-2', '--cpus-per-task=2', '--mem=4M', '--time=11']));
    expect(words).toEqual(expect.arrayContaining(['--export=ALL', '--partition=p', '--account=a']));
    expect(words.slice(-6)).toEqual(['--qos=low', '--time=5', '/b/job.sh', 'node', 'task.js', '/b']);
  });

  it('of one job is no array, and warns a short job later than a long one', () => {
    const words = submitArguments({ ...request, elements: 1, time: 120 });
    expect(words.filter((word) => word.startsWith('--array'))).toEqual([]);
    expect(words).toContain('--signal=B:USR2@30');
    expect(submitArguments(request)).toContain('--signal=B:USR2@60');
  });
});
