import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Digest, isDigest, sha256 } from './canonical.ts';
import { NotAFile } from './ownFile.ts';
import { readSealed, rememberSealed } from './sealed.ts';

type Entry = readonly [size: number, mtimeMs: number, ctimeMs: number, ino: number, digest: Digest];

/** The seal tells an accident, not an intention: what is no memory of files is none. */
const isEntry = (value: unknown): value is [string, Entry] =>
  Array.isArray(value) && typeof value[0] === 'string' && Array.isArray(value[1]) && isDigest(value[1][4]);

/** A file changed this shortly before it was hashed may change again within one tick of its clock (git's "racy" rule). */
const RACY_MS = 2000;

/**
 * Digests of files, remembered by size, times and inode, so that an unchanged file is not read again. A program can set
 * a file's modification time to any moment, also back to what it was, but not the time of its last change of state. A damaged or missing memory only costs the reading.
 */
export class StatCache {
  readonly #path: string;
  readonly #root: string;
  readonly #now: () => number;
  readonly #entries: Map<string, Entry>;
  #changed = false;

  /** `root` is the folder that the paths given to {@link digest} are relative to. */
  constructor(storeRoot: string, root: string, now: () => number = Date.now) {
    this.#path = resolve(storeRoot, 'stat.json');
    this.#root = root;
    this.#now = now;
    const known = readSealed<unknown>(this.#path);
    this.#entries = new Map(Array.isArray(known) && known.every(isEntry) ? known : []);
  }

  /** The sha256 of a file's bytes. Throws what reading it throws. */
  digest(path: string): Digest {
    const absolute = resolve(this.#root, path);
    const stat = statSync(absolute);
    const known = this.#entries.get(path);
    if (!stat.isFile()) throw new NotAFile(absolute); // reading a pipe would never end
    const { size, mtimeMs, ctimeMs, ino } = stat;
    if (known?.[0] === size && known[1] === mtimeMs && known[2] === ctimeMs && known[3] === ino) return known[4];
    const digest = sha256(readFileSync(absolute));
    if (this.#now() - Math.max(mtimeMs, ctimeMs) > RACY_MS) {
      this.#entries.set(path, [size, mtimeMs, ctimeMs, ino, digest]);
      this.#changed = true;
    }
    return digest;
  }

  save(): void {
    if (!this.#changed) return;
    rememberSealed(this.#path, [...this.#entries]);
    this.#changed = false;
  }
}
