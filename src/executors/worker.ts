import { Console } from 'node:console';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Failure } from '../engine/events.ts';
import { perform } from '../engine/perform.ts';
import type { Task, TaskResult } from '../engine/task.ts';
import { BlobError } from '../store/cas.ts';
import { StoreError } from '../store/storeError.ts';
import { claim, type ErrandMessage, FULFILLED, MILLIONTHS, PROGRESS, type TaskEnd, WANTED, WISH } from './errand.ts';
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
export default async function run({ tasks, shared, scratch, port }: ErrandMessage): Promise<void> {
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
      const result = await runOne(tasks[at], cells, stopping.signal, own, underWay);
      const tell = (end: TaskResult): void =>
        port.postMessage({ at, result: end, scratched: own.made } satisfies TaskEnd);
      told.push(
        Promise.all(underWay).then(
          () => tell(result),
          (error) => tell(failed(error)),
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
    const outputs = await perform(task, hooks, underWay);
    return { ok: true, outputs, seconds: (performance.now() - started) / 1000, log };
  } catch (error) {
    return failed(error);
  } finally {
    Atomics.store(cells, PROGRESS, 0);
  }
}

const failed = (error: unknown): TaskResult => ({ ok: false, failure: failureOf(error), log });

function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { kind: 'threw', message: `threw ${String(error)}` };
  const { message } = error;
  if (error instanceof StoreError) return { kind: 'store-refuses', message, refusal: error.refusal };
  if (error instanceof BlobError) return { kind: 'damaged-input', message };
  // By name: a kind's bundle has a TableError of its own.
  if (error.name === 'OutputError' || error.name === 'TableError') return { kind: 'bad-output', message };
  const stack = UNFORESEEN.has(error.name) ? callers(error.stack ?? '') : '';
  const named = UNFORESEEN.has(error.name) && error.name !== 'Error' ? `${error.name}: ${message}` : message;
  return { kind: 'threw', message: named, ...(stack !== '' && { stack }) };
}

/** Errors of the language, which may be a bug in a kind. One that a kind named for itself says all in its message. */
const UNFORESEEN = new Set(['Error', 'TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'URIError']);

/** The functions on the stack, without the places of a bundle that nobody wrote. */
const callers = (stack: string): string =>
  [...stack.matchAll(/^\s+at (?:async )?(?!file:|node:|async |Promise\.|process\.)([^\s(][^(\n]*?) \((?!node:)/gm)]
    .map(([, name]) => name.replace(/^Object\./, ''))
    .filter((name) => name !== 'perform')
    .slice(0, 4)
    .map((name) => `    at ${name}`)
    .join('\n');
