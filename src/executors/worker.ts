import { Console } from 'node:console';
import { Writable } from 'node:stream';
import type { Failure } from '../engine/events.ts';
import { OutputError, perform } from '../engine/perform.ts';
import type { Task, TaskResult } from '../engine/task.ts';
import { TableError } from '../tables/column.ts';

/** A task with the place where its thread writes how far it is, in millionths. */
export interface ThreadTask {
  readonly task: Task;
  readonly progress: SharedArrayBuffer;
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

/** Runs one task in this worker thread. Every outcome that the thread survives is a result, not a rejection. */
export default async function run({ task, progress }: ThreadTask): Promise<TaskResult> {
  log = '';
  const cell = new Int32Array(progress);
  const started = performance.now();
  try {
    const outputs = await perform(task, {
      progress: (fraction) => Atomics.store(cell, 0, Math.round(Math.min(1, Math.max(0, fraction)) * 1e6)),
      // A thread is stopped from outside, so its own signal never fires; kinds may pass it on all the same.
      signal: new AbortController().signal,
    });
    return { ok: true, outputs, seconds: (performance.now() - started) / 1000, log };
  } catch (error) {
    return { ok: false, failure: failureOf(error), log };
  }
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { kind: 'threw', message: `threw ${String(error)}` };
  const kind = error instanceof OutputError || error instanceof TableError ? 'bad-output' : 'threw';
  const base = { kind, message: error.message } as const;
  return kind === 'threw' && error.stack !== undefined ? { ...base, stack: error.stack } : base;
}
