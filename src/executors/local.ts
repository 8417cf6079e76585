import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import type { Failure } from '../engine/events.ts';
import type { ExecuteOptions, Executor, Task, TaskResult } from '../engine/task.ts';
import { StoreError } from '../store/storeError.ts';
import { StopRequest } from './stopRequest.ts';
import type { ThreadTask } from './worker.ts';

/** How often progress is read from the threads. */
const PROGRESS_MS = 100;

type Pool = Piscina<ThreadTask, TaskResult>;

export interface LocalOptions {
  /** Threads at most. */
  readonly jobs: number;
  /** The worker's module, bundled. */
  readonly workerFile: string;
  /** Heap limit in bytes of a thread whose stage names none. */
  readonly memory: number;
}

/**
 * Worker threads of this process. A thread that hangs is killed at its time limit; one that exits or runs out of
 * memory fails its own task and is replaced. The threads start with the first task, so that a run with nothing to do
 * pays nothing for them.
 */
export class LocalExecutor implements Executor {
  readonly #options: LocalOptions;
  /** One for each heap limit, which a thread has for life. */
  readonly #pools = new Map<number, Promise<Pool>>();

  constructor(options: LocalOptions) {
    this.#options = options;
  }

  async execute(
    task: Task,
    { signal, time, memory = this.#options.memory, onProgress }: ExecuteOptions,
  ): Promise<TaskResult> {
    signal.throwIfAborted();
    const pool = await this.#pool(memory);
    const progress = new SharedArrayBuffer(4);
    const cell = new Int32Array(progress);
    const { port1, port2 } = new MessageChannel();
    const stop = new StopRequest(port1);
    const onAbort = (): void => stop.request();
    const poll = setInterval(() => onProgress(Atomics.load(cell, 0) / 1e6), PROGRESS_MS);
    signal.addEventListener('abort', onAbort, { once: true });
    let timedOut = false;
    const onTime = (): void => {
      timedOut = true;
      stop.request();
    };
    const timer = time === undefined ? undefined : setTimeout(onTime, time * 1000);
    // Made and removed here, for a thread that is killed cannot.
    const scratch = mkdtempSync(join(tmpdir(), 'driftline-'));
    try {
      signal.throwIfAborted();
      const thread: ThreadTask = { task, progress, scratch, stop: port2 };
      const result = await pool.run(thread, { signal: stop.kill, transferList: [port2] });
      signal.throwIfAborted();
      // A stage that was asked to stop and did so has not finished, whatever it gave.
      if (timedOut) return { ok: false, failure: tooLong(time!), log: result.log };
      if (!result.ok && result.failure.refusal !== undefined) throw new StoreError(result.failure.refusal);
      return result;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof StoreError) throw error;
      return { ok: false, failure: timedOut ? tooLong(time!) : deathOf(error as Error, memory), log: '' };
    } finally {
      clearInterval(poll);
      clearTimeout(timer);
      stop.close();
      signal.removeEventListener('abort', onAbort);
      await rm(scratch, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map(async (pool) => (await pool).destroy()));
  }

  #pool(memory: number): Promise<Pool> {
    let pool = this.#pools.get(memory);
    if (pool === undefined) {
      pool = this.#start(memory);
      this.#pools.set(memory, pool);
    }
    return pool;
  }

  async #start(memory: number): Promise<Pool> {
    const { Piscina } = await import('piscina');
    const { jobs, workerFile } = this.#options;
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

const tooLong = (seconds: number): Failure => ({
  kind: 'timeout',
  message: `took longer than its limit of ${seconds} s and was stopped`,
});

function deathOf(error: Error, memory: number): Failure {
  if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY' || /memory limit/.test(error.message)) {
    const limit = `${Math.ceil(memory / 2 ** 20)} MiB`;
    return {
      kind: 'out-of-memory',
      message: `ran out of memory: its heap reached ${limit}; resources: { memory: … } sets another limit`,
    };
  }
  return { kind: 'exited', message: `its thread ended: ${error.message}` };
}
