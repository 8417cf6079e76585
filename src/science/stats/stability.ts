import { type Interval, tInterval } from './interval.ts';

/** How one sample path of the mean queue grew over its second half. */
export interface PathGrowth {
  /** Least-squares slope, jobs per queue and unit of time. */
  readonly slope: number;
  /** Duration of the second half. */
  readonly span: number;
  /** Mean level over the second half, jobs per queue. */
  readonly level: number;
}

export interface StabilityVerdict {
  readonly verdict: 'stable' | 'unstable' | 'undecided';
  /** Jobs per queue and unit of time. */
  readonly slope: Interval;
  /** slope·span − CRITICAL_GROWTH·level, jobs per queue: positive where the growth is faster than at the threshold. */
  readonly contrast: Interval;
}

/** The growth over the second half of an equally spaced path. Throws a RangeError for fewer than 8 points. */
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
    tt += (time[i] - t) ** 2;
    tq += (time[i] - t) * (meanQueue[i] - q);
  }
  return { slope: tq / tt, span: time[length - 1] - time[first], level: q };
}

/**
 * slope·span/level over [½, 1] of a path ∝ √t. At the threshold itself the total queue is, in diffusion scaling, a
 * reflected Brownian motion without drift, whose mean grows as √t from an empty start; an unstable system grows as t
 * (ratio 2/3) and a stable one not at all (0). With ∫√t = (1 − 2^-1.5)/1.5 and ∫t√t = (1 − 2^-2.5)/2.5 over [½, 1],
 * slope = 96(∫t√t − ¾∫√t) and level = 2∫√t.
 */
export const CRITICAL_GROWTH = (() => {
  const root = (1 - 2 ** -1.5) / 1.5;
  const moment = (1 - 2 ** -2.5) / 2.5;
  return (96 * (moment - 0.75 * root) * 0.5) / (2 * root);
})();

/** Fewer paths than this say nothing. */
const MINIMUM_PATHS = 3;

/**
 * Three verdicts from independent paths that start empty. The contrast slope·span − CRITICAL_GROWTH·level has mean zero at
 * the threshold whatever the diffusion's scale, so its t interval decides:
 *
 * - `unstable` iff it lies above 0 and the slopes' interval does too: growth faster than at the threshold;
 * - `stable` iff it lies below 0: the level is bounded better than at the threshold;
 * - `undecided` otherwise, as with few, short or noisy paths, whose interval covers 0: lack of data decides nothing.
 *
 * At the threshold either wrong verdict has probability (1 − confidence)/2. Twenty stable paths are recognised once their
 * second half lasts some 50 relaxation times.
 */
export function stabilityVerdict(paths: readonly PathGrowth[], confidence = 0.95): StabilityVerdict {
  const slope = tInterval(
    paths.map((path) => path.slope),
    confidence,
  );
  const contrast = tInterval(
    paths.map((path) => path.slope * path.span - CRITICAL_GROWTH * path.level),
    confidence,
  );
  const verdict = (): StabilityVerdict['verdict'] => {
    if (paths.length < MINIMUM_PATHS) return 'undecided';
    if (contrast.lo > 0 && slope.lo > 0) return 'unstable';
    return contrast.hi < 0 ? 'stable' : 'undecided';
  };
  return { verdict: verdict(), slope, contrast };
}
