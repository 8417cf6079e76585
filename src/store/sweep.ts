import { lstatSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { removeIf } from './atomic.ts';
import { compact } from './compaction.ts';
import type { Garbage, StoreFile } from './garbage.ts';
import { isFull } from './storeError.ts';

/**
 * Removes garbage, and merges the segments that are older than the grace period into one. Records go before the blobs
 * that they name, so that a stop at any moment leaves no record without its blobs; only where the disk is full it is the
 * other way round. Returns the bytes that were freed.
 */
export function sweep(
  storeRoot: string,
  garbage: Garbage,
  { now, graceMs }: { readonly now: number; readonly graceMs: number },
): number {
  const mayRewrite = (mtimeMs: number): boolean => mtimeMs < now - graceMs;
  const folder = join(storeRoot, 'actions');
  // What is dead is named, not what is to be kept: a record that was added meanwhile stays.
  const dead = new Set(garbage.records.map(({ key }) => key));
  const manifests = new Set(garbage.manifests);
  const merge = (): void => {
    compact({ folder, extension: '.log', mayRewrite, keep: (key) => !dead.has(key) });
    compact({ folder, extension: '.manifests', mayRewrite, keep: (key) => !manifests.has(key) });
  };
  let isMerged = true;
  try {
    merge();
  } catch (error) {
    if (!isFull(error)) throw error;
    isMerged = false; // that needs room, which is what is to be made
  }
  let bytes = 0;
  for (const file of [...garbage.blobs, ...garbage.files]) bytes += remove(storeRoot, file);
  if (!isMerged) merge();
  for (const { path } of garbage.files) {
    removeEmpty(dirname(join(storeRoot, path)), join(storeRoot, 'checkpoints', '/'));
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
      for (const top of ['slurm', 'programs']) removeEmpty(join(storeRoot, folder), join(storeRoot, top, '/'));
    }
  }
  return bytes;
}

function remove(storeRoot: string, { path, bytes, mtimeMs }: StoreFile): number {
  // One that was put again since is about to be recorded by somebody.
  const isSame = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false })?.mtimeMs === mtimeMs;
  const absolute = join(storeRoot, path);
  return isSame(absolute) && removeIf(absolute, isSame) ? bytes : 0;
}

function removeEmpty(folder: string, below: string): void {
  if (!folder.startsWith(below)) return;
  try {
    rmdirSync(folder);
  } catch {
    // It is not empty, or gone already.
  }
}
