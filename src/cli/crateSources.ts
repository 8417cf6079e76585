import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CrateFile, CrateKind, FileRole } from '../crate/model.ts';
import { sourceName } from '../engine/bundle.ts';
import { findKind } from '../engine/kindPaths.ts';
import type { LoadedKind } from '../engine/kinds.ts';
import { compareCodePoints, sha256 } from '../store/canonical.ts';
import { CliError, EXIT } from './exit.ts';
import { PACKAGE_ROOT, VERSION } from './package.ts';
import type { Session } from './session.ts';

/** The crate's folder of what a study takes from Driftline itself: for people and for the record, nothing runs it. */
export const HOME = `driftline-${VERSION}`;

/** What people and tools look for beside a study. */
const DOCUMENTS = /^(readme|licen[cs]e|copying|citation|authors)(\.[a-z]+)?$/i;
const PACKAGE = ['package.json', 'package-lock.json'];

/** The study's files and all code behind it, by their paths in the crate; and the kinds, by what stages `use`. */
export function crateSources(session: Session): {
  readonly files: readonly CrateFile[];
  readonly kinds: ReadonlyMap<string, CrateKind>;
} {
  const { plan, studyRoot } = session;
  const files = new Map<string, CrateFile>();
  const add = (path: string, about: FileRole, absolute = join(studyRoot, path)): void => {
    if (!files.has(path)) files.set(path, fileOnDisk(session, path, absolute, about));
  };
  const titles = new Map(plan.chapters.map(({ file, title }) => [file, title]));
  for (const path of Object.keys(plan.sources)) {
    const title = titles.get(path);
    add(path, { role: 'study', ...(title !== undefined && { title }) });
  }
  const cells = plan.stages.flatMap((stage) => stage.cells);
  for (const { program } of cells) for (const path of program?.code ?? []) add(path, { role: 'code' });
  for (const { inputs, files: named } of cells) {
    for (const input of Object.values(inputs)) if (input.from === 'file') add(input.path, { role: 'input' });
    for (const path of Object.values(named)) add(path, { role: 'input' });
  }
  const kinds = new Map<string, CrateKind>();
  for (const kind of session.kinds.values()) {
    const { main, sources } = sourcesOf(kind, studyRoot);
    for (const { path, absolute } of sources) add(path, { role: 'code' }, absolute);
    const { contract, digest, packages } = kind;
    kinds.set(kind.uses, { contract, digest, packages, main, sources: sources.map(({ path }) => path) });
  }
  for (const path of documentsOf(studyRoot)) add(path, { role: 'document' });
  for (const path of ['package.json', 'LICENSE', 'schema/study.schema.json']) {
    add(`${HOME}/${path}`, { role: 'document' }, join(PACKAGE_ROOT, path));
  }
  return { files: [...files.values()], kinds };
}

/** Whether the study is Driftline's own, whose kinds are the built-in ones. */
const isHome = (studyRoot: string): boolean => resolve(studyRoot) === resolve(PACKAGE_ROOT);

function documentsOf(studyRoot: string): string[] {
  const names = readdirSync(studyRoot).filter((name) => statSync(join(studyRoot, name)).isFile());
  const wanted = names.filter((name) => DOCUMENTS.test(name) || (PACKAGE.includes(name) && !isHome(studyRoot)));
  return wanted.sort(compareCodePoints);
}

interface Source {
  readonly path: string;
  readonly absolute: string;
}

/** Where a kind's sources stand: the study's own where they are, Driftline's in a folder of the crate for these. */
function sourcesOf(kind: LoadedKind, studyRoot: string): { readonly main: string; readonly sources: Source[] } {
  const found = findKind(kind.uses, { study: studyRoot, package: PACKAGE_ROOT })!;
  const isBuiltIn = resolve(found.base) === resolve(PACKAGE_ROOT);
  const main = sourceName(found.path, found.base);
  const place = (name: string): Source[] => {
    if (name.split('/').includes('node_modules')) return []; // of a package, which is told by its version
    const inHome = /^driftline\/((?:src|stages)\/.*)$/.exec(name)?.[1] ?? name;
    const ofHome = (): Source[] => [{ path: `${HOME}/${inHome}`, absolute: join(PACKAGE_ROOT, inHome) }];
    if (isBuiltIn) return name.startsWith('../') ? [] : ofHome();
    const absolute = join(studyRoot, name);
    if (inHome !== name && !existsSync(absolute)) return ofHome();
    if (!name.startsWith('../')) return [{ path: name, absolute }];
    throw new CliError(
      `The kind ${kind.uses} takes ${name}, which lies outside the study's folder, so it cannot be exported. Move it into the study.`,
    );
  };
  return { main: isBuiltIn ? `${HOME}/${main}` : main, sources: Object.keys(kind.sources).flatMap(place) };
}

function fileOnDisk({ stats }: Session, path: string, absolute: string, about: FileRole): CrateFile {
  const digest = stats.digest(absolute);
  return {
    path,
    bytes: statSync(absolute).size,
    sha256: digest,
    about,
    read() {
      const bytes = readFileSync(absolute);
      if (sha256(bytes) === digest) return bytes;
      throw new CliError(`${path} was changed while it was exported. Export again.`, EXIT.stageFailed);
    },
  };
}
