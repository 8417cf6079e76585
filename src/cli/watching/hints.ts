import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename } from 'node:path';

/** Milliseconds of quiet after the last sign of a change, in which an editor or a version control is done; and the most in all. */
const QUIET_MS = 80;
const MOST_MS = 1000;

/** Milliseconds between two looks at the files themselves, for file systems that tell nothing of a change: of the network, say. */
const LOOK_MS = 2000;

/**
 * Signs that files may have changed: what the system tells of folders, and what looking at some files shows. A sign is
 * no proof: whoever gets it reads the files.
 */
export class Hints {
  readonly #watchers = new Map<string, { readonly watcher: FSWatcher; readonly ino: number | undefined }>();
  readonly #timer: NodeJS.Timeout;
  #files = new Map<string, string>();
  #since: number | undefined;
  #quiet: NodeJS.Timeout | undefined;
  /** Whether there was one since the last was waited for. */
  #pending = false;
  #wake: () => void = () => undefined;

  constructor() {
    this.#timer = setInterval(this.#look, LOOK_MS);
  }

  /** Watches these folders, and looks at these files, in place of those of before. */
  watch(folders: readonly string[], files: readonly string[]): void {
    const wanted = new Set(folders);
    for (const [folder, { watcher, ino }] of this.#watchers) {
      // What is watched is a folder, not its name: one that took its place, as a version control makes it, is another.
      if (wanted.has(folder) && inoOf(folder) === ino) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of wanted) if (!this.#watchers.has(folder)) this.#open(folder);
    this.#files = new Map(files.map((path) => [path, this.#files.get(path) ?? markOf(path)]));
  }

  /** Resolves when there was a sign since the last one that was waited for, or when `signal` is aborted. */
  next(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done);
        this.#wake = () => undefined;
        resolve();
      };
      this.#wake = () => {
        this.#pending = false;
        done();
      };
      if (signal.aborted) done();
      else if (this.#pending) this.#wake();
      else signal.addEventListener('abort', done, { once: true });
    });
  }

  close(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#quiet);
    for (const { watcher } of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  /** The folder and not the file is watched: most editors save by putting a new file in the old one's place. */
  #open(folder: string): void {
    try {
      const watcher = watch(folder, (_, name) => {
        if (name === null || !isTemporary(name)) this.#sign();
      });
      const forget = (): void => {
        watcher.close();
        if (this.#watchers.get(folder)?.watcher === watcher) this.#watchers.delete(folder);
      };
      watcher.on('error', () => {
        forget();
        this.#sign();
      });
      this.#watchers.set(folder, { watcher, ino: inoOf(folder) });
    } catch {
      // It went, or the system watches no more folders: looking at the files is left.
    }
  }

  readonly #look = (): void => {
    for (const [path, mark] of this.#files) {
      const now = markOf(path);
      if (now === mark) continue;
      this.#files.set(path, now);
      this.#sign();
    }
  };

  #sign(): void {
    const now = performance.now();
    this.#since ??= now;
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(this.#give, Math.max(0, Math.min(QUIET_MS, this.#since + MOST_MS - now)));
  }

  readonly #give = (): void => {
    this.#since = undefined;
    this.#pending = true;
    this.#wake();
  };
}

const inoOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.ino;

function markOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.size} ${stat.mtimeMs} ${stat.ino}`;
}

/** Names that editors and Driftline give to files that are gone in a moment. */
const isTemporary = (name: string): boolean => /^\.|~$|^#.*#$|\.(swp|swx|tmp)$|^4913$/.test(basename(name));
