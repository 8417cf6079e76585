import { existsSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically, writeInBackground } from './atomic.ts';
import { type Digest, isDigest, sha256 } from './canonical.ts';
import { listOrNone } from './folders.ts';
import { NotAFile, readPlain } from './ownFile.ts';

/** A blob whose bytes are not those of its name: damaged on disk, or missing. */
export class BlobError extends Error {
  override readonly name = 'BlobError';
  readonly digest: Digest;
  readonly reason: 'missing' | 'damaged';

  constructor(digest: Digest, reason: 'missing' | 'damaged', path: string) {
    super(`blob ${digest.slice(0, 12)} is ${reason} (${path})`);
    this.digest = digest;
    this.reason = reason;
  }
}

/** Which blobs were there at some moment. */
export interface Presence {
  has(digest: Digest): boolean;
}

/** Content-addressed blobs: `cas/sha256/ab/cdef…`, read-only, each written once under the sha256 of its bytes. */
export class Cas {
  readonly #root: string;

  constructor(storeRoot: string) {
    this.#root = join(storeRoot, 'cas', 'sha256');
  }

  /** Throws {@link BlobError} for what is no digest: a name that is none must not lead to another file. */
  path(digest: Digest): string {
    if (!isDigest(digest)) throw new BlobError(String(digest), 'missing', this.#root);
    return join(this.#root, digest.slice(0, 2), digest.slice(2));
  }

  /**
   * Stores bytes unless they are there already, and returns their digest. A damaged blob is written anew. With
   * `underWay`, what it adds to it is to be awaited: the blob is not there before.
   */
  put(bytes: Uint8Array, underWay?: Promise<void>[]): Digest {
    const digest = sha256(bytes);
    const path = this.path(digest);
    const there = readBlob(path);
    if (there instanceof NotAFile) rmSync(path, { force: true, recursive: true });
    // A collection may take it away between the two: then it is written like any other.
    const isThere = Buffer.isBuffer(there) && there.equals(bytes) && touch(path);
    if (isThere) return digest;
    if (underWay !== undefined) underWay.push(writeInBackground(path, bytes));
    else writeAtomically(path, bytes, { readOnly: true });
    return digest;
  }

  /**
   * The bytes of a blob, verified against its digest. Throws {@link BlobError}, and then the blob is not there any
   * more: bytes that are not those of their name are worth nothing, and what is missing is computed again.
   */
  get(digest: Digest): Buffer {
    const path = this.path(digest);
    const bytes = readBlob(path);
    if (bytes === undefined) throw new BlobError(digest, 'missing', path);
    if (bytes instanceof NotAFile || sha256(bytes) !== digest) this.discard(digest);
    return bytes;
  }

  /** Removes a damaged blob and throws the {@link BlobError} that says so. */
  discard(digest: Digest): never {
    const path = this.path(digest);
    // What stands there instead may be a folder; a link is removed, not what it leads to.
    rmSync(path, { force: true, recursive: true });
    throw new BlobError(digest, 'damaged', path);
  }

  has(digest: Digest): boolean {
    return existsSync(this.path(digest));
  }

  /** What is present now, to be asked for many: one listing per folder, where asking for each would be a system call. */
  snapshot(): Presence {
    const names = new Map(
      listOrNone(this.#root).map((prefix) => [prefix, new Set(listOrNone(join(this.#root, prefix)))]),
    );
    return { has: (digest) => names.get(digest.slice(0, 2))?.has(digest.slice(2)) ?? false };
  }

  /** Every digest that is present: one listing per folder, where asking for each would be a system call a blob. */
  list(): Set<Digest> {
    const digests = new Set<Digest>();
    for (const prefix of listOrNone(this.#root)) {
      for (const rest of listOrNone(join(this.#root, prefix))) {
        if (isDigest(prefix + rest)) digests.add(prefix + rest);
      }
    }
    return digests;
  }
}

/** Milliseconds: a blob younger than this need not be touched to count as young. */
export const TOUCH_MS = 60_000;

/**
 * Makes a file young again, such as a blob that is about to be recorded: nothing refers to it yet, and gc spares the young.
 * False where it is gone.
 */
export function touch(path: string): boolean {
  const now = new Date();
  try {
    if (now.getTime() - statSync(path).mtimeMs > TOUCH_MS) utimesSync(path, now, now);
    return true;
  } catch (error) {
    // Another owner's blob, or a store that cannot be written: nobody removes anything from it either.
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}

/** What stands in a blob's place that is no plain file is no blob, whatever could be read through it. */
function readBlob(path: string): Buffer | NotAFile | undefined {
  try {
    return readPlain(path);
  } catch (error) {
    if (error instanceof NotAFile) return error;
    throw error;
  }
}
