import { randomBytes } from 'node:crypto';
import { closeSync, fsync, fsyncSync, linkSync, lstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from './folders.ts';
import { writing } from './storeError.ts';

/** A name beside `target` that no other process uses. */
export const temporaryName = (target: string): string =>
  join(dirname(target), `.tmp-${process.pid}-${randomBytes(6).toString('hex')}`);

/**
 * Puts bytes at `target` so that a reader sees the old file or the whole new one, also after a crash:
 * written under a temporary name, fsynced, renamed. `durable: false` leaves out the fsync, for what is checked when it
 * is read and can be done without.
 */
export function writeAtomically(
  target: string,
  bytes: string | Uint8Array,
  options: { readOnly?: boolean; durable?: boolean } = {},
): void {
  publish(target, (temporary) => {
    const fd = openSync(temporary, 'wx', options.readOnly ? 0o444 : 0o644);
    try {
      writeAll(fd, typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
      if (options.durable !== false) fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  });
}

/**
 * As {@link writeAtomically}, for a read-only file, but does not stand still until the bytes are on disk. Files that are on
 * their way at once share what the disk has to do for each. Resolves when the file has its name, and not before it is
 * durable; rejects as the other one throws. Throws what opening and writing throw.
 */
export function writeInBackground(target: string, bytes: Uint8Array): Promise<void> {
  const temporary = temporaryName(target);
  const orRemove = <T>(work: () => T): T => {
    try {
      return writing(target, work);
    } catch (error) {
      removeQuietly(temporary);
      throw error;
    }
  };
  const fd = orRemove(() => {
    let opened = -1;
    makeIn(dirname(target), () => {
      opened = openSync(temporary, 'wx', 0o444);
    });
    try {
      writeAll(opened, bytes);
    } catch (error) {
      closeSync(opened);
      throw error;
    }
    return opened;
  });
  return new Promise((resolve, reject) => {
    fsync(fd, (error) => {
      try {
        orRemove(() => {
          closeSync(fd);
          if (error) throw error;
          if (!renamed(temporary, target)) writeAtomically(target, bytes, { readOnly: true });
        });
        resolve();
      } catch (refusal) {
        reject(refusal);
      }
    });
  });
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

/** Puts a hard link to `source` at `target` in one step. Throws where the file system has no hard links. */
export function linkAtomically(source: string, target: string): void {
  publish(target, (temporary) => linkSync(source, temporary), rmLink);
}

/** Renaming a link over another link to the same file does nothing, by POSIX, and leaves both names. */
const rmLink = (temporary: string): void => rmSync(temporary, { force: true });

/** Runs `make` on a temporary name and renames the result to `target`; leaves nothing behind when either fails. */
function publish(
  target: string,
  make: (temporary: string) => void,
  after: (temporary: string) => void = () => undefined,
): void {
  const temporary = temporaryName(target);
  writing(target, () => {
    try {
      for (let round = 1; ; round++) {
        makeIn(dirname(target), () => make(temporary));
        if (round === ROUNDS) renameSync(temporary, target);
        else if (!renamed(temporary, target)) continue;
        after(temporary);
        return;
      }
    } catch (error) {
      removeQuietly(temporary);
      throw error;
    }
  });
}

/** How often a file is written that is taken away each time. */
const ROUNDS = 3;

/** False where somebody cleaned up in these very moments: the file under its temporary name is gone, or the folder. */
function renamed(temporary: string, target: string): boolean {
  try {
    renameSync(temporary, target);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return false;
  }
}

/**
 * Removes a file if it is still what it was found to be, which is asked once nobody can change it under its name any more:
 * one that another process put there in these very moments gets its name back. Returns whether it was removed.
 */
export function removeIf(path: string, isStill: (aside: string) => boolean): boolean {
  const aside = temporaryName(path);
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  const removed = isStill(aside);
  // What has the name by now is newer.
  if (!removed && lstatSync(path, { throwIfNoEntry: false }) === undefined) renameSync(aside, path);
  else rmSync(aside, { force: true, recursive: true });
  return removed;
}

/** Where nothing can be written, nothing can be removed: the error that came first is the one to tell. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // A temporary name is never read.
  }
}

/** Tries first and makes the folder only when it is missing: the folder is there nearly always. */
function makeIn(folder: string, make: () => void): void {
  try {
    make();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    makeFolder(folder);
    make();
  }
}
