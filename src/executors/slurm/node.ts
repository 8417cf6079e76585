import { hostname } from 'node:os';
import { basename, dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { TaskResult } from '../../engine/task.ts';
import { StoreError } from '../../store/storeError.ts';
import { LocalExecutor } from '../local.ts';
import { type ActionFile, readActions } from './batch.ts';
import { fitnessFor } from './fitness.ts';
import { isWholeProgram } from './program.ts';
import { ProgressNotes } from './progressNotes.ts';
import { EXIT_CODES, exitCodeOf, ResultWriter, readResult, resultNames } from './resultFiles.ts';

/** Milliseconds in which a file that another machine wrote has to be seen here. */
const VISIBLE_MS = 30_000;

/** Milliseconds between two records of a job that has many short actions. */
const RECORD_MS = 1000;

/** Milliseconds that a run has to leave a checkpoint when its job is ended at once. */
const LAST_MS = 3000;

/**
 * One job of an array: does the actions of its file one after another, in a thread as they are done anywhere, and writes
 * down what each gave. It reads neither the study nor the records of actions, and writes results and blobs alone.
 */
async function main(folder: string, element: number, attempt: number): Promise<number> {
  // With a damaged copy of the program nothing is computed: it is put back when the actions are submitted again.
  if (!isWholeProgram(dirname(fileURLToPath(import.meta.url)))) return EXIT_CODES.noAction;
  const file = await readSoon(folder, element);
  if (file === undefined) return EXIT_CODES.noAction;
  const writer = new ResultWriter(folder, { token: file.token, element, attempt, host: hostname() });
  const done = doneBefore(folder, file);
  // In the order of their places: one that failed is told before those whose results are on their way to the disk.
  const record = (end?: 'done' | 'stopped'): void => writer.write(sorted(done), end);
  writer.write([]);
  const notes = new ProgressNotes(folder, { element, attempt, jobs: file.jobs }, performance.now());
  const { failures, blind } = await fitnessFor(file, VISIBLE_MS);
  if (blind) return EXIT_CODES.noAction;
  file.actions.forEach(({ task }, at) => {
    const failure = failures.get(task.bundle);
    if (failure !== undefined && !done.has(at)) done.set(at, { ok: false, failure, log: '' });
  });

  const warning = new AbortController();
  const stop = new AbortController();
  let ending = false;
  let open = file.actions.map((_, at) => at).filter((at) => !done.has(at));
  const checkpointed = (): void => stop.abort();
  process.on('SIGUSR2', () => warning.abort());
  process.on('SIGTERM', () => {
    ending = true;
    warning.abort();
    setTimeout(() => stop.abort(), LAST_MS);
  });

  const executor = new LocalExecutor({
    jobs: 1,
    memory: file.actions[0].memory ?? DEFAULT_MEMORY,
    workerFile: fileURLToPath(new URL('./worker.mjs', import.meta.url)),
  });
  try {
    for (let wrote = performance.now(); open.length > 0 && !warning.signal.aborted; ) {
      if (writer.isOrphan) return EXIT_CODES.stopped;
      const now = open.slice(0, file.actions[open[0]].time === undefined ? AT_ONCE : 1);
      const onProgress = (at: number, fraction: number): void => notes.tell(at, fraction, performance.now());
      const signals = { warning: warning.signal, signal: stop.signal, checkpointed };
      const results = start(executor, file, now, { ...signals, onProgress });
      await Promise.all(
        results.map(async (running, index) => {
          const result = await running.catch((error: unknown) => told(error, stop.signal));
          if (result === undefined) return;
          done.set(now[index], result);
          if (performance.now() - wrote < RECORD_MS) return;
          wrote = performance.now();
          record();
        }),
      );
      open = open.filter((at) => !done.has(at));
    }
    notes.clear();
    if (writer.isOrphan) return EXIT_CODES.stopped;
    // A job that was cancelled has no last word: the cluster knows why it ended.
    if (ending) record();
    else record(open.length === 0 ? 'done' : 'stopped');
    return open.length === 0 ? 0 : EXIT_CODES.stopped;
  } finally {
    await executor.close();
  }
}

/** Heap of actions that name none, as on one machine. */
const DEFAULT_MEMORY = 2 * 2 ** 30;

/** Actions that the thread is given in one go. */
const AT_ONCE = 64;

interface Hooks {
  readonly warning: AbortSignal;
  readonly signal: AbortSignal;
  checkpointed(): void;
  /** Of the action in that place. */
  onProgress(at: number, fraction: number): void;
}

function start(
  executor: LocalExecutor,
  { actions, kinds }: ActionFile,
  places: readonly number[],
  { warning, signal, checkpointed, onProgress }: Hooks,
): Promise<TaskResult | undefined>[] {
  const { memory, time, task } = actions[places[0]];
  const limits = { signal, warning, needs: kinds, onCheckpoint: checkpointed, ...(memory !== undefined && { memory }) };
  if (places.length === 1) {
    const own = time === undefined ? {} : { time };
    return [executor.execute(task, { ...limits, ...own, onProgress: (fraction) => onProgress(places[0], fraction) })];
  }
  const without = places.findIndex((at) => actions[at].time !== undefined);
  const tasks = places.slice(0, without < 0 ? undefined : without).map((at) => actions[at].task);
  return executor.executeAll(tasks, {
    ...limits,
    onBegin: () => undefined,
    onProgress: (index, fraction) => onProgress(places[index], fraction),
  });
}

const sorted = (done: ReadonlyMap<number, TaskResult>) => [...done].sort(([a], [b]) => a - b);

/** A run that was asked to stop has no result; a store that refuses is told like any failure. */
function told(error: unknown, signal: AbortSignal): TaskResult | undefined {
  if (signal.aborted) return undefined;
  if (!(error instanceof StoreError)) throw error;
  return { ok: false, failure: { kind: 'store-refuses', message: error.message, refusal: error.refusal }, log: '' };
}

/** The file may have been written on another machine just now. */
async function readSoon(folder: string, element: number): Promise<ActionFile | undefined> {
  for (const started = performance.now(); ; await sleep(500)) {
    const file = readActions(folder, element);
    if (file !== undefined && file.token === basename(folder)) return file;
    if (performance.now() - started > VISIBLE_MS) return undefined;
  }
}

/** What the job did before the cluster started it anew: it need not do that again. */
function doneBefore(folder: string, { token, element }: ActionFile): Map<number, TaskResult> {
  const done = new Map<number, TaskResult>();
  for (const name of resultNames(folder)) {
    if (name.element !== element) continue;
    for (const [at, result] of readResult(folder, token, name)?.results ?? []) if (result.ok) done.set(at, result);
  }
  return done;
}

const [folder, element] = process.argv.slice(2);
const { SLURM_ARRAY_TASK_ID, SLURM_RESTART_COUNT } = process.env;
process.exitCode = await main(
  resolve(folder),
  Number(element ?? SLURM_ARRAY_TASK_ID),
  Number(SLURM_RESTART_COUNT ?? 0),
).catch((error: unknown) => {
  if (error instanceof StoreError) return exitCodeOf(error.refusal);
  throw error;
});
