import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startFakeSlurm } from '../executors/slurm/fake/fakeSlurm.ts';
import { temporaryFolders } from '../store/folder.ts';
import { type Answer, runProgram } from './commandLine.ts';
import { Slurm } from './slurm.ts';
import { until } from './until.ts';

const folder = temporaryFolders();
const SHAPE = { nodes: 2, cpus: 4, memory: 1024, maxArraySize: 1001, firstJobId: 1000 };
const settings = { MaxArraySize: String(SHAPE.maxArraySize), FirstJobId: String(SHAPE.firstJobId) };
const real = await Slurm.start({ ...SHAPE, settings });
const fake = await startFakeSlurm({ ...SHAPE, requeueDelay: 5000 });
afterAll(() => Promise.all([real.stop(), fake.stop()]));

/** One of the two, as whoever calls its programs sees it. */
interface Either {
  readonly place: string;
  run(program: string, ...args: string[]): Promise<Answer>;
}

const env = { ...process.env, USER: 'root', FOO: 'foo', SECRET: 'secret' };
const eithers = (): readonly Either[] =>
  [real.environment, fake.environment({})].map((environment) => {
    const place = folder();
    const path = environment.PATH!.includes(fake.bin) ? `${fake.bin}:${process.env.PATH}` : process.env.PATH!;
    const all = { ...environment, ...env, PATH: path };
    return { place, run: (program, ...args) => runProgram(program, args, all, { cwd: place }) };
  });

/** What a scene shows on both, each with its jobs' numbers counted from the first. */
async function both(scene: (either: Either) => Promise<unknown>): Promise<readonly [unknown, unknown]> {
  const [one, other] = await Promise.all(
    eithers().map(async (either) => JSON.parse(JSON.stringify(await scene(either)))),
  );
  return [one, other];
}

const submit = async (either: Either, command: string, ...args: string[]): Promise<string> => {
  const { code, out, err } = await either.run('sbatch', '--parsable', ...args, '--wrap', command);
  if (code !== 0) throw new Error(err);
  return out.trim();
};
/** A text with the number of a job as J, and numbers that follow it as J+1 and so on. */
const relative = (text: string, job: string): string =>
  text.replaceAll(/(?<!\d)1\d{3}(?!\d)/g, (number) => {
    const more = Number(number) - Number(job);
    return more === 0 ? 'J' : `J+${more}`;
  });

const live = async ({ run }: Either, job: string): Promise<string[]> =>
  (await run('squeue', '-h', '-j', job, '-o', '%T')).out.split('\n').filter((line) => line !== '');
const over = (either: Either, job: string): Promise<void> =>
  until(async () => (await live(either, job)).length === 0, `job ${job} to be over`);

/** What scontrol says of jobs, as far as both can say the same. */
const records = async ({ run }: Either, job: string): Promise<string[]> => {
  const { out } = await run('scontrol', 'show', 'job', '-o', job);
  const kept =
    /\b(JobId|ArrayJobId|ArrayTaskId|ArrayTaskThrottle|JobName|JobState|Reason|Requeue|Restarts|BatchFlag|ExitCode|Comment|Partition|WorkDir)=\S*/g;
  const lines = out.split('\n').filter((line) => line !== '');
  return lines
    .map((line) => relative((line.match(kept) ?? []).join(' ').replace(/WorkDir=\S+/, 'WorkDir'), job))
    .sort();
};

/** What a script says of its end that is killed with its node comes in time or does not. */
const withoutExit = (record: string): string => record.replace(/ExitCode=\S+ /, '');

