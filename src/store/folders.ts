import { mkdirSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { compareCodePoints } from './canonical.ts';

/** Nobody but the owner and, where the umask lets it, the owner's group may write: whatever the umask, not all the world. */
const MODE = 0o775;

/**
 * Makes a folder and those above it that are missing. Not by Node's own recursion, which says ENOENT where a file system
 * is read-only and so hides what is wrong.
 */
export function makeFolder(folder: string): void {
  try {
    make(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(folder) === folder) throw error;
    makeFolder(dirname(folder));
    make(folder);
  }
}

/** Another process may have made it in the meantime. */
function make(folder: string): void {
  try {
    mkdirSync(folder, MODE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Names in a folder in order, without temporary ones; none where there is no folder. */
export const namesIn = (folder: string): string[] =>
  listOrNone(folder)
    .filter((name) => !name.startsWith('.'))
    .sort(compareCodePoints);

/** All names in a folder, as they come; none where there is no folder. */
export function listOrNone(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
