import { type Interval, tInterval } from './interval.ts';

/**
 * Replicating until an interval is narrow enough. The interval is looked at after n₁ < n₂ < … < n_J replications, J
 * fixed beforehand, and each look's interval has the confidence 1 − (1 − c)/J. By Bonferroni's inequality all J
 * intervals hold the mean with probability c at least, so the one at which one stops does, whatever decided to stop
 * there and however the looks depend on one another: a repeated confidence interval (Jennison and Turnbull, JRSS B
 * 51, 1989). With c at each look, the interval would be too narrow too often: one stops when the spread looks small.
 */
export interface StoppingRule {
  /** How wide an interval may be: its half-width, or the half-width over the mean's absolute value. */
  readonly width: { readonly absolute: number } | { readonly relative: number };
  /** That the interval at which one stops holds the mean; in (0, 1). */
  readonly confidence: number;
  /** Planned looks, J. */
  readonly looks: number;
}

/** The confidence of each of a number of intervals, so that all of them hold with the given one. */
export const sharedConfidence = (confidence: number, intervals: number): number =>
  intervals === 1 ? confidence : 1 - (1 - confidence) / intervals;

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
  const shared = sharedConfidence(confidence, looks);
  const interval = tInterval(values, shared);
  const { mean, halfWidth } = interval;
  const relative = mean === 0 ? Number.POSITIVE_INFINITY : halfWidth / Math.abs(mean);
  const isNarrow = 'absolute' in width ? halfWidth <= width.absolute : relative <= width.relative;
  return { ...interval, relative, confidence: shared, isNarrow };
}
