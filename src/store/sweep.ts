import { lstatSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compact } from './compaction.ts';
import type { Garbage, StoreFile } from './garbage.ts';

/**
 * Removes garbage, and merges the segments that are older than the grace period into one. Records go before the blobs
 * that they name, so that a stop at any moment leaves no record without its blobs. Returns the bytes that were freed.
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
  compact({ folder, extension: '.log', mayRewrite, keep: (key) => !dead.has(key) });
  compact({ folder, extension: '.manifests', mayRewrite, keep: (key) => !manifests.has(key) });
  let bytes = 0;
  for (const file of [...garbage.blobs, ...garbage.files]) bytes += remove(storeRoot, file);
  for (const { path } of garbage.files) {
    removeEmpty(dirname(join(storeRoot, path)), join(storeRoot, 'checkpoints', '/'));
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
      for (const top of ['slurm', 'programs']) removeEmpty(join(storeRoot, folder), join(storeRoot, top, '/'));
    }
  }
  return bytes;
}

function remove(storeRoot: string, { path, bytes, mtimeMs }: StoreFile): number {
  const absolute = join(storeRoot, path);
  // One that was put again since is about to be recorded by somebody.
  if (lstatSync(absolute, { throwIfNoEntry: false })?.mtimeMs !== mtimeMs) return 0;
  rmSync(absolute, { force: true });
  return bytes;
}

function removeEmpty(folder: string, below: string): void {
  if (!folder.startsWith(below)) return;
  try {
    rmdirSync(folder);
  } catch {
    // It is not empty, or gone already.
  }
}
