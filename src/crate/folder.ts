import { existsSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryName, writeAtomically } from '../store/atomic.ts';
import { makeFolder } from '../store/folders.ts';
import { writing } from '../store/storeError.ts';
import type { CrateFile } from './model.ts';

/**
 * Writes files into a folder that is not there, or is empty. It has its name when all of them are in it. Throws a
 * StoreError where the place cannot be written.
 */
export function writeFolder(target: string, files: readonly Pick<CrateFile, 'path' | 'read'>[]): void {
  const temporary = temporaryName(target);
  writing(target, () => {
    try {
      makeFolder(temporary);
      for (const { path, read } of files) writeAtomically(join(temporary, path), read(), { durable: false });
      // An empty folder gives way; one that somebody put something into meanwhile does not.
      if (existsSync(target)) rmdirSync(target);
      renameSync(temporary, target);
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true });
      throw error;
    }
  });
}
