import { join } from 'node:path';
import { checkStore } from '../store/trust.ts';

/** The store of the study in a folder, after a look at who can write it. Throws UntrustedFolder. */
export function storeOf(studyRoot: string): string {
  const storeRoot = join(studyRoot, '.driftline');
  checkStore(storeRoot);
  return storeRoot;
}
