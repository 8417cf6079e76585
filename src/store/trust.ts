import { lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** Why a folder is not written or read: somebody else could decide what is in it, or where it is. */
export interface Distrust {
  readonly path: string;
  readonly reason: 'link' | 'broken-link' | 'not-a-store' | 'not-a-folder' | 'world-writable' | 'foreign-owner';
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
 * Neither it nor a folder of its own may be writable for everyone, and the store's owner has to be who asks, the system's
 * administrator, or the owner of the study's folder, whose code runs in any case. The same is asked of a link in its place
 * and of where it leads, which has to be a store already, or empty: people keep stores on other disks, and a link that came
 * with a study must not have anything else written into. Nothing within the store may be a link.
 * @param self number of the user who asks; undefined where the system has none
 * @returns where the store is
 * @throws {UntrustedFolder}
 */
export function checkStore(storeRoot: string, self = process.geteuid?.()): string {
  const place = lstatSync(storeRoot, { throwIfNoEntry: false });
  if (place === undefined) return storeRoot;
  const isTrusted = ({ uid }: Stats): boolean =>
    self === undefined || [self, 0, statSync(dirname(storeRoot)).uid].includes(uid);
  if (!isTrusted(place)) throw new UntrustedFolder({ path: storeRoot, reason: 'foreign-owner' });
  const root = place.isSymbolicLink() ? followed(storeRoot) : storeRoot;
  const top = lookAt(root)!;
  if (!isTrusted(top)) throw new UntrustedFolder({ path: root, reason: 'foreign-owner' });
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    const path = join(root, entry.name);
    if (entry.isSymbolicLink()) throw new UntrustedFolder({ path, reason: 'link' });
    if (entry.isDirectory()) lookAt(path);
  }
  const blobs = join(root, 'cas', 'sha256');
  if (lookAt(blobs) === undefined) return root;
  for (const entry of readdirSync(blobs, { withFileTypes: true })) {
    if (entry.isSymbolicLink()) throw new UntrustedFolder({ path: join(blobs, entry.name), reason: 'link' });
  }
  return root;
}

/** Folders of which a store that was ever used has one. */
const OF_A_STORE = ['kinds', 'actions', 'cas'];

/** Where the link in the place of a store leads. */
function followed(link: string): string {
  let root: string;
  try {
    root = realpathSync(link);
  } catch {
    throw new UntrustedFolder({ path: link, reason: 'broken-link' });
  }
  if (!statSync(root).isDirectory()) throw new UntrustedFolder({ path: root, reason: 'not-a-folder' });
  const names = readdirSync(root);
  if (names.length > 0 && !OF_A_STORE.some((name) => names.includes(name))) {
    throw new UntrustedFolder({ path: root, reason: 'not-a-store' });
  }
  // Whoever may rename in the folder above can put another store in its place; a sticky one, as of scratch disks, forbids it.
  const above = statSync(dirname(root));
  if (process.platform !== 'win32' && (above.mode & 0o1002) === 0o002) {
    throw new UntrustedFolder({ path: dirname(root), reason: 'world-writable' });
  }
  return root;
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
