import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { temporaryName } from './atomic.ts';
import type { Digest } from './canonical.ts';
import type { Cas } from './cas.ts';
import { makeFolder } from './folders.ts';
import { writing } from './storeError.ts';

/**
 * Takes a blob into the store from elsewhere, piece by piece, under a temporary name; it gets its own only once all its
 * bytes are on disk and have the digest. False, and nothing left behind, where they are others. Rejects as `pieces`
 * does, and with a StoreError where the store cannot be written.
 */
export async function receiveBlob(
  cas: Cas,
  { digest, bytes }: { readonly digest: Digest; readonly bytes: number },
  pieces: AsyncIterable<Uint8Array>,
): Promise<boolean> {
  const path = cas.path(digest);
  const temporary = temporaryName(path);
  const hash = createHash('sha256');
  let length = 0;
  let file: FileHandle | undefined;
  try {
    writing(path, () => makeFolder(dirname(path)));
    file = await refused(path, open(temporary, 'wx', 0o444));
    for await (const piece of pieces) {
      length += piece.length;
      if (length > bytes) return false;
      hash.update(piece);
      await refused(path, file.writeFile(piece)); // from where the last one ended
    }
    if (length !== bytes || hash.digest('hex') !== digest) return false;
    await refused(path, file.sync());
    await refused(path, rename(temporary, path));
    return true;
  } finally {
    await file?.close();
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** Tells what the store refuses from what its source does. */
async function refused<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    return writing(path, () => {
      throw error;
    });
  }
}
