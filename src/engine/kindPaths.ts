import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { compareCodePoints } from '../store/canonical.ts';
import { NotAStageError } from './describe.ts';

/** Where kinds of stage are looked for. */
export interface KindFolders {
  /** The study's folder. */
  readonly study: string;
  /** Driftline's own package folder, with its built-in `stages/`. */
  readonly package: string;
}

export interface KindPath {
  /** Absolute path of the module. */
  readonly path: string;
  /** The folder that the module belongs to: what its digest calls its files relative to. */
  readonly base: string;
}

/**
 * Finds the module of a kind: `driftline:name` is built in; `./path.ts` is a file of the study; a plain name is
 * `stages/name.ts` of the study, else built in. Undefined where there is none.
 */
export function findKind(uses: string, folders: KindFolders): KindPath | undefined {
  const builtIn = (name: string): KindPath => ({
    path: join(folders.package, 'stages', `${name}.ts`),
    base: folders.package,
  });
  const own = uses.startsWith('driftline:') ? uses.slice('driftline:'.length) : undefined;
  if ((own ?? uses).includes('\\') || own?.includes('/')) return undefined;
  const candidates: KindPath[] =
    own !== undefined
      ? [builtIn(own)]
      : uses.includes('/')
        ? [{ path: resolve(folders.study, uses), base: folders.study }]
        : [{ path: join(folders.study, 'stages', `${uses}.ts`), base: folders.study }, builtIn(uses)];
  const found = candidates.find(({ path, base }) => isInside(base, path) && existsSync(path));
  if (found !== undefined && !isInside(realpathSync(found.base), realpathSync(found.path))) {
    throw new NotAStageError(`${uses}: its file leads out of its folder through a link`);
  }
  return found;
}

function isInside(folder: string, path: string): boolean {
  const inside = relative(folder, path);
  return !inside.startsWith('..') && !isAbsolute(inside);
}

/** Kinds that stand behind a study's own words (`claims:`, `run:`, `until:`) and behind tables of cells: nobody `uses` them. */
const INTERNAL: ReadonlySet<string> = new Set(['claim', 'decide', 'gather', 'run']);

/** Names of the kinds that `uses` can name without a path, in code-point order. */
export function kindNames(folders: KindFolders): string[] {
  const own = namesBelow(folders.study);
  // Driftline's own study has both in one folder.
  const internal = (name: string): boolean => INTERNAL.has(name) && (!own.includes(name) || isSameFolder(folders));
  return [...new Set([...own, ...namesBelow(folders.package)])]
    .filter((name) => !internal(name))
    .sort(compareCodePoints);
}

const isSameFolder = (folders: KindFolders): boolean => resolve(folders.study) === resolve(folders.package);

const namesBelow = (folder: string): string[] =>
  listOrNone(join(folder, 'stages')).flatMap((file) => (file.endsWith('.ts') ? [file.slice(0, -3)] : []));

function listOrNone(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
