import type { Piscina } from 'piscina';
import type { ExecuteOptions, Executor, Task, TaskResult } from '../engine/task.ts';
import type { ThreadTask } from './worker.ts';

/** How often progress is read from the threads. */
const PROGRESS_MS = 100;

export interface LocalOptions {
  /** Threads at most. */
  readonly jobs: number;
  /** The worker's module, bundled. */
  readonly workerFile: string;
  /** Heap limit of a thread in bytes. */
  readonly memory: number;
}

/**
 * Worker threads of this process. A thread that hangs is killed at its time limit; one that exits or runs out of
 * memory fails its own task and is replaced. The threads start with the first task, so that a run with nothing to do
 * pays nothing for them.
 */
export class LocalExecutor implements Executor {
  readonly #options: LocalOptions;
  #pool: Promise<Piscina<ThreadTask, TaskResult>> | undefined;

  constructor(options: LocalOptions) {
    this.#options = options;
  }

  async execute(task: Task, { signal, time, onProgress }: ExecuteOptions): Promise<TaskResult> {
    this.#pool ??= this.#start();
    const pool = await this.#pool;
    const progress = new SharedArrayBuffer(4);
    const cell = new Int32Array(progress);
    const poll = setInterval(() => onProgress(Atomics.load(cell, 0) / 1e6), PROGRESS_MS);
    const stop = new AbortController();
    const onAbort = (): void => stop.abort();
    signal.addEventListener('abort', onAbort, { once: true });
    let timedOut = false;
    const timer =
      time === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            stop.abort();
          }, time * 1000);
    try {
      signal.throwIfAborted();
      return await pool.run({ task, progress }, { signal: stop.signal });
    } catch (error) {
      signal.throwIfAborted();
      return { ok: false, failure: timedOut ? tooLong(time!) : deathOf(error as Error), log: '' };
    } finally {
      clearInterval(poll);
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }

  async close(): Promise<void> {
    await (await this.#pool)?.destroy();
  }

  async #start(): Promise<Piscina<ThreadTask, TaskResult>> {
    const { Piscina } = await import('piscina');
    const { jobs, workerFile, memory } = this.#options;
    return new Piscina<ThreadTask, TaskResult>({
      filename: workerFile,
      minThreads: 0,
      maxThreads: jobs,
      idleTimeout: 10_000,
      // Kinds see no environment; programs that they start need to be found.
      env: { PATH: process.env.PATH ?? '' },
      resourceLimits: { maxOldGenerationSizeMb: Math.ceil(memory / 2 ** 20) },
    });
  }
}

const tooLong = (seconds: number) =>
  ({ kind: 'timeout', message: `took longer than its limit of ${seconds} s and was stopped` }) as const;

function deathOf(error: Error) {
  if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY' || /memory limit/.test(error.message)) {
    return { kind: 'out-of-memory', message: 'ran out of memory' } as const;
  }
  return { kind: 'exited', message: `its thread ended: ${error.message}` } as const;
}
