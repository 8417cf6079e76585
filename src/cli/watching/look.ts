import { dirname, join, relative } from 'node:path';
import { digestOfPlan } from '../../engine/planCache.ts';
import { type Digest, digestOf } from '../../store/canonical.ts';
import { errorWords } from '../errorWords.ts';
import { openSession, type Session, type StudyOptions, selectNodes } from '../session.ts';
import { studyFiles } from '../standing.ts';

/** A study as it is read at a moment. Where targets are no longer, or not yet, in it, `targets` is true. */
export type Look = ReadableStudy | { readonly wrong: string; readonly targets: boolean };

interface ReadableStudy {
  readonly session: Session;
  /** The same as long as no run could give anything else. */
  readonly identity: Digest;
  /** Digests of all that it was read from: of its YAML, its kinds' modules and its inputs, by what a person calls them. */
  readonly files: ReadonlyMap<string, Digest>;
}

/** Reads a study, or words what is wrong with it. Throws what is no fault of the study's. */
export async function lookAt(options: StudyOptions, targets: readonly string[]): Promise<Look> {
  let isRead = false;
  try {
    const session = await openSession(options);
    isRead = true;
    if (targets.length > 0) selectNodes(session, targets);
    const { plan, kinds, stats, studyRoot } = session;
    const files = new Map<string, Digest>(Object.entries(plan.sources));
    for (const { source, sources } of kinds.values()) {
      const prefix = source === undefined ? '' : relative(studyRoot, source.base);
      for (const [name, digest] of Object.entries(sources)) files.set(join(prefix, name), digest);
    }
    for (const path of studyFiles(session))
      files.set(
        path,
        digestOrNone(() => stats.digest(join(studyRoot, path))),
      );
    const identity = digestOf('watched', {
      plan: digestOfPlan(plan),
      kinds: Object.fromEntries([...kinds].map(([uses, { digest }]) => [uses, digest])),
      files: Object.fromEntries(studyFiles(session).map((path) => [path, files.get(path)!])),
    });
    return { session, identity, files };
  } catch (error) {
    const words = errorWords(error);
    if (words.unforeseen) throw error;
    return { wrong: words.text, targets: isRead };
  }
}

const MISSING = '' as Digest;

function digestOrNone(read: () => Digest): Digest {
  try {
    return read();
  } catch {
    return MISSING; // the run says who wants it
  }
}

/** Files whose digests differ, with those that came and went, in the order of the later look. */
export function changedFiles(before: ReadonlyMap<string, Digest>, now: ReadonlyMap<string, Digest>): string[] {
  const changed = [...now].flatMap(([path, digest]) => (before.get(path) === digest ? [] : [path]));
  return [...changed, ...[...before.keys()].filter((path) => !now.has(path))];
}

/** The files to look at, and folders outside the study's in which the modules of its kinds are. */
export function placesOf({ session, files }: ReadableStudy): { files: string[]; folders: string[] } {
  const paths = [...files.keys()].map((path) => join(session.studyRoot, path));
  const modules = [...session.kinds.values()].flatMap(({ source }) => (source === undefined ? [] : [source]));
  return { files: paths, folders: [...new Set(modules.map(({ path }) => dirname(path)))] };
}
