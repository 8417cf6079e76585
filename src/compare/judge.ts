import { holmAdjusted } from '../science/stats/holm.ts';
import { estimateOf, welchTest } from '../science/stats/welch.ts';

/** The chance that among all tests of a comparison a single one sees a difference where there is none. */
export const FALSE_ALARM = 0.05;

/** A measured value, with its interval where it has one. */
export interface Measured {
  readonly value: unknown;
  readonly lo?: number;
  readonly hi?: number;
  /** Of the interval. */
  readonly confidence?: number;
  /** Replicates that the interval is over. */
  readonly replicates?: number;
}

/**
 * Whether a value changed: `beyond` noise or `within` it, by Welch's test on the standard errors behind the intervals
 * (`welch`; `p` is adjusted by Holm for all tests of the comparison), or, where it is not known what the intervals rest
 * on, by whether they have a point in common (`overlap`); `unjudged` without an interval on both sides.
 */
export type Judgement =
  | { readonly state: 'beyond' | 'within'; readonly by: 'welch'; readonly p: number }
  | { readonly state: 'beyond' | 'within'; readonly by: 'overlap' }
  | { readonly state: 'unjudged' };

/** Judges changed values together. Judgements are in the order given. */
export function judge(changes: readonly { readonly from: Measured; readonly to: Measured }[]): Judgement[] {
  // The same numbers in two tables are one measurement that was joined into another table: they are one test.
  const tests = new Map<string, number>();
  for (const { from, to } of changes) {
    const p = welch(from, to);
    if (p !== undefined) tests.set(nameOf(from, to), p);
  }
  const names = [...tests.keys()];
  const adjusted = holmAdjusted([...tests.values()]);
  const byName = new Map(names.map((name, at) => [name, adjusted[at]]));
  return changes.map(({ from, to }): Judgement => {
    if (!hasInterval(from) || !hasInterval(to)) return { state: 'unjudged' };
    const p = byName.get(nameOf(from, to));
    if (p !== undefined) return { state: p <= FALSE_ALARM ? 'beyond' : 'within', by: 'welch', p };
    return { state: from.hi < to.lo || to.hi < from.lo ? 'beyond' : 'within', by: 'overlap' };
  });
}

function welch(from: Measured, to: Measured): number | undefined {
  const [a, b] = [from, to].map((side) =>
    hasInterval(side) && side.confidence !== undefined && side.replicates !== undefined
      ? estimateOf({ mean: side.value, lo: side.lo, hi: side.hi }, side.confidence, side.replicates)
      : undefined,
  );
  return a && b && welchTest(a, b).p;
}

function hasInterval(side: Measured): side is Measured & { value: number; lo: number; hi: number } {
  const { value, lo, hi } = side;
  return Number.isFinite(value) && Number.isFinite(lo) && Number.isFinite(hi);
}

const nameOf = (from: Measured, to: Measured): string =>
  [from, to].map(({ value, lo, hi }) => `${value} ${lo} ${hi}`).join(' → ');
