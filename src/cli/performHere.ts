import { Console } from 'node:console';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Failure } from '../engine/events.ts';
import { perform } from '../engine/perform.ts';
import type { ResolvedAction } from '../engine/resolve.ts';
import { failureOf } from '../executors/failure.ts';
import type { StoredOutput } from '../store/actions.ts';
import { interruptible } from './interruption.ts';
import { sandboxWords } from './sandbox.ts';
import { steer } from './steering.ts';
import { isLive } from './terminal.ts';
import { duration } from './text.ts';

export type Ended =
  | { readonly ok: true; readonly outputs: Readonly<Record<string, StoredOutput>>; readonly seconds: number }
  | { readonly ok: false; readonly failure: Failure };

/**
 * Performs an action in this thread, without limits of time and memory, what it prints going to standard error as it
 * comes. With `debug`, a kind waits for a debugger; the folder of a program is left, and how to go into it is told.
 */
export async function performHere(
  { node, task, kind }: ResolvedAction,
  { debug = false, port }: { readonly debug?: boolean; readonly port?: number },
): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-cell-'));
  const isProgram = node.role === 'run' && node.cell?.program !== undefined;
  const scratch = isProgram ? join(folder, 'program') : join(folder, 'scratch');
  const say = (line: string): boolean => process.stderr.write(`${line}\n`);
  let { bundle } = task;
  if (debug && isProgram) for (const line of sandboxWords(task, scratch)) say(line);
  else if (debug) {
    const { waitForDebugger } = await import('./debugging.ts');
    bundle = await waitForDebugger(kind, folder, port, say);
  }
  // A kind may be in a loop that hears nothing, which Ctrl-C is to end all the same; a program is ended with its children.
  const interruption = isProgram ? interruptible('Stopped.') : undefined;
  const foreground = new Foreground(process.stderr);
  const { env } = process;
  const started = performance.now();
  try {
    process.env = { PATH: env.PATH ?? '' }; // what a worker thread sees
    const outputs = await perform(
      { ...task, bundle },
      {
        progress: foreground.progress,
        signal: interruption?.signal ?? new AbortController().signal,
        get scratch() {
          return made(scratch);
        },
      },
    );
    interruption?.signal.throwIfAborted();
    return { ok: true, outputs, seconds: (performance.now() - started) / 1000 };
  } catch (error) {
    interruption?.signal.throwIfAborted();
    return { ok: false, failure: failureOf(error, bundle) };
  } finally {
    process.env = env;
    foreground.close();
    interruption?.close();
    if (debug && isProgram) say(`${scratch} is left as it is. Remove it when you are done with it.`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

function made(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Milliseconds between two changes of the line that says how far it is. */
const REDRAW_MS = 100;

/** What an action in this thread prints, and how far it is: the line of that stands below what is printed. */
class Foreground {
  readonly #stream: NodeJS.WriteStream;
  readonly #console = globalThis.console;
  readonly #started = performance.now();
  #drawn = false;
  #last = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    const write = (chunk: Buffer, _: string, done: () => void): void => {
      this.#erase();
      stream.write(chunk);
      done();
    };
    const out = new Writable({ write });
    globalThis.console = new Console({ stdout: out, stderr: out, colorMode: false });
  }

  readonly progress = (fraction: number): void => {
    const now = performance.now();
    if (!isLive(this.#stream) || now - this.#last < REDRAW_MS) return;
    this.#last = now;
    this.#erase();
    this.#stream.write(`${Math.floor(fraction * 100)}% · ${duration((now - this.#started) / 1000)}`);
    this.#drawn = true;
  };

  close(): void {
    this.#erase();
    globalThis.console = this.#console;
  }

  #erase(): void {
    if (this.#drawn) steer(this.#stream, '\r\u001b[K');
    this.#drawn = false;
  }
}
