import { Console } from 'node:console';
import { Writable } from 'node:stream';
import type { MessagePort } from 'node:worker_threads';
import type { Failure } from '../engine/events.ts';
import { perform } from '../engine/perform.ts';
import type { Task, TaskResult } from '../engine/task.ts';
import { BlobError } from '../store/cas.ts';
import { StoreError } from '../store/storeError.ts';

/** A task with what ties it to the thread that gave it. */
export interface ThreadTask {
  readonly task: Task;
  /** Where the thread writes how far it is, in millionths. */
  readonly progress: SharedArrayBuffer;
  /** An empty folder of the task's own. */
  readonly scratch: string;
  /** Any message on it asks the task to stop; one back says that this was heard. */
  readonly stop: MessagePort;
}

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

/** Runs one task in this worker thread. Every outcome that the thread survives is a result, not a rejection. */
export default async function run({ task, progress, scratch, stop }: ThreadTask): Promise<TaskResult> {
  log = '';
  const cell = new Int32Array(progress);
  const started = performance.now();
  const stopping = new AbortController();
  stop.on('message', () => {
    stop.postMessage('heard');
    stopping.abort();
  });
  try {
    const outputs = await perform(task, {
      progress: (fraction) => Atomics.store(cell, 0, Math.round(Math.min(1, Math.max(0, fraction)) * 1e6)),
      signal: stopping.signal,
      scratch,
    });
    return { ok: true, outputs, seconds: (performance.now() - started) / 1000, log };
  } catch (error) {
    return { ok: false, failure: failureOf(error), log };
  } finally {
    stop.close();
  }
}

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
