import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { compareCodePoints } from '../../store/canonical.ts';
import { CliError, EXIT } from '../exit.ts';
import { filesOfNewStudy, inTheWay, isInstalledFor, SCHEMA, writeNewStudy } from '../newStudy.ts';
import { columns } from '../text.ts';
import { schemaText } from './schema.ts';

/** What each file is for, in the order in which one would look at them. */
const PURPOSES: readonly (readonly [path: string, purpose: string])[] = [
  ['pipeline.yaml', 'the study: parameters, stages, a claim'],
  ['stages/throws.ts', 'a kind of stage, in TypeScript'],
  ['theory.py', 'a stage in Python'],
  ['error.vl.yaml', 'the figure, in Vega-Lite'],
  ['test/throws.test.mjs', 'the tests'],
  ['README.md', 'what to try next'],
];

/** `driftline init [dir]`: a small study that works, to be changed into one's own. */
export async function initCommand(dir: string, options: { readonly json?: boolean }): Promise<number> {
  const folder = resolve(dir);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false) {
    throw new CliError(`${dir} is a file. Name a folder that is to be made, or one that is there.`);
  }
  const files = filesOfNewStudy(folder);
  const obstacles = inTheWay(folder, files);
  if (obstacles.length > 0) {
    const names = obstacles.length > 4 ? [...obstacles.slice(0, 3), `${obstacles.length - 3} more`] : obstacles;
    const where = dir === '.' ? 'This folder' : dir;
    throw new CliError(
      `${where} has files of the same names already: ${names.join(', ')}. Nothing was written.\nName another folder: driftline init my-study`,
    );
  }
  mkdirSync(folder, { recursive: true });
  const { written, kept } = writeNewStudy(folder, files);
  writeFileSync(join(folder, SCHEMA), await schemaText(folder), { flag: 'wx' });
  const python = versionOfPython();
  const near = relative(process.cwd(), folder);
  const next = [
    ...(near === '' ? [] : [`cd ${near.includes(' ') ? JSON.stringify(near) : near}`]),
    ...(isInstalledFor(folder) ? [] : ['npm install']),
    'npx driftline run',
  ];
  if (options.json) {
    const all = [...written, SCHEMA].sort(compareCodePoints);
    process.stdout.write(`${JSON.stringify({ folder, written: all, kept, python: python ?? null, next }, null, 2)}\n`);
    return EXIT.done;
  }
  const lines = [
    `A study of how many darts it takes to know π is in ${near === '' ? 'this folder' : near}:`,
    '',
    ...columns(PURPOSES.filter(([path]) => written.includes(path))).map((line) => `  ${line}`),
    '',
    ...(kept.length > 0 ? [`Left as it was: ${kept.join(', ')}.`, ''] : []),
    ...(python === undefined
      ? ['python3 was not found. The stage theory needs it, and so does what follows from it; the others run.', '']
      : []),
    'Next:',
    ...next.map((line) => `  ${line}`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return EXIT.done;
}

/** `Python 3.11.2`; undefined where stages could not start it. */
function versionOfPython(): string | undefined {
  const { status, stdout } = spawnSync('python3', ['--version'], { encoding: 'utf8', timeout: 10_000 });
  return status === 0 ? stdout.trim() : undefined;
}
