import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { compareCodePoints } from '../store/canonical.ts';
import { PACKAGE_ROOT, VERSION } from './package.ts';

/** Names that a package cannot carry as they are: npm leaves some out, and obeys others. */
const RENAMED: Readonly<Record<string, string>> = { gitignore: '.gitignore', vscode: '.vscode' };

/** What a folder may have already, as a new repository or one in which npm installed something does: left as it is. */
const KEPT: ReadonlySet<string> = new Set(['package.json', '.gitignore', 'README.md']);

export interface NewStudy {
  /** Paths of the files that were written, relative to the folder, in code-point order. */
  readonly written: readonly string[];
  readonly kept: readonly string[];
}

/** The files of a study to begin with, by their paths in its folder. */
export function filesOfNewStudy(folder: string): Map<string, string> {
  const template = join(PACKAGE_ROOT, 'templates', 'study');
  const files = readdirSync(template, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const words = relative(template, path).split(sep);
      return [words.map((word) => RENAMED[word] ?? word).join('/'), readFileSync(path, 'utf8')] as const;
    });
  const all = [...files, ['package.json', manifest(folder)] as const];
  return new Map(all.sort(([a], [b]) => compareCodePoints(a, b)));
}

/** The files of a new study that stand in its way: what is there is not overwritten. */
export const inTheWay = (folder: string, files: ReadonlyMap<string, string>): string[] =>
  [...files.keys(), SCHEMA].filter((path) => !KEPT.has(path) && existsSync(join(folder, path)));

/** The schema of the study's files, which is written when the others are there. */
export const SCHEMA = 'study.schema.json';

export function writeNewStudy(folder: string, files: ReadonlyMap<string, string>): NewStudy {
  const written: string[] = [];
  const kept: string[] = [];
  for (const [path, text] of files) {
    if (existsSync(join(folder, path))) {
      kept.push(path);
      continue;
    }
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { flag: 'wx' });
    written.push(path);
  }
  return { written, kept };
}

function manifest(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|-+$/g, '');
  const scripts = {
    start: 'driftline run',
    test: 'node --test',
    schema: `driftline schema > ${SCHEMA}`,
  };
  const text = {
    name: name === '' || name === 'driftline' ? 'study' : name.slice(0, 214),
    private: true,
    type: 'module',
    scripts,
    dependencies: { driftline: driftlineSpec(folder) },
  };
  return `${JSON.stringify(text, null, 2)}\n`;
}

/**
 * How a study in a folder asks npm for the Driftline that is running: by its version, or by the file that it was
 * installed from, or, run from a checkout, by the folder of that.
 */
export function driftlineSpec(folder: string, home = PACKAGE_ROOT): string {
  const place = join(home, '.');
  const modules = dirname(place);
  if (basename(modules) !== 'node_modules') return fileSpec(folder, place);
  try {
    const lock = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8'));
    const resolved: unknown = lock.packages['node_modules/driftline'].resolved;
    if (typeof resolved === 'string' && resolved.startsWith('file:'))
      return fileSpec(folder, join(dirname(modules), resolved.slice('file:'.length)));
  } catch {
    // Another package manager installed it: the version says what is meant.
  }
  return VERSION;
}

const fileSpec = (folder: string, path: string): string => `file:${relative(folder, path).split(sep).join('/')}`;

/** Whether a program in the folder finds Driftline: here, or in a folder above. */
export function isInstalledFor(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, 'node_modules', 'driftline', 'package.json'))) return true;
    if (dirname(at) === at) return false;
  }
}
