import { rmSync, statSync } from 'node:fs';
import type { Failure } from './events.ts';
import { type KindNeeds, type Missed, missedBy, packageWords } from './kindNeeds.ts';
import { importStage } from './kinds.ts';

/** The code that an action would run, or ran, is not what its key names. */
export class OtherCode extends Error {
  override readonly name = 'OtherCode';
  readonly failure: Failure;

  constructor(message: string) {
    super(message);
    this.failure = { kind: 'other-code', message };
  }
}

/** Size, times and inode of the package.json of each package, by the bundle that was imported while they were so. */
const seen = new Map<string, readonly string[]>();

/** Bundles and packages of which this thread may hold other code than there is now: it cannot forget what it imported. */
const spoilt = new Set<string>();

/**
 * Imports a kind into this thread if bundle and packages are what they were when the kind was loaded: before it, so that
 * nothing else runs, and after it, for packages may be installed in these very moments. Throws {@link OtherCode}, or what
 * the kind's module throws.
 */
export async function importTrusted(bundle: string, needs: KindNeeds): Promise<void> {
  if (seen.has(bundle)) return;
  check(bundle, needs);
  const marks = marksOf(needs);
  try {
    await importStage(bundle);
  } finally {
    checkAfter(bundle, needs);
  }
  seen.set(bundle, marks);
}

/**
 * Looks whether the packages are still as they were when the kind was imported: a part of one may be imported only when it
 * is needed. Costs a stat for each of them. Throws {@link OtherCode}.
 */
export function checkPackages(bundle: string, needs: KindNeeds): void {
  const marks = marksOf(needs);
  const before = seen.get(bundle);
  if (marks.every((mark, at) => mark === before?.[at])) return;
  seen.delete(bundle);
  checkAfter(bundle, needs);
  seen.set(bundle, marks); // installed anew, in the same versions
}

function marksOf({ manifests }: KindNeeds): string[] {
  return manifests.map(([path]) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat === undefined ? '' : `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`;
  });
}

function check(bundle: string, needs: KindNeeds): void {
  const missed = missedBy(bundle, needs);
  const lost = needs.manifests.flatMap(([path]) => (spoilt.has(path) ? [path] : []));
  if (missed.bundle || spoilt.has(bundle)) {
    // As with a damaged blob: what is not what its name says is of no use, and what is missing is made again.
    if (missed.bundle) rmSync(bundle, { force: true });
    throw new OtherCode(`the code of its kind, ${bundle}, was changed while the run was going on. Run again`);
  }
  if (missed.packages.length + lost.length > 0) throw new OtherCode(wordsOf(missed, lost));
}

/** What was imported stays in the thread, whatever there is later. */
function checkAfter(bundle: string, needs: KindNeeds): void {
  try {
    check(bundle, needs);
  } catch (error) {
    const { packages } = missedBy(bundle, needs);
    for (const path of packages.length > 0 ? packages.map((one) => one.path) : [bundle]) spoilt.add(path);
    throw error;
  }
}

function wordsOf({ packages }: Missed, lost: readonly string[]): string {
  const list = packages.length > 0 ? packageWords(packages) : `${lost[0]} was another`;
  return `packages were changed while the run was going on: ${list}. Run again`;
}