describe('the fake Slurm says what the real one says', () => {
  it.each([
    ['sbatch', '-p', 'nope', '--wrap', 'true'],
    ['sbatch', '--time=abc', '--wrap', 'true'],
    ['sbatch', '--array=0-1001', '--wrap', 'true'],
    ['sbatch', '--array=x', '--wrap', 'true'],
    ['sbatch', '--mem=100G', '--wrap', 'true'],
    ['sbatch', '/nonexistent'],
    ['sbatch', '--bogus', '--wrap', 'true'],
    ['sbatch', '--signal=NOPE@9', '--wrap', 'true'],
    ['squeue', '-h', '-j', '9999'],
    ['squeue', '-h', '-j', '9998,9999'],
    ['squeue', '-h', '-n', 'nobody'],
    ['squeue', '-o', '%i|%T|%F|%K|%j|%r|%R|%A|%u|%P|%t|%M|%N|%k|%a|%C|%D'],
    ['squeue'],
    ['scontrol', 'show', 'job', '-o', '9999'],
    ['scontrol', 'show', 'job', '9999'],
    ['scontrol', 'show', 'nonsense'],
    ['scontrol', 'requeue', '9999'],
    ['scancel', '9999'],
    ['scancel', 'nonsense'],
    ['scancel'],
    ['sacct', '-P', '-n', '-o', 'JobID,State,ExitCode'],
    ['sinfo', '-h', '-N', '-o', '%N|%T|%t|%c|%m|%P'],
    ['sinfo', '-h', '-o', '%P|%D|%t|%N'],
    ['squeue', '--version'],
  ])('%s %s %s %s %s %s', async (program, ...args) => {
    const [one, other] = await both(({ run }) => run(program, ...args));
    expect(other).toEqual(one);
  });

  it('of its configuration', async () => {
    const [one, other] = await both(async ({ run }) => {
      const { out } = await run('scontrol', 'show', 'config');
      return out
        .split('\n')
        .filter((line) => /^(MaxArraySize|MaxJobCount|AccountingStorageType|SLURM_VERSION) /.test(line));
    });
    expect(one).toHaveLength(4);
    expect((other as string[]).filter((line) => !line.startsWith('MaxJobCount'))).toEqual(
      (one as string[]).filter((line) => !line.startsWith('MaxJobCount')),
    );
  });

  it('of jobs that are held, together and one by one', async () => {
    const format = '%i|%T|%F|%K|%j|%r|%R|%u|%P|%t|%M|%N|%k|%a|%C|%D';
    const [one, other] = await both(async (either) => {
      const job = await submit(
        either,
        'true',
        '--hold',
        '--array=2-4,7%2',
        '-J',
        'a b',
        '--comment=x y',
        '-c',
        '2',
        '-A',
        'lab',
      );
      const seen = [];
      for (const more of [[], ['-r'], ['--me'], ['-j', `${job}_3`], ['-n', 'a b'], ['-n', 'b'], ['-u', 'root']]) {
        const { code, out } = await either.run('squeue', '-h', '-o', format, ...more);
        seen.push([more.map((word) => relative(word, job)), code, relative(out, job).split('\n')]);
      }
      seen.push(await records(either, job));
      await either.run('scancel', `${job}_[2-3]`);
      seen.push(relative((await either.run('squeue', '-h', '-o', format)).out, job));
      await either.run('scancel', '--name=other');
      await either.run('scancel', job);
      seen.push(await records(either, job));
      seen.push((await either.run('squeue', '-h')).out);
      seen.push(
        relative((await either.run('squeue', '-h', '-r', '-t', 'all', '-j', job, '-o', '%i|%T|%r')).out, job)
          .split('\n')
          .sort(),
      );
      return seen;
    });
    expect(other).toEqual(one);
  });

  it('of an array that ran', async () => {
    const [one, other] = await both(async (either) => {
      const command =
        'echo "$SLURM_ARRAY_TASK_ID of $SLURM_ARRAY_TASK_COUNT, $SLURM_ARRAY_TASK_MIN to $SLURM_ARRAY_TASK_MAX"; [ $SLURM_ARRAY_TASK_ID = 3 ] && kill -9 $$; exit $SLURM_ARRAY_TASK_ID';
      const job = await submit(either, command, '--array=0-3', '--output=%x-%a-%2a.log', '-J', 'named');
      await over(either, job);
      const files = readdirSync(either.place).sort();
      return [await records(either, job), files, files.map((file) => readFileSync(join(either.place, file), 'utf8'))];
    });
    expect(other).toEqual(one);
  });

  it('in the environment of a job, and of its words', async () => {
    const [one, other] = await both(async (either) => {
      writeFileSync(
        join(either.place, 'job.sh'),
        '#!/bin/sh\n#SBATCH -J directive --comment=there\nprintf "%s\\n" "$@"\nenv\n',
      );
      const seen = [];
      for (const more of [['--export=FOO,BAR=bar'], ['--export=PATH,HOME', '-D', either.place], []]) {
        const { out } = await either.run(
          'sbatch',
          '--parsable',
          '-o',
          '%A.log',
          ...more,
          'job.sh',
          'a b',
          "c'd",
          '$HOME;',
        );
        await over(either, out.trim());
        const lines = readFileSync(join(either.place, `${out.trim()}.log`), 'utf8').split('\n');
        const names = lines.slice(3).map((line) => line.split('=')[0]);
        const ofJob = /^SLURM_(JOB_ID|JOB_NAME|JOB_PARTITION|SUBMIT_DIR|EXPORT_ENV|ARRAY_\w+)$|^SLURMD_NODENAME$/;
        seen.push(lines.slice(0, 3), names.filter((name) => ofJob.test(name)).sort());
        seen.push(['FOO', 'BAR', 'SECRET', 'PATH', 'HOME'].map((name) => `${name} ${names.includes(name)}`));
        seen.push(lines.filter((line) => /^(FOO|BAR|SLURM_JOB_NAME|SLURM_EXPORT_ENV)=/.test(line)).sort());
        seen.push(await records(either, out.trim()));
      }
      return seen;
    });
    expect(other).toEqual(one);
  });

  it('of a job that is cancelled, and that ends on a signal', async () => {
    const [one, other] = await both(async (either) => {
      // One process: of a shell and its child, either may be the first to end, and the exit code tells which.
      const job = await submit(either, 'exec sleep 100');
      const stubborn = await submit(either, 'trap "exit 5" USR1; while :; do sleep 0.1; done');
      for (const each of [job, stubborn]) {
        await until(async () => (await live(either, each))[0] === 'RUNNING', 'it to run');
      }
      const running = (await either.run('squeue', '-h', '-j', job, '-o', '%T|%r|%F|%K')).out;
      await either.run('scancel', job);
      await new Promise((resume) => setTimeout(resume, 500)); // until its trap is set
      await either.run('scancel', '-b', '-s', 'USR1', stubborn);
      await Promise.all([over(either, job), over(either, stubborn)]);
      return [relative(running, job), await records(either, job), await records(either, stubborn)];
    });
    expect(other).toEqual(one);
  });

  it('of the jobs of a node that is said to be down', async () => {
    const [one, other] = await both(async (either) => {
      mkdirSync(join(either.place, 'starts'));
      const command = `echo > ${either.place}/starts/$SLURMD_NODENAME-\${SLURM_RESTART_COUNT-0}; until [ -e ${either.place}/go ]; do sleep 0.1; done`;
      const again = await submit(either, command, '--requeue', '--array=5');
      const never = await submit(either, 'sleep 100', '--no-requeue');
      for (const each of [again, never]) {
        await until(async () => (await live(either, each))[0] === 'RUNNING', 'it to run');
      }
      const set = (node: string, state: string): Promise<Answer> =>
        either.run('scontrol', 'update', `nodename=${node}`, `state=${state}`, 'reason=test');
      await set('n1', 'down');
      await until(async () => (await live(either, never)).length === 0, 'it to end');
      const waits = (await either.run('squeue', '-h', '-r', '-j', again, '-o', '%i|%T|%F|%K')).out;
      await until(() => readdirSync(join(either.place, 'starts')).length === 2, 'it to start again');
      writeFileSync(join(either.place, 'go'), '');
      await over(either, again);
      await set('n1', 'resume');
      const starts = readdirSync(join(either.place, 'starts')).map((name) => name.slice(2));
      return [
        relative(waits, again),
        await records(either, again),
        (await records(either, never)).map(withoutExit),
        starts.sort(),
      ];
    });
    expect(other).toEqual(one);
  });
});
