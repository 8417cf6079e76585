import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ActionLog } from '../../src/store/actions.ts';
import { auditStore, type StoreAudit } from '../../src/store/audit.ts';
import { sha256 } from '../../src/store/canonical.ts';
import { BIN, type Ended, ending, events, TemporaryStudy } from '../cli/study.ts';

/** One place at which to kill: before the n-th call of a class, `torn` in the middle of what it writes. */
export interface Failpoint {
  readonly at: string;
  readonly n: number;
  readonly torn: boolean;
}

/** Actions at a time: more than there are cores, so that several are under way wherever the kill comes. */
const RUN = ['run', '--json', '--jobs', '4'];

/**
 * A study that is killed, over and over from one starting state. It stays in one place, because a store remembers the
 * places of what it rests on.
 */
export class Victim {
  readonly study: TemporaryStudy;
  readonly #folder: string;
  readonly #command: readonly string[];

  /** `command` is what is killed. */
  constructor(folder: string, files: Readonly<Record<string, string>>, command: readonly string[] = RUN) {
    this.#folder = folder;
    this.#command = command;
    mkdirSync(join(folder, 'study'));
    this.study = new TemporaryStudy(join(folder, 'study'), files);
  }

  /** From here on, {@link reset} comes back to what is there now. */
  keep(): void {
    this.#copy('study', 'kept');
  }

  reset(): void {
    this.#copy('kept', 'study');
  }

  /** Does it once undisturbed and says how often each class of call came. */
  async count(): Promise<Map<string, number>> {
    const { code, err, out } = await this.#hooked('');
    if (code !== 0) throw new Error(err || out);
    const counts = join(this.#folder, 'counts');
    return new Map(
      readdirSync(counts)
        .sort()
        .map((name) => [decodeURIComponent(name), statSync(join(counts, name)).size]),
    );
  }

  /** Runs and is killed; `signal` says whether that place was reached. */
  kill({ at, n, torn }: Failpoint): Promise<Ended & { signal: NodeJS.Signals | null }> {
    return this.#hooked(`&at=${encodeURIComponent(at)}&n=${n}${torn ? '&torn=1' : ''}`);
  }

  /** Keys of all actions whose records are in the store, read as the next run reads them. */
  committed(): string[] {
    return [...new ActionLog(join(this.study.root, '.driftline'), 'reader').keys()];
  }

  /** Files of `out/` with their bytes, but for what tells when and how long it ran, and names for the time of writing. */
  results(): Record<string, string> {
    const out = join(this.study.root, 'out');
    return Object.fromEntries(
      below(out)
        .filter((path) => !isTemporary(path) && !TIMED.has(basename(path)))
        .map((path) => [path.slice(out.length + 1), sha256(readFileSync(path))]),
    );
  }

  /** Names of blobs whose bytes are others than their name says. */
  halfBlobs(): string[] {
    const cas = join(this.study.root, '.driftline', 'cas', 'sha256');
    return below(cas).filter(
      (path) => !isTemporary(path) && path.slice(cas.length + 1).replace('/', '') !== digestAt(path),
    );
  }

  /** What a look at every byte of the store finds. */
  audit(): StoreAudit {
    return auditStore(join(this.study.root, '.driftline'));
  }

  #copy(from: string, to: string): void {
    const target = join(this.#folder, to);
    rmSync(target, { recursive: true, force: true });
    // Hard links, times and modes are part of the state.
    execFileSync('cp', ['-a', join(this.#folder, from), target]);
  }

  async #hooked(query: string): Promise<Ended & { signal: NodeJS.Signals | null }> {
    const counts = join(this.#folder, 'counts');
    rmSync(counts, { recursive: true, force: true });
    mkdirSync(counts);
    const hook = new URL('killAt.mjs', import.meta.url);
    hook.search = `root=${encodeURIComponent(this.study.root)}&counts=${encodeURIComponent(counts)}${query}`;
    const { NODE_EXTRA_CA_CERTS: _, FORCE_COLOR: __, ...env } = process.env;
    const child = spawn(process.execPath, ['--import', hook.href, BIN, ...this.#command], {
      cwd: this.study.root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = await ending(child);
    return { ...ended, signal: child.signalCode };
  }
}

/** What an audit finds in a store without any damage. */
export const WHOLE = { damaged: [], missing: [], broken: [], lines: 0, files: [] };

/** Written anew by each run that executes something, with its time and duration. */
const TIMED = new Set(['run.json', 'index.html']);

const isTemporary = (path: string): boolean => basename(path).startsWith('.tmp-');
const digestAt = (path: string): string => sha256(readFileSync(path));

export function below(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch {
    return [];
  }
}

/** What has bytes of which half may be written. */
const IS_WRITE = /^write(Sync|File)? /;

/** Every place there is; a write is torn too, wherever it comes. */
export const allFailpoints = (counts: ReadonlyMap<string, number>): Failpoint[] =>
  [...counts].flatMap(([at, count]) =>
    Array.from({ length: count }, (_, k) => k + 1).flatMap((n) => [
      { at, n, torn: false },
      ...(IS_WRITE.test(at) ? [{ at, n, torn: true }] : []),
    ]),
  );

/** Every place of a class that is reached seldom; of others `most`, the first and the last among them. A write is torn once too. */
export function failpoints(counts: ReadonlyMap<string, number>, most: number): Failpoint[] {
  return [...counts].flatMap(([at, count]) => {
    const take = Math.min(count, most);
    const places = Array.from({ length: take }, (_, k) =>
      take === 1 ? count : 1 + Math.round((k * (count - 1)) / (take - 1)),
    );
    const whole = places.map((n) => ({ at, n, torn: false }));
    return IS_WRITE.test(at) ? [...whole, { at, n: (count + 1) >> 1, torn: true }] : whole;
  });
}

/** The keys of events of a type, in lines that were printed whole: the last one may be cut by the kill. */
export const keysOf = (type: string, ndjson: string): string[] => {
  const whole = ndjson.slice(0, ndjson.lastIndexOf('\n') + 1);
  return whole === '' ? [] : events(whole).flatMap((event) => (event.type === type ? [event.key as string] : []));
};

/** Bytes that the files of a folder take on a file system of pages. */
export const sizeOf = (folder: string): number =>
  below(folder).reduce((sum, path) => sum + Math.ceil(statSync(path).size / 4096) * 4096, 0);
