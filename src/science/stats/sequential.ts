import { type Interval, tInterval } from './interval.ts';
import { nominalConfidence } from './nominalConfidence.ts';

/**
 * Replicating until an interval is narrow enough. The interval is looked at after n₁ < n₂ < … < n_J replications, fixed
 * beforehand. With the confidence c at each look it would be too narrow too often, for one stops when the spread looks small;
 * so each has the confidence of `nominalConfidence`, at which the one that one stops at holds the mean with confidence c.
 * That is exact for normal replications and an absolute width. A relative width looks at the mean as well; it differs in the
 * second order of the width.
 */
export interface StoppingRule {
  /** How wide an interval may be: its half-width, or the half-width over the mean's absolute value. */
  readonly width: { readonly absolute: number } | { readonly relative: number };
  /** That the interval at which one stops holds the mean; in (0, 1). */
  readonly confidence: number;
  /** Replications at each planned look, increasing. */
  readonly looks: readonly number[];
}

/** One look: the interval of the first replications, and whether it is narrow enough. */
export interface Look extends Interval {
  /** Half-width over the mean's absolute value; Infinity for a mean of 0. */
  readonly relative: number;
  /** Of this look's interval. */
  readonly confidence: number;
  readonly isNarrow: boolean;
}

/** Looks at replications in their order. Throws a RangeError for a value that is not finite. */
export function lookAt(values: ArrayLike<number>, { width, confidence, looks }: StoppingRule): Look {
  const nominal = nominalConfidence(confidence, looks);
  const interval = tInterval(values, nominal);
  const { mean, halfWidth } = interval;
  const relative = mean === 0 ? Number.POSITIVE_INFINITY : halfWidth / Math.abs(mean);
  const isNarrow = 'absolute' in width ? halfWidth <= width.absolute : relative <= width.relative;
  return { ...interval, relative, confidence: nominal, isNarrow };
}
