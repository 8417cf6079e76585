import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Piscina } from 'piscina';
import type { Failure } from '../engine/events.ts';
import type { ExecuteAllOptions, ExecuteOptions, Executor, Task, TaskResult } from '../engine/task.ts';
import { StoreError } from '../store/storeError.ts';
import { Errand, type ErrandMessage } from './errand.ts';
import { StopRequest } from './stopRequest.ts';

/** How often progress is read from the threads. */
const PROGRESS_MS = 100;
/** How long a thread that has told of all its tasks is waited for at most. */
const ENDING_MS = 20;

type Pool = Piscina<ErrandMessage, void>;

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
 * memory fails its own task and is replaced. The threads start with the first task, or when they are asked to, so that a
 * run with nothing to do pays nothing for them.
 */
export class LocalExecutor implements Executor {
  readonly #options: LocalOptions;
  /** One for each heap limit, which a thread has for life. */
  readonly #pools = new Map<number, Promise<Pool>>();
  /** Errands of which all was told and whose threads are about to be free: the next one need not start another. */
  readonly #ending = new Set<Promise<void>>();
  /** Resolved once the thread is there that was started ahead. */
  #warm: Promise<void> | undefined;
  /** Holds the tasks' scratch folders. */
  #scratch: string | undefined;
  #errands = 0;

  constructor(options: LocalOptions) {
    this.#options = options;
  }

  /** Starts a thread before there is anything to do, for who is about to have something. */
  warm(): void {
    this.#warm ??= this.#startThread();
  }

  execute(task: Task, { time, onProgress, ...options }: ExecuteOptions): Promise<TaskResult> {
    const onBegin = (): void => undefined;
    const [result] = this.#start(
      [task],
      { ...options, onBegin, onProgress: (_, fraction) => onProgress(fraction) },
      time,
    );
    return result as Promise<TaskResult>; // it is never given back: it is begun, or the errand fails
  }

  executeAll(tasks: readonly Task[], options: ExecuteAllOptions): Promise<TaskResult | undefined>[] {
    return this.#start(tasks, options, undefined);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map(async (pool) => (await pool).destroy()));
    if (this.#scratch !== undefined) await remove(this.#scratch);
    this.#scratch = undefined;
  }

  #start(
    tasks: readonly Task[],
    options: ExecuteAllOptions,
    time: number | undefined,
  ): Promise<TaskResult | undefined>[] {
    const { signal, memory = this.#options.memory, needs = {}, onBegin } = options;
    this.#scratch ??= mkdtempSync(join(tmpdir(), 'driftline-'));
    const scratch = join(this.#scratch, String(this.#errands++));
    let begun = 0;
    const tellBegun = (at: number): void => {
      while (begun <= at) onBegin(begun++);
    };
    let timedOut = false;
    let wasAtIt = false;
    let told = 0;
    const errand = new Errand(tasks, needs, scratch, async ({ at, result, scratched }) => {
      tellBegun(at);
      if (++told === tasks.length && returned !== undefined) this.#ending.add(returned);
      // Made there and removed here, for a thread that is killed cannot.
      if (scratched) await remove(join(scratch, String(at)));
      // A stage that was asked to stop and did so has not finished, whatever it gave.
      signal.throwIfAborted();
      if (timedOut) return { ok: false, failure: tooLong(time!), log: result.log };
      if (!result.ok && result.failure.refusal !== undefined) throw new StoreError(result.failure.refusal);
      return result;
    });
    // One alone is waited for: who gave it has nothing else in mind.
    const takeBack = (): void => void (tasks.length > 1 && errand.takeBack());
    const stop = new StopRequest(errand.port);
    const onAbort = (): void => {
      takeBack();
      stop.request();
    };
    const poll = (): void => {
      const running = errand.progress();
      if (running !== undefined) {
        tellBegun(running.at);
        options.onProgress(running.at, running.fraction);
      }
      if (errand.gotCheckpoint()) options.onCheckpoint?.();
      if (wasAtIt) takeBack(); // one of them is long
      wasAtIt ||= errand.begun > 0; // a thread that is still starting is no reason
    };
    const onWarning = (): void => errand.wantCheckpoint();
    const onTime = (): void => {
      timedOut = true;
      stop.request();
    };
    let returned: Promise<void> | undefined;
    const run = async (): Promise<void> => {
      const timers: NodeJS.Timeout[] = [];
      try {
        signal.throwIfAborted();
        const pool = await this.#pool(memory);
        signal.throwIfAborted();
        signal.addEventListener('abort', onAbort, { once: true });
        options.warning?.addEventListener('abort', onWarning, { once: true });
        if (options.warning?.aborted) onWarning();
        timers.push(setInterval(poll, PROGRESS_MS));
        if (time !== undefined) timers.push(setTimeout(onTime, time * 1000));
        tellBegun(0);
        await this.#warm; // else another thread would start beside the one that is about to be there
        // A stage that goes on after its end, against the rules, keeps its thread and nobody else.
        if (this.#ending.size > 0)
          await Promise.race([Promise.allSettled(this.#ending), sleep(ENDING_MS, undefined, { ref: false })]);
        returned = pool.run(errand.message, { signal: stop.kill, transferList: [errand.message.port] });
        await returned;
        errand.close();
      } catch (error) {
        errand.close(async () => {
          await remove(scratch);
          signal.throwIfAborted();
          return { ok: false, failure: timedOut ? tooLong(time!) : deathOf(error as Error, memory), log: '' };
        });
      } finally {
        if (returned !== undefined) this.#ending.delete(returned);
        for (const timer of timers) clearTimeout(timer);
        stop.close();
        signal.removeEventListener('abort', onAbort);
        options.warning?.removeEventListener('abort', onWarning);
        if (errand.scratched) await remove(scratch);
      }
    };
    void run();
    return errand.results;
  }

  async #startThread(): Promise<void> {
    const errand = new Errand([], {}, '', () => Promise.reject(new Error('there is no task')));
    try {
      const pool = await this.#pool(this.#options.memory);
      await pool.run(errand.message, { transferList: [errand.message.port] });
    } catch {
      // Whatever keeps threads from starting, the first task is told.
    } finally {
      errand.close();
    }
  }

  #pool(memory: number): Promise<Pool> {
    let pool = this.#pools.get(memory);
    if (pool === undefined) {
      pool = this.#open(memory);
      this.#pools.set(memory, pool);
    }
    return pool;
  }

  async #open(memory: number): Promise<Pool> {
    const { Piscina } = await import('piscina');
    const { jobs, workerFile } = this.#options;
    return new Piscina<ErrandMessage, void>({
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

const remove = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);

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
