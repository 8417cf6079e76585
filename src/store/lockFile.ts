import { writeAtomically } from './atomic.ts';
import { compareCodePoints, type Digest } from './canonical.ts';
import { NotAFile, readPlain } from './ownFile.ts';

/** The results of one profile: target → digest. */
export type LockSection = ReadonlyMap<string, Digest>;

/** A lock file that cannot be read, with the line that is wrong. */
export class LockError extends Error {
  override readonly name = 'LockError';
}

/** In which results differ from a lock. */
export interface LockDifference {
  readonly changed: readonly string[];
  /** Results that the lock does not name. */
  readonly added: readonly string[];
  /** Targets of the lock that the study does not give any more. */
  readonly removed: readonly string[];
}

const HEAD = [
  '# The digests of what this study gives. To be committed. Written by: driftline run --lock',
  '# driftline run and driftline verify compare with it.',
];

/** Sections by profile, as `[no profile]` or `[profile quick]`, from `driftline.lock`; undefined where there is none. */
export function readLock(path: string): Map<string | null, LockSection> | undefined {
  const text = readText(path);
  if (text === undefined) return undefined;
  const sections = new Map<string | null, Map<string, Digest>>();
  let section: Map<string, Digest> | undefined;
  text.split(/\r?\n/).forEach((line, at) => {
    if (line === '' || line.startsWith('#')) return;
    const wrong = (expected: string): never => {
      throw new LockError(
        `${path}:${at + 1}: expected ${expected}, found ${JSON.stringify(line.slice(0, 80))}. ` +
          'Resolve it by hand, or write the file anew: remove it, then driftline run --lock for each profile.',
      );
    };
    const head = /^\[(?:no profile|profile (.+))\]$/.exec(line);
    if (head !== null) {
      const name = head[1] === undefined ? null : plain(head[1]);
      if (name === undefined || sections.has(name)) wrong('a profile that is there once');
      section = new Map();
      sections.set(name!, section);
      return;
    }
    const entry = /^([0-9a-f]{64}) {2}(.+)$/.exec(line);
    const target = entry === null ? undefined : plain(entry[2]);
    if (section === undefined || entry === null || target === undefined || section.has(target)) {
      wrong('the digest of a target that is there once, or [profile …]');
    } else section.set(target, entry[1]);
  });
  return sections;
}

function readText(path: string): string | undefined {
  try {
    return readPlain(path)?.toString('utf8');
  } catch (error) {
    if (error instanceof NotAFile)
      throw new LockError(`${path} is a link or no file: put a plain file there, or remove it.`);
    throw error;
  }
}

/** Puts one profile's results in place of those that the lock had; the other sections stay as they are. */
export function writeLock(path: string, profile: string | null, results: LockSection): void {
  writeAtomically(path, lockText(new Map<string | null, LockSection>([...(readLock(path) ?? []), [profile, results]])));
}

/** A lock file's text, by profile. */
export function lockText(sections: ReadonlyMap<string | null, LockSection>): string {
  const text = [...sections]
    .sort(([a], [b]) => (a === null ? -1 : b === null ? 1 : compareCodePoints(a, b)))
    .map(([name, entries]) => {
      const lines = [...entries]
        .sort(([a], [b]) => compareCodePoints(a, b))
        .map(([target, digest]) => `${digest}  ${spelled(target)}`);
      return ['', name === null ? '[no profile]' : `[profile ${spelled(name)}]`, ...lines].join('\n');
    })
    .join('\n');
  return `${HEAD.join('\n')}\n${text}\n`;
}

/** @param pending targets that the study will give and that are not computed: nothing is said of them. */
export function compareLock(lock: LockSection, results: LockSection, pending: ReadonlySet<string>): LockDifference {
  const sorted = (targets: Iterable<string>): string[] => [...targets].sort(compareCodePoints);
  const names = [...results.keys()];
  return {
    changed: sorted(names.filter((target) => lock.has(target) && lock.get(target) !== results.get(target))),
    added: sorted(names.filter((target) => !lock.has(target))),
    removed: sorted([...lock.keys()].filter((target) => !results.has(target) && !pending.has(target))),
  };
}

/** On one line whatever is in it. */
const spelled = (text: string): string => JSON.stringify(text).slice(1, -1);

function plain(text: string): string | undefined {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return undefined;
  }
}
