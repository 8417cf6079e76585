import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Digest, sha256 } from './canonical.ts';
import { readSealed, writeSealed } from './sealed.ts';

type Entry = readonly [size: number, mtimeMs: number, ino: number, digest: Digest];

/** A file changed this shortly before it was hashed may change again within one tick of its clock (git's "racy" rule). */
const RACY_MS = 2000;

/**
 * Digests of files, remembered by size, modification time and inode, so that an unchanged file is not read again.
 * A damaged or missing memory only costs the reading.
 */
export class StatCache {
  readonly #path: string;
  readonly #root: string;
  readonly #entries: Map<string, Entry>;
  #changed = false;

  /** `root` is the folder that the paths given to {@link digest} are relative to. */
  constructor(storeRoot: string, root: string) {
    this.#path = resolve(storeRoot, 'stat.json');
    this.#root = root;
    this.#entries = new Map(readSealed<[string, Entry][]>(this.#path));
  }

  /** The sha256 of a file's bytes. Throws what reading it throws. */
  digest(path: string): Digest {
    const absolute = resolve(this.#root, path);
    const stat = statSync(absolute);
    const known = this.#entries.get(path);
    if (known?.[0] === stat.size && known[1] === stat.mtimeMs && known[2] === stat.ino) return known[3];
    const digest = sha256(readFileSync(absolute));
    if (Date.now() - stat.mtimeMs > RACY_MS) {
      this.#entries.set(path, [stat.size, stat.mtimeMs, stat.ino, digest]);
      this.#changed = true;
    }
    return digest;
  }

  save(): void {
    if (!this.#changed) return;
    writeSealed(this.#path, [...this.#entries]);
    this.#changed = false;
  }
}
