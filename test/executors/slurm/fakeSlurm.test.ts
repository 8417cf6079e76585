import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Answer, runProgram } from '../../cluster/commandLine.ts';
import { temporaryFolders } from '../../store/folder.ts';
import type { FakeSettings } from './fake/cluster.ts';
import { type FakeSlurm, startFakeSlurm } from './fake/fakeSlurm.ts';
import { FAULTS, type Mishap } from './fake/faults.ts';

const folder = temporaryFolders();
let slurm: FakeSlurm | undefined;
let place = '';

async function start(settings: Partial<FakeSettings> = {}): Promise<FakeSlurm> {
  place = folder();
  slurm = await startFakeSlurm(settings);
  return slurm;
}

afterEach(async () => {
  await slurm?.stop();
  slurm = undefined;
});

const run = (program: string, ...args: string[]): Promise<Answer> =>
  runProgram(join(slurm!.bin, program), args, slurm!.environment({ ...process.env, SECRET: 'no' }), { cwd: place });
const wrap = (command: string, ...args: string[]): Promise<Answer> =>
  run('sbatch', '--parsable', ...args, '--wrap', command);

/** State and exit code of each job, when none waits or runs any more. */
async function ends(): Promise<string[]> {
  await expect.poll(() => slurm!.cluster.live.length).toBe(0);
  return slurm!.cluster.jobs.map(({ state, code, signal }) => `${state} ${code}:${signal}`);
}

const written = (): string[] => readdirSync(place).sort();
const go = (): void => writeFileSync(join(place, 'go'), '');
/** What a script begins with that is to end when it is told, and not before. */
const WAITS = 'until [ -e go ]; do sleep 0.02; done;';
const read = (file: string): string => readFileSync(join(place, file), 'utf8');

