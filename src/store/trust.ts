import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** Why a folder is not written or read: somebody else could decide what is in it, or where it is. */
export interface Distrust {
  readonly path: string;
  readonly reason: 'link' | 'not-a-folder' | 'world-writable' | 'foreign-owner';
}

/** A folder that Driftline does not work in. */
export class UntrustedFolder extends Error {
  override readonly name = 'UntrustedFolder';
  readonly distrust: Distrust;

  constructor(distrust: Distrust) {
    super(`${distrust.path} is not trusted: ${distrust.reason}`);
    this.distrust = distrust;
  }
}

/**
 * Looks at a store before anything in it is read: it holds compiled code, so whoever can write it decides what runs.
 * Neither it nor a folder of its own may be a link or writable for everyone, and the store's owner has to be who asks,
 * the system's administrator, or the owner of the study's folder, whose code runs in any case.
 * @param self number of the user who asks; undefined where the system has none
 * @throws {UntrustedFolder}
 */
export function checkStore(storeRoot: string, self = process.geteuid?.()): void {
  const top = lookAt(storeRoot);
  if (top === undefined) return;
  if (self !== undefined && ![self, 0, statSync(dirname(storeRoot)).uid].includes(top.uid)) {
    throw new UntrustedFolder({ path: storeRoot, reason: 'foreign-owner' });
  }
  for (const entry of readdirSync(storeRoot, { withFileTypes: true })) {
    const path = join(storeRoot, entry.name);
    if (entry.isSymbolicLink()) throw new UntrustedFolder({ path, reason: 'link' });
    if (entry.isDirectory()) lookAt(path);
  }
  const blobs = join(storeRoot, 'cas', 'sha256');
  if (lookAt(blobs) === undefined) return;
  for (const entry of readdirSync(blobs, { withFileTypes: true })) {
    if (entry.isSymbolicLink()) throw new UntrustedFolder({ path: join(blobs, entry.name), reason: 'link' });
  }
}

/** Undefined where there is nothing. */
function lookAt(path: string): Stats | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (stat.isSymbolicLink()) throw new UntrustedFolder({ path, reason: 'link' });
  if (!stat.isDirectory()) throw new UntrustedFolder({ path, reason: 'not-a-folder' });
  // Windows has no such bits and shows them all.
  if (process.platform !== 'win32' && (stat.mode & 0o002) !== 0) {
    throw new UntrustedFolder({ path, reason: 'world-writable' });
  }
  return stat;
}

/**
 * Refuses a path below `root` whose way leads through a link, or through what is no folder: what is written there would
 * stand elsewhere. The path itself may be anything, for it is replaced. `known` remembers the folders that were looked at.
 * @throws {UntrustedFolder}
 */
export function checkWay(root: string, path: string, known: Set<string> = new Set()): void {
  const names = relative(root, dirname(path)).split(sep);
  let folder = root;
  for (const name of ['', ...names]) {
    folder = join(folder, name);
    if (known.has(folder)) continue;
    const stat = lstatSync(folder, { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (stat.isSymbolicLink()) throw new UntrustedFolder({ path: folder, reason: 'link' });
    if (!stat.isDirectory()) throw new UntrustedFolder({ path: folder, reason: 'not-a-folder' });
    known.add(folder);
  }
}
