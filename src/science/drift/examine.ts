import { type Rational, rational } from '../numeric/rational.ts';
import { boundSlack, type QuadraticBound } from './bound.ts';
import type { Drift } from './drift.ts';
import type { TestFunction } from './function.ts';
import { breaks, type Visit } from './scan.ts';

/** Exceptional states kept for the reader; all are counted. */
const MOST_LISTED = 1000;

export interface Findings {
  /** States that break the condition, counted with their permutations. */
  readonly exceptional: { readonly size: number; readonly states: readonly (readonly number[])[] };
  readonly worst: { readonly state: readonly number[]; readonly numerator: bigint };
  readonly bound: { readonly holds: boolean; readonly leastSlack: Rational } | null;
}

/** Gathers what single states say: which break the condition, which is worst, and whether the bound holds in each. */
export function examine(
  V: TestFunction,
  drift: Drift,
  bound: QuadraticBound | null,
): { visit: Visit; visitBeyond(q: Int32Array): void; result(): Findings } {
  const exceptOrigin = V.condition === 'drift-nonnegative';
  const least = V.condition !== 'drift-bound';
  const slackOf = bound && boundSlack(bound, drift.denominator);
  const states: number[][] = [];
  let size = 0;
  let worst: Findings['worst'] | null = null;
  let leastSlack: bigint | null = null;

  const consider = (q: Int32Array): bigint | null => {
    const numerator = drift.numerator(q);
    if (slackOf) {
      const slack = slackOf.of(
        q.reduce((sum, length) => sum + length, 0),
        numerator,
      );
      if (leastSlack === null || slack < leastSlack) leastSlack = slack;
    }
    const origin = q[0] === 0;
    // The origin is E₀ of condition (I): its drift is not asked for.
    if (exceptOrigin && origin) return null;
    if (!worst || (least ? numerator < worst.numerator : numerator > worst.numerator)) {
      worst = { state: Array.from(q), numerator };
    }
    return breaks(V.condition, numerator, origin) ? numerator : null;
  };
  return {
    visit(q, orbit) {
      if (consider(q) === null) return;
      size += orbit;
      if (states.length < MOST_LISTED) states.push(Array.from(q));
    },
    /** A state outside the counted set: it can be worst, or break a condition that admits no exception. */
    visitBeyond(q) {
      if (consider(q) !== null && exceptOrigin) size++;
    },
    result: () => ({
      exceptional: { size, states },
      worst: worst!, // a box of at least 2 has a state beside the origin
      bound:
        slackOf && leastSlack !== null
          ? { holds: leastSlack >= 0n, leastSlack: rational(leastSlack, slackOf.scale) }
          : null,
    }),
  };
}
