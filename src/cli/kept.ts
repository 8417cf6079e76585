import type { Digest } from '../store/canonical.ts';
import type { Garbage } from '../store/garbage.ts';
import type { RunJournal } from '../store/runs.ts';
import { allTags } from '../store/tags.ts';
import type { Session } from './session.ts';
import { plural } from './text.ts';

/** Results that a collection keeps, by the reason; one may have several. */
export interface Kept {
  readonly total: number;
  readonly runs: number;
  readonly current: number;
  readonly lock: number;
  readonly tags: number;
  /** None of these reasons: they are young, there is room for them, or a tag that is damaged may name them. */
  readonly others: number;
}

/** The runs that tags name, and the tags whose run cannot be told or read. */
export function taggedRuns(
  storeRoot: string,
  runs: readonly RunJournal[],
): { readonly runs: ReadonlySet<string>; readonly names: readonly string[]; readonly lost: readonly string[] } {
  const whole = new Set(runs.flatMap(({ id, record }) => (record === undefined ? [] : [id])));
  const tags = allTags(storeRoot);
  const good = tags.filter(({ tag }) => tag !== undefined && whole.has(tag.run));
  return {
    runs: new Set(good.map(({ tag }) => tag!.run)),
    names: good.map(({ name }) => name),
    lost: tags.filter((file) => !good.includes(file)).map(({ name }) => name),
  };
}

export const keysOf = (runs: readonly RunJournal[]): Set<Digest> =>
  new Set(runs.flatMap(({ record }) => record?.actions.map(({ key }) => key) ?? []));

/** Counts why results stay. */
export function keptFor(
  { log }: Session,
  roots: Readonly<Record<'runs' | 'current' | 'tags' | 'lock', ReadonlySet<Digest>>>,
  garbage: Garbage,
): Kept {
  const gone = new Set(garbage.records.map(({ key }) => key));
  const counts = { total: 0, runs: 0, current: 0, lock: 0, tags: 0, others: 0 };
  for (const key of log.keys()) {
    if (gone.has(key)) continue;
    counts.total++;
    const locked = Object.values(log.get(key)!.outputs).some(({ digest }) => roots.lock.has(digest));
    const reasons = {
      runs: roots.runs.has(key),
      current: roots.current.has(key),
      tags: roots.tags.has(key),
      lock: locked,
    };
    for (const reason of ['runs', 'current', 'tags', 'lock'] as const) if (reasons[reason]) counts[reason]++;
    if (!Object.values(reasons).includes(true)) counts.others++;
  }
  return counts;
}

export function printKept(
  { total, runs, current, lock, tags, others }: Kept,
  { names, lost, unknown }: Readonly<Record<'names' | 'lost' | 'unknown', readonly string[]>>,
): void {
  const say = (line: string): boolean => process.stdout.write(`${line}\n`);
  const reasons = [
    ...(runs > 0 ? [`${runs} of the runs that are kept`] : []),
    ...(current > 0 ? [`${current} up to date`] : []),
    ...(lock > 0 ? [`${lock} in driftline.lock`] : []),
    ...(tags > 0 ? [`${tags} of tagged runs (${names.join(', ')})`] : []),
    ...(others > 0 ? [`${others} for no reason but that they are young, or that there is room`] : []),
  ];
  if (total > 0) say(`Kept: ${plural(total, 'result')}; ${reasons.join(', ')}.`);
  for (const run of unknown) {
    say(
      `It cannot be told what run ${run} needs, which is going on, so no result is removed: wait until it has ended.`,
    );
  }
  for (const name of lost) {
    say(`It cannot be told what the tag ${name} names, so no result is removed: driftline tag --delete ${name}`);
  }
}
