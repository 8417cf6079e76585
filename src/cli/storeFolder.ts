import { join } from 'node:path';
import { checkStore } from '../store/trust.ts';

/** The store of the study in a folder, after a look at who can write it, and at where a link leads. Throws UntrustedFolder. */
export const storeOf = (studyRoot: string): string => checkStore(join(studyRoot, '.driftline'));
