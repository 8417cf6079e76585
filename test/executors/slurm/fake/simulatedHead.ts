import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Task, TaskResult } from '../../../../src/engine/task.ts';
import { readActions } from '../../../../src/executors/slurm/batch.ts';
import { SlurmCluster } from '../../../../src/executors/slurm/cluster.ts';
import { type Run, SlurmError } from '../../../../src/executors/slurm/command.ts';
import { ResultWriter } from '../../../../src/executors/slurm/resultFiles.ts';
import { DEFAULT_LIMITS, type Limits } from '../../../../src/executors/slurm/settings.ts';
import { SlurmExecutor } from '../../../../src/executors/slurm/slurm.ts';
import { sha256 } from '../../../../src/store/canonical.ts';
import { Cas } from '../../../../src/store/cas.ts';
import { DEFAULT_SETTINGS, FakeCluster, type FakeSettings } from './cluster.ts';
import type { FakeJob, RunningScript, ScriptRunner } from './job.ts';
import { call } from './programs.ts';
import { VirtualTime } from './virtualTime.ts';

export interface SimulationOptions {
  /** The store, which is on disk; its folder is there and empty. */
  readonly storeRoot: string;
  readonly cells: number;
  /** Seconds that a cell takes. */
  readonly secondsOf: (cell: number) => number;
  readonly cluster: Partial<FakeSettings>;
  readonly limits: Partial<Limits>;
}

export interface Simulated {
  readonly cells: number;
  readonly jobs: number;
  /** Seconds of the cluster's time. */
  readonly seconds: number;
  /** Of the seconds of all processors that jobs may have at once, the part in which cells ran. */
  readonly busy: number;
  readonly submits: number;
  readonly polls: number;
  /** Most in any second, and in any minute. */
  readonly submitsPerSecond: number;
  readonly pollsPerMinute: number;
  readonly mostJobs: number;
  /** Bytes of the heap that are in use after each tenth of the cells, garbage collected: the head's and the cluster's. */
  readonly heap: readonly number[];
  /** Processor seconds of head and cluster together. */
  readonly cpuSeconds: number;
}

const PARTS = 10;

/** A head that does cells on a cluster that is not there, in virtual time. All its files are real. */
export async function simulateHead(options: SimulationOptions): Promise<Simulated> {
  const { storeRoot, cells, secondsOf } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const time = new VirtualTime();
  const store = new Cas(storeRoot);
  const digest = store.put(Buffer.from('one output, which stands for all'));
  const result = (seconds: number): TaskResult => ({
    ok: true,
    outputs: { out: { digest, bytes: 32 } },
    seconds,
    log: '',
  });
  const runner = new VirtualRunner(time, result);
  const cluster = new FakeCluster({ ...DEFAULT_SETTINGS, ...options.cluster }, time, runner);
  const executor = new SlurmExecutor({
    storeRoot,
    run: 'simulated',
    settings: () => ({}),
    program: { words: ['node', 'task.js'], seal: () => undefined },
    cluster: new SlurmCluster(commandsOf(cluster, storeRoot), 'root'),
    limits,
    clock: time,
  });

  const heap: number[] = [];
  const began = process.cpuUsage();
  const { signal } = new AbortController();
  await new Promise<void>((resolve, reject) => {
    let next = 0;
    let done = 0;
    const refill = (): void => {
      for (; next < cells && next - done < limits.cells; next++) void one(next);
    };
    const one = async (cell: number): Promise<void> => {
      try {
        const seconds = secondsOf(cell);
        const action = { key: sha256(String(cell)), stage: 'cells', cpus: 1, seconds };
        const given = await executor.execute(taskOf(cell, seconds, storeRoot), {
          signal,
          action,
          onBegin: () => undefined,
          onProgress: () => undefined,
        });
        if (given?.ok !== true) throw new Error(`cell ${cell} came to ${JSON.stringify(given)}`);
        done++;
        if (done % Math.ceil(cells / PARTS) === 0 || done === cells) heap.push(heapInUse());
        if (done === cells) resolve();
        else refill();
      } catch (error) {
        reject(error);
      }
    };
    refill();
  });
  const { user, system } = process.cpuUsage(began);
  const seconds = time.now() / 1000;
  await executor.close();
  await cluster.close();

  const times = (wanted: (program: string) => boolean): number[] =>
    cluster.calls.filter(({ program }) => wanted(program)).map(({ at }) => at);
  const submits = times((program) => program === 'sbatch');
  const polls = times((program) => program !== 'sbatch');
  const { nodes, cpus } = cluster.settings;
  return {
    cells,
    jobs: runner.jobs,
    seconds,
    busy: runner.seconds / (seconds * Math.min(nodes * cpus, limits.jobs)),
    submits: submits.length,
    polls: polls.length,
    submitsPerSecond: mostWithin(submits, 1000),
    pollsPerMinute: mostWithin(polls, 60_000),
    mostJobs: cluster.mostJobs,
    heap,
    cpuSeconds: (user + system) / 1e6,
  };
}

const taskOf = (cell: number, seconds: number, storeRoot: string): Task => ({
  target: `cells/${cell}`,
  storeRoot,
  bundle: '/cells.mjs',
  entry: 'run',
  params: { seconds },
  files: {},
  inputs: {},
  outputs: { out: { type: 'file', extension: 'txt' } },
  seed: String(cell),
});

/** Slurm's programs, called in this process. */
const commandsOf =
  (cluster: FakeCluster, cwd: string): Run =>
  async (program, args) => {
    const readFile = (path: string): string => readFileSync(path, 'utf8');
    const answer = await call(cluster, program, { args, env: { USER: 'root' }, cwd, input: '', readFile });
    if (answer?.code === 0) return answer.out;
    throw new SlurmError('silent', program, answer?.err ?? 'no answer');
  };

/** Does what a job's program does, but for the work: it reads its actions, and tells of each when its time is over. */
class VirtualRunner implements ScriptRunner {
  readonly #time: VirtualTime;
  readonly #result: (seconds: number) => TaskResult;
  jobs = 0;
  /** Of all cells. */
  seconds = 0;

  constructor(time: VirtualTime, result: (seconds: number) => TaskResult) {
    this.#time = time;
    this.#result = result;
  }

  start({ submission, task = 0, restarts }: FakeJob, node: string, ended: (code: number, signal: number) => void) {
    this.jobs++;
    const { folder } = submission;
    const file = readActions(folder, task);
    if (file === undefined) throw new Error(`no actions in ${folder} for job ${task}`);
    const seconds = file.actions.map((action) => (action.task.params as { seconds: number }).seconds);
    const all = seconds.reduce((sum, one) => sum + one, 0);
    this.seconds += all;
    const writer = new ResultWriter(folder, { token: file.token, element: task, attempt: restarts, host: node });
    writer.write([]);
    this.#time.after(1000 * all, () => {
      writer.write(
        seconds.map((one, at) => [at, this.#result(one)]),
        'done',
      );
      ended(0, 0);
    });
    const running: RunningScript = { signal: () => undefined };
    return running;
  }

  async close(): Promise<void> {}
}

/** The most times within a span, of some in ascending order. */
function mostWithin(times: readonly number[], span: number): number {
  let most = 0;
  let from = 0;
  times.forEach((time, at) => {
    while (times[from] <= time - span) from++;
    most = Math.max(most, at - from + 1);
  });
  return most;
}

let collect: (() => void) | undefined;

function heapInUse(): number {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
  return process.memoryUsage().heapUsed;
}
