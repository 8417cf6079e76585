import { statSync } from 'node:fs';
import { linkAtomically, writeAtomically } from './atomic.ts';
import type { Digest } from './canonical.ts';
import type { Cas } from './cas.ts';

/** Errors with which a file system says that it cannot link here: another device, no support, too many links. */
const CANNOT_LINK = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS']);

/**
 * Makes `target` the blob: by hard link where the file system has them, else by copy; in one step either way.
 * Returns false when it was the blob already.
 */
export function materialise(cas: Cas, digest: Digest, target: string): boolean {
  const blob = cas.path(digest);
  const there = statSync(target, { throwIfNoEntry: false });
  const stored = statSync(blob, { throwIfNoEntry: false });
  if (there && stored && there.ino === stored.ino && there.dev === stored.dev) return false;
  const bytes = cas.get(digest); // verified before it is handed out
  try {
    linkAtomically(blob, target);
  } catch (error) {
    if (!CANNOT_LINK.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    writeAtomically(target, bytes);
  }
  return true;
}
