import { tCritical } from '../numeric/studentT.ts';

/** A mean over independent replications with its Student-t interval. */
export interface Interval {
  readonly mean: number;
  /** Infinity for fewer than two replications: nothing is known about the spread. */
  readonly halfWidth: number;
  readonly lo: number;
  readonly hi: number;
  /** Replications. */
  readonly n: number;
  /** Standard deviation of one replication; 0 for fewer than two. */
  readonly sd: number;
}

/** The interval at a confidence level in (0, 1). Throws a RangeError for no values, or one that is not finite. */
export function tInterval(values: ArrayLike<number>, confidence = 0.95): Interval {
  const n = values.length;
  if (n === 0) throw new RangeError('an interval needs at least one replication');
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`confidence must lie strictly between 0 and 1, found ${confidence}`);
  }
  let mean = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    if (!Number.isFinite(values[i])) throw new RangeError(`replication ${i} is ${values[i]}, not a finite number`);
    const delta = values[i] - mean;
    mean += delta / (i + 1);
    squares += delta * (values[i] - mean);
  }
  const sd = n > 1 ? Math.sqrt(squares / (n - 1)) : 0;
  const halfWidth = n > 1 ? (tCritical(confidence, n - 1) * sd) / Math.sqrt(n) : Number.POSITIVE_INFINITY;
  return { mean, halfWidth, lo: mean - halfWidth, hi: mean + halfWidth, n, sd };
}

/** The confidence of each of a number of intervals, so that all of them hold with the given one (Bonferroni). */
export const sharedConfidence = (confidence: number, intervals: number): number =>
  intervals === 1 ? confidence : 1 - (1 - confidence) / intervals;

/** The interval of the mean difference of two samples under common random numbers, replication by replication. */
export function pairedInterval(a: ArrayLike<number>, b: ArrayLike<number>, confidence = 0.95): Interval {
  if (a.length !== b.length) {
    throw new RangeError(`paired samples must have equal length, found ${a.length} and ${b.length}`);
  }
  const differences = Float64Array.from({ length: a.length }, (_, i) => a[i] - b[i]);
  return tInterval(differences, confidence);
}
