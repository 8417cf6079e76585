import { basename, relative } from 'node:path';
import { PACKAGE_ROOT } from './package.ts';
import type { Session } from './session.ts';

/** The command line that, in the study's folder, makes its results again: all of them, or a target's. */
export function commandLine({ options, plan, studyRoot }: Session, target?: string): string {
  const words = [program(studyRoot), 'run'];
  if (target !== undefined) words.push(target);
  if (basename(options.file) !== 'pipeline.yaml') words.push('--file', basename(options.file));
  if (plan.profile !== null) words.push('--profile', plan.profile);
  for (const [name, value] of Object.entries(options.set)) words.push('--set', `${name}=${value}`);
  return words.map(shellWord).join(' ');
}

/** How Driftline is called in a study's folder: in its own, as a package of the study's, or as any program. */
function program(studyRoot: string): string {
  const way = relative(studyRoot, PACKAGE_ROOT).replaceAll('\\', '/');
  if (way === '') return 'bin/driftline';
  return way.startsWith('node_modules/') ? 'npx driftline' : 'driftline';
}

/** A word as a shell takes it for one. */
const shellWord = (word: string, at: number): string =>
  at === 0 || /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
