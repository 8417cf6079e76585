import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cas } from '../store/cas.ts';
import type { Failure } from './events.ts';
import type { ResolvedAction } from './resolve.ts';

/**
 * Puts the files of the study that an action reads into the store. The store's copy is what is read, so a file that
 * changes while the stage runs cannot slip in; one that is not what the key says any more is returned as a failure.
 */
export function storeFiles({ files }: ResolvedAction, studyRoot: string, cas: Cas): Failure | undefined {
  for (const [path, digest] of files) {
    const bytes = readOrNone(join(studyRoot, path));
    if (bytes !== undefined && cas.put(bytes) === digest) continue;
    const what = bytes === undefined ? 'was removed' : 'changed';
    const message = `${path} ${what} while the run was going on; the next run takes it as it is then`;
    return { kind: 'input-changed', message };
  }
  return undefined;
}

function readOrNone(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
