import { type Interval, tInterval } from './interval.ts';

/** How one sample path of the mean queue grew over its second half. */
export interface PathGrowth {
  /** Least-squares slope, jobs per queue and unit of time. */
  readonly slope: number;
  /** slope × duration of the second half, jobs per queue. */
  readonly growth: number;
  /** Mean level over the second half, jobs per queue. */
  readonly level: number;
  /** The growth expected of a system exactly at its threshold, from the path's own quadratic variation, jobs per queue. */
  readonly criticalGrowth: number;
}

export interface StabilityVerdict {
  readonly verdict: 'stable' | 'unstable' | 'undecided';
  /** Jobs per queue and unit of time. */
  readonly slope: Interval;
  /** growth − CRITICAL_RATIO·level: positive where the path grows faster than √t. */
  readonly aboveRoot: Interval;
  /** growth − criticalGrowth: negative where the path grows less than at the threshold. */
  readonly aboveCritical: Interval;
}

/** ∫√t and ∫t√t over [½, 1]. */
const ROOT = (1 - Math.SQRT1_2 / 2) / 1.5;
const MOMENT = (1 - Math.SQRT1_2 / 4) / 2.5;

/** slope × ½ of the path √t over [½, 1]: the slope is 96 ∫(t − ¾)√t. */
const ROOT_GROWTH = 48 * (MOMENT - 0.75 * ROOT);

/** Growth over level of the path √t over [½, 1], whatever its scale; 2/3 for the path t. */
export const CRITICAL_RATIO = ROOT_GROWTH / (2 * ROOT);

/** The growth over the second half of an equally spaced path from time 0. Throws a RangeError for fewer than 8 points. */
export function pathGrowth(time: ArrayLike<number>, meanQueue: ArrayLike<number>): PathGrowth {
  const length = Math.min(time.length, meanQueue.length);
  if (length < 8) throw new RangeError(`a path needs at least 8 points for its slope, found ${length}`);
  const first = Math.floor(length / 2);
  const count = length - first;
  let [t, q] = [0, 0];
  for (let i = first; i < length; i++) {
    t += time[i] / count;
    q += meanQueue[i] / count;
  }
  let [tt, tq] = [0, 0];
  for (let i = first; i < length; i++) {
    tt += square(time[i] - t);
    tq += (time[i] - t) * (meanQueue[i] - q);
  }
  let variation = 0; // over the second half, as a start from empty rises steeply
  for (let i = first + 1; i < length; i++) variation += square(meanQueue[i] - meanQueue[i - 1]);
  const span = time[length - 1] - time[first];
  const slope = tq / tt;
  const diffusion = (variation / span) * time[length - 1]; // σ²T
  const criticalGrowth = ROOT_GROWTH * Math.sqrt((2 * diffusion) / Math.PI);
  return { slope, growth: slope * span, level: q, criticalGrowth };
}

const square = (x: number): number => x * x;

/** Fewer paths than this say nothing. */
const MINIMUM_PATHS = 3;

/**
 * Three verdicts from independent paths that start empty. Exactly at the threshold the mean queue is, in diffusion scaling,
 * a reflected Brownian motion without drift above some level reached at once: L_0 + √(2σ²t/π) in the mean, σ² its quadratic
 * variation per unit of time. An unstable system grows faster than √t, a stable one stops growing. So, by t intervals,
 *
 * - `unstable` iff growth − CRITICAL_RATIO·level and the slope lie above 0. At the threshold the former has mean
 *   −CRITICAL_RATIO·L_0 ≤ 0, whatever σ is;
 * - `stable` iff growth − criticalGrowth lies below 0. At the threshold its mean is ≥ 0: increments over the spacing of
 *   the path see at most the diffusion of long times;
 * - `undecided` otherwise, as with few, short or noisy paths, whose intervals cover 0: lack of data decides nothing.
 *
 * At the threshold either wrong verdict has probability (1 − confidence)/2 at most, and less beyond it.
 */
export function stabilityVerdict(paths: readonly PathGrowth[], confidence = 0.95): StabilityVerdict {
  const over = (metric: (path: PathGrowth) => number): Interval => tInterval(paths.map(metric), confidence);
  const slope = over((path) => path.slope);
  const aboveRoot = over((path) => path.growth - CRITICAL_RATIO * path.level);
  const aboveCritical = over((path) => path.growth - path.criticalGrowth);
  let verdict: StabilityVerdict['verdict'] = 'undecided';
  if (paths.length >= MINIMUM_PATHS) {
    if (aboveRoot.lo > 0 && slope.lo > 0) verdict = 'unstable';
    else if (aboveCritical.hi < 0) verdict = 'stable';
  }
  return { verdict, slope, aboveRoot, aboveCritical };
}
