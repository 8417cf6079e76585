import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { Slurm } from './slurm.ts';
import { until } from './until.ts';

const folder = temporaryFolders();
const slurm = await Slurm.start({ nodes: 2 });
afterAll(() => slurm.stop());

const read = (file: string): string => readFileSync(file, 'utf8');

/** State and exit code of all of a job, when it is over. */
async function ends(job: string): Promise<string[]> {
  const records = async (): Promise<string[]> =>
    (await slurm.run('scontrol', ['show', 'job', '-o', job])).out.split('\n').filter((line) => line !== '');
  await until(
    async () => (await records()).every((line) => !/JobState=(PENDING|RUNNING|COMPLETING)/.test(line)),
    `job ${job}`,
  );
  return (await records()).map((line) => line.replace(/.*JobState=(\S+).*ExitCode=(\S+).*/, '$1 $2')).sort();
}

const stateOf = async (job: string): Promise<string> =>
  (await slurm.run('squeue', ['-h', '-j', job, '-t', 'all', '-o', '%T %N'])).out.trim();

describe('the real Slurm of the tests', () => {
  it('runs a job', async () => {
    const file = join(folder(), 'said');
    const job = await slurm.submit(`#!/bin/sh\necho "$SLURM_JOB_ID" > ${file}\nexit 7\n`);
    expect(await ends(job)).toEqual(['FAILED 7:0']);
    expect(read(file)).toBe(`${job}\n`);
  });

  it('runs an array', async () => {
    const place = folder();
    const job = await slurm.submit(
      `#!/bin/sh\necho > ${place}/$SLURM_ARRAY_TASK_ID\nexit $SLURM_ARRAY_TASK_ID\n`,
      '--array=0-3',
    );
    expect(await ends(job)).toEqual(['COMPLETED 0:0', 'FAILED 1:0', 'FAILED 2:0', 'FAILED 3:0']);
    for (const task of [0, 1, 2, 3]) expect(read(join(place, String(task)))).toBe('\n');
  });

  it('cancels a job', async () => {
    const job = await slurm.submit('#!/bin/sh\nsleep 300\n');
    await until(async () => (await stateOf(job)).startsWith('RUNNING'), 'the job to run');
    await slurm.run('scancel', [job]);
    expect(await ends(job)).toEqual(['CANCELLED 0:15']);
  });

  it('requeues the job of a node that is said to be down', async () => {
    const place = folder();
    const script = `#!/bin/sh\necho "$SLURMD_NODENAME \${SLURM_RESTART_COUNT-0}" >> ${place}/starts\nuntil [ -e ${place}/go ]; do sleep 0.1; done\n`;
    const job = await slurm.submit(script, '--requeue');
    await until(async () => (await stateOf(job)).startsWith('RUNNING'), 'the job to run');
    const [, node] = (await stateOf(job)).split(' ');
    await slurm.run('scontrol', ['update', `nodename=${node}`, 'state=down', 'reason=test']);
    await until(() => read(join(place, 'starts')).includes(' 1\n'), 'the job to start again');
    writeFileSync(join(place, 'go'), '');
    expect(await ends(job)).toEqual(['COMPLETED 0:0']);
    await slurm.run('scontrol', ['update', `nodename=${node}`, 'state=resume']);
  });

  it('starts the job of a node that died again, while the orphan goes on', async () => {
    const place = folder();
    const script = `#!/bin/sh\necho "$SLURMD_NODENAME $$" >> ${place}/starts\nuntil [ -e ${place}/go ]; do sleep 0.1; done\necho "$SLURMD_NODENAME" >> ${place}/ends\n`;
    const job = await slurm.submit(script, '--requeue');
    await until(() => existsSync(join(place, 'starts')), 'the job to run');
    const [first] = read(join(place, 'starts')).split(' ');
    slurm.killNode(first);
    await until(() => read(join(place, 'starts')).split('\n').length === 3, 'the job to start elsewhere');
    writeFileSync(join(place, 'go'), '');
    expect(await ends(job)).toEqual(['COMPLETED 0:0']);
    await until(() => read(join(place, 'ends')).split('\n').length === 3, 'both to end');
    expect(read(join(place, 'ends')).trim().split('\n').sort()).toEqual(['n1', 'n2']);
    slurm.startNode(first);
  });

  it('remembers what waits and runs when its controller is killed and started again', async () => {
    const job = await slurm.submit('#!/bin/sh\nsleep 8\n');
    await until(async () => (await stateOf(job)).startsWith('RUNNING'), 'the job to run');
    await sleep(6000); // a controller writes down what it knows every five seconds
    slurm.killController();
    const { code, err } = await slurm.run('squeue', ['-h']);
    expect({ code, err }).toEqual({
      code: 1,
      err: 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)\n',
    });
    slurm.startController();
    await until(async () => (await slurm.run('squeue', ['-h'])).code === 0, 'the controller to answer');
    expect(await ends(job)).toEqual(['COMPLETED 0:0']);
  });
});
