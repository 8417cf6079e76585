import { lstatSync } from 'node:fs';
import { linkAtomically, writeAtomically } from './atomic.ts';
import type { Digest } from './canonical.ts';
import type { Cas } from './cas.ts';
import type { StatCache } from './statCache.ts';

/** Errors with which a file system says that it cannot link here: another device, no support, too many links. */
const CANNOT_LINK = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS']);

/**
 * Makes `target` the blob: by hard link where the file system has them, else by copy; in one step either way.
 * Returns false when it was the blob already. Throws a BlobError for a blob that is missing or damaged: a link shares
 * its bytes, so whoever writes into `target` damages the blob, and the stat cache notices that without reading.
 */
export function materialise(
  cas: Cas,
  digest: Digest,
  target: string,
  stats: StatCache,
  link: (source: string, target: string) => void = linkAtomically,
): boolean {
  const blob = cas.path(digest);
  const there = lstatSync(target, { throwIfNoEntry: false });
  const stored = lstatSync(blob, { throwIfNoEntry: false });
  if (there?.isFile() && stored) {
    if (there.ino === stored.ino && there.dev === stored.dev) {
      if (stats.digest(blob) !== digest) cas.discard(digest);
      return false;
    }
    if (there.size === stored.size && stats.digest(target) === digest && stats.digest(blob) === digest) return false;
  }
  const bytes = cas.get(digest); // verified before it is handed out
  try {
    link(blob, target);
  } catch (error) {
    if (!CANNOT_LINK.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    writeAtomically(target, bytes);
  }
  return true;
}
