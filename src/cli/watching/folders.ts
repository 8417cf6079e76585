import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { compareCodePoints } from '../../store/canonical.ts';

/** Folders of a study that are watched at most; in those beyond, changes of files that it uses are found by looking. */
const MOST = 1000;

/**
 * The study's folder with all below it, but for what Driftline itself writes, packages, and whatever begins with a dot.
 * Links are not followed: they may lead anywhere.
 */
export function studyFolders(studyRoot: string, except: readonly string[]): string[] {
  const folders: string[] = [];
  const left = [resolve(studyRoot)];
  const closed = new Set(except.map((path) => resolve(path)));
  for (let folder = left.shift(); folder !== undefined && folders.length < MOST; folder = left.shift()) {
    folders.push(folder);
    for (const name of foldersIn(folder)) {
      const path = join(folder, name);
      if (!name.startsWith('.') && name !== 'node_modules' && !closed.has(path)) left.push(path);
    }
  }
  return folders;
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
      .sort(compareCodePoints);
  } catch {
    return []; // it went meanwhile, or is not ours to read
  }
}