describe('the fake Slurm', () => {
  it('runs a script with its words, where it was told, and tells how it ended', async () => {
    await start();
    expect(
      await wrap('echo "$SLURM_JOB_NAME $SLURM_JOB_ID $SECRET."; exit 7', '-J', 'a b', '--export=PATH', '-o', 'log-%j'),
    ).toEqual({ code: 0, out: '1\n', err: '' });
    expect(await ends()).toEqual(['FAILED 7:0']);
    expect(read('log-1')).toBe('a b 1 .\n');
    const { out } = await run('scontrol', 'show', 'job', '--oneliner', '1');
    expect(out).toMatch(/^JobId=1 JobName=a b .* JobState=FAILED .* ExitCode=7:0 /);
  });

  it('runs an array, so many at once, each with its number', async () => {
    const { cluster } = await start();
    await wrap(`echo $SLURM_ARRAY_TASK_ID; ${WAITS}`, '--array=2-4,7%2', '--output=%A-%a');
    await expect
      .poll(async () => (await run('squeue', '-h', '-o', '%i %T %r')).out)
      .toMatch(/^1_\[4,7%2\] PENDING JobArrayTaskLimit\n1_2 RUNNING None\n1_3 RUNNING None\n$/);
    go();
    expect(await ends()).toEqual(Array(4).fill('COMPLETED 0:0'));
    expect(written()).toEqual(['1-2', '1-3', '1-4', '1-7', 'go']);
    expect(read('1-7')).toBe('7\n');
    expect(cluster.jobs.map(({ id }) => id)).toEqual([2, 3, 4, 1]);
  });

  it('refuses what a real one refuses', async () => {
    await start({ maxArraySize: 11, maxSubmitJobs: 12, memory: 1024 });
    const refusals = [
      [['--array=0-11'], 'Invalid job array specification'],
      [['-p', 'nowhere'], 'Invalid partition name specified'],
      [['--mem=2G'], 'Requested node configuration is not available'],
    ] as const;
    for (const [args, words] of refusals)
      expect((await wrap('true', ...args)).err).toContain(`submission failed: ${words}\n`);
    expect((await wrap('sleep 5', '--array=0-10')).code).toBe(0);
    expect((await wrap('true', '--array=0-1')).err).toContain('Job violates accounting/QOS policy');
    expect((await run('sbatch', '--bogus')).code).toBe(255);
    expect((await run('sbatch', 'no-such-script')).err).toBe('sbatch: error: Unable to open file no-such-script\n');
    expect(await run('squeue', '-h', '-j', '99')).toMatchObject({ code: 1, out: '' });
  });

  it('asks a job to end at its time limit, with the warning that it wanted, and then kills it', async () => {
    await start({ minute: 1500, killWait: 0.3 });
    const script = 'trap "echo warned > warned" USR2; trap "" TERM; while :; do sleep 0.02; done';
    await wrap(script, '--time=1', '--signal=B:USR2@30');
    await expect.poll(written).toContain('warned');
    expect(await ends()).toEqual(['TIMEOUT 0:9']);
    expect(slurm!.cluster.clock.now() - slurm!.cluster.jobs[0].started!).toBeGreaterThan(1750);
  });

  it('cancels what waits and what runs', async () => {
    await start({ cpus: 1, nodes: 1 });
    await wrap('sleep 30', '--array=0-2');
    await expect.poll(() => slurm!.cluster.live.filter(({ state }) => state === 'RUNNING').length).toBe(1);
    expect(await run('scancel', '1')).toEqual({ code: 0, out: '', err: '' });
    expect(await ends()).toEqual(['CANCELLED 0:15', 'CANCELLED 0:0', 'CANCELLED 0:0']);
  });

  it('requeues the jobs of a node that fails, while the orphan goes on', async () => {
    const { cluster } = await start({ requeueDelay: 10 });
    await wrap(`echo "$SLURMD_NODENAME \${SLURM_RESTART_COUNT-0}" >> starts; ${WAITS} echo >> ends`);
    await expect.poll(written).toContain('starts');
    cluster.failNode('n1', true);
    go();
    expect(await ends()).toEqual(['COMPLETED 0:0']);
    expect(read('starts')).toBe('n1 0\nn2 1\n');
    await expect.poll(() => read('ends')).toBe('\n\n');
    await wrap('sleep 30', '--no-requeue');
    await expect.poll(() => cluster.live[0]?.state).toBe('RUNNING');
    await run('scontrol', 'update', 'nodename=n2', 'state=down');
    expect((await ends())[1]).toBe('NODE_FAIL 0:15');
  });

  it('tells of jobs what is not so, as it is told', async () => {
    const { cluster } = await start();
    const mishaps: readonly (readonly [Mishap, string, boolean])[] = [
      [{ is: 'never-runs' }, 'COMPLETED 0:0', false],
      [{ is: 'late', by: 300 }, 'COMPLETED 0:0', true],
      [{ is: 'out-of-memory', after: 20 }, 'OUT_OF_MEMORY 0:125', false],
      [{ is: 'cancelled', after: 20 }, 'CANCELLED 0:15', false],
      [{ is: 'time-limit', after: 20 }, 'TIMEOUT 0:15', false],
    ];
    cluster.onJob(...mishaps.map(([mishap], task) => ({ mishap, task })));
    await wrap(`${WAITS} echo > done-$SLURM_ARRAY_TASK_ID`, '--array=0-5', '--output=/dev/null');
    await expect.poll(() => cluster.live.length).toBe(1);
    go(); // nobody has written anything yet, and all but one count as ended
    expect(await ends()).toEqual([...mishaps.map(([, end]) => end), 'COMPLETED 0:0']);
    const told = mishaps.flatMap(([, , runs], task) => (runs ? [`done-${task}`] : []));
    await expect.poll(written).toEqual([...told, 'done-5', 'go']);
  });

  it('forgets a job whose script goes on', async () => {
    const { cluster } = await start();
    cluster.onJob({ mishap: { is: 'forgotten', after: 20, goesOn: true } });
    await wrap(`${WAITS} echo > done`, '--output=/dev/null');
    await expect.poll(async () => (await run('scontrol', 'show', 'job', '-o', '1')).err).toContain('Invalid job id');
    expect((await run('squeue', '-h')).out).toBe('');
    go();
    await expect.poll(written).toEqual(['done', 'go']);
  });

  it('lies in its answers as often as it is told, and counts the calls', async () => {
    const { cluster } = await start();
    cluster.onCall(
      FAULTS.acceptedButTimedOut(),
      FAULTS.submitTimedOut(),
      FAULTS.noController('squeue', 2),
      FAULTS.garbage('scontrol'),
    );
    for (let at = 0; at < 2; at++) expect((await wrap('sleep 9')).err).toContain('Socket timed out');
    expect(cluster.live).toHaveLength(1);
    expect(await wrap('sleep 9')).toMatchObject({ code: 0, out: '2\n' });
    for (const code of [1, 1, 0]) expect((await run('squeue', '-h')).code).toBe(code);
    expect((await run('scontrol', 'show', 'config')).out).not.toContain('MaxArraySize');
    expect((await run('scontrol', 'show', 'config')).out).toMatch(/^MaxArraySize +=/m);
    cluster.onCall(FAULTS.unknownStates('squeue'));
    expect((await run('squeue', '-h', '-o', '%T')).out).toBe('UNKNOWN\nUNKNOWN\n');
    expect(['sbatch', 'squeue', 'scontrol', 'sacct'].map((name) => cluster.count(name))).toEqual([3, 4, 2, 0]);
  });

  it('leaves a caller without an answer, who may give up', async () => {
    const { cluster } = await start();
    cluster.onCall(FAULTS.acceptedButSilent());
    const asked = runProgram(join(slurm!.bin, 'sbatch'), ['--wrap', 'true'], process.env, {
      cwd: place,
      timeout: 2000,
    });
    expect((await asked).code).toBe(-1);
    expect(await ends()).toEqual(['COMPLETED 0:0']);
  });

  it('takes many calls at once', async () => {
    const { cluster } = await start({ nodes: 1, cpus: 8 });
    const answers = await Promise.all(Array.from({ length: 12 }, (_, at) => wrap(`exit ${at}`)));
    const numbers = answers.map(({ out }) => Number(out)).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 12 }, (_, at) => at + 1));
    const all = await ends();
    expect(all.filter((end) => end === 'COMPLETED 0:0')).toHaveLength(1);
    expect(new Set(all).size).toBe(12);
    expect(cluster.mostJobs).toBeLessThanOrEqual(12);
  });
});
