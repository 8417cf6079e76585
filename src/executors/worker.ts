import { Console } from 'node:console';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { KindNeeds } from '../engine/kindNeeds.ts';
import { perform } from '../engine/perform.ts';
import type { Task, TaskResult } from '../engine/task.ts';
import { checkPackages, importTrusted } from '../engine/trustedImport.ts';
import { claim, type ErrandMessage, FULFILLED, MILLIONTHS, PROGRESS, type TaskEnd, WANTED, WISH } from './errand.ts';
import { failureOf } from './failure.ts';
import { HEARD } from './stopRequest.ts';

/** What a stage prints beyond this is dropped. */
const LOG_LIMIT = 64 * 1024;

let log = '';
const capture = new Writable({
  write(chunk: Buffer, _encoding, done) {
    if (log.length < LOG_LIMIT) log += chunk.toString('utf8').slice(0, LOG_LIMIT - log.length);
    done();
  },
});
globalThis.console = new Console({ stdout: capture, stderr: capture, colorMode: false });
// Standard output belongs to the command line, which may be printing JSON.
for (const stream of [process.stdout, process.stderr])
  stream.write = capture.write.bind(capture) as typeof stream.write;

/** Milliseconds of work whose results may be on their way to the disk at once. */
const UNDER_WAY_MS = 10;

/** Does the tasks of an errand, one after another, in this worker thread; tells what became of each when it is on disk. */
export default async function run({ tasks, needs, shared, scratch, port }: ErrandMessage): Promise<void> {
  const cells = new Int32Array(shared);
  const stopping = new AbortController();
  port.on('message', () => {
    port.postMessage(HEARD);
    stopping.abort();
  });
  let told: Promise<void>[] = [];
  let waited = performance.now();
  try {
    for (let at = 0; at < tasks.length && claim(cells, at); at++) {
      const own = new Scratch(join(scratch, String(at)));
      const underWay: Promise<void>[] = [];
      const result = await runOne(tasks[at], needs[tasks[at].bundle], cells, stopping.signal, own, underWay);
      const tell = (end: TaskResult): void =>
        port.postMessage({ at, result: end, scratched: own.made } satisfies TaskEnd);
      told.push(
        Promise.all(underWay).then(
          () => tell(result),
          (error) => tell(failed(error, tasks[at])),
        ),
      );
      if (!result.ok) break;
      if (performance.now() - waited < UNDER_WAY_MS) continue;
      await Promise.all(told);
      told = [];
      waited = performance.now();
    }
    await Promise.all(told);
  } finally {
    port.close();
  }
}

/** A task's own folder, made when it is asked for: most kinds never do. */
class Scratch {
  readonly #path: string;
  made = false;

  constructor(path: string) {
    this.#path = path;
  }

  get path(): string {
    if (!this.made) mkdirSync(this.#path, { recursive: true });
    this.made = true;
    return this.#path;
  }
}

/** Every outcome that the thread survives is a result, not a rejection. */
async function runOne(
  task: Task,
  needs: KindNeeds | undefined,
  cells: Int32Array,
  signal: AbortSignal,
  scratch: Scratch,
  underWay: Promise<void>[],
): Promise<TaskResult> {
  log = '';
  const started = performance.now();
  const hooks = {
    progress: (fraction: number) =>
      Atomics.store(cells, PROGRESS, Math.round(Math.min(1, Math.max(0, fraction)) * MILLIONTHS)),
    signal,
    checkpoint: {
      wanted: () => Atomics.load(cells, WISH) === WANTED,
      fulfilled: () => void Atomics.store(cells, WISH, FULFILLED),
    },
    get scratch() {
      return scratch.path;
    },
  };
  try {
    if (needs !== undefined) await importTrusted(task.bundle, needs);
    const outputs = await perform(task, hooks, underWay);
    if (needs !== undefined) checkPackages(task.bundle, needs);
    return { ok: true, outputs, seconds: (performance.now() - started) / 1000, log };
  } catch (error) {
    return failed(error, task);
  } finally {
    Atomics.store(cells, PROGRESS, 0);
  }
}

const failed = (error: unknown, { bundle }: Task): TaskResult => ({
  ok: false,
  failure: failureOf(error, bundle),
  log,
});
