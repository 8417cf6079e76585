import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { Zip, ZipDeflate } from 'fflate';
import { temporaryName } from '../store/atomic.ts';
import { makeFolder } from '../store/folders.ts';
import { writing } from '../store/storeError.ts';
import type { CrateFile } from './model.ts';

/** What the form that every program reads can count: 65,535 files, and 4 GiB in all. */
export const ZIP_LIMITS = { files: 65_535, bytes: 2 ** 32 - 1 } as const;

/** Bytes of an entry's headers beside its name, which stands there twice. */
const HEADERS = 46 + 30 + 16;

/** Whether files fit into one, should nothing of them be compressible. */
export function fitsZip(files: readonly Pick<CrateFile, 'path' | 'bytes'>[]): boolean {
  const bytes = files.reduce((sum, file) => sum + file.bytes * 1.001 + 2 * Buffer.byteLength(file.path) + HEADERS, 0);
  return files.length <= ZIP_LIMITS.files && bytes <= ZIP_LIMITS.bytes;
}

/**
 * Writes files as one ZIP in their order: the same bytes for the same files, whatever the machine, its clock and its time
 * zone. It has its name when it is whole. Throws a StoreError where the place cannot be written.
 */
export function writeZip(target: string, files: readonly Pick<CrateFile, 'path' | 'read'>[]): void {
  const temporary = temporaryName(target);
  writing(target, () => {
    makeFolder(dirname(target));
    const fd = openSync(temporary, 'wx');
    try {
      try {
        pack(files, (chunk) => {
          for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
        });
      } finally {
        closeSync(fd);
      }
      renameSync(temporary, target);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  });
}

function pack(files: readonly Pick<CrateFile, 'path' | 'read'>[], write: (chunk: Uint8Array) => void): void {
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    write(chunk);
  });
  // The first moment that ZIP knows. It is read off in local time, in which it is made here.
  const mtime = new Date(1980, 0, 1);
  for (const { path, read } of files) {
    const entry = new ZipDeflate(path, { level: 6 });
    entry.mtime = mtime;
    zip.add(entry);
    entry.push(read(), true);
  }
  zip.end();
}
