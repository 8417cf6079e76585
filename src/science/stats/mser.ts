/** How much of a series' beginning to discard, and whether the series is long enough to tell. */
export interface MserResult {
  /** Observations to discard from the front: a multiple of 5. */
  readonly truncation: number;
  /** The minimal squared standard error of the rest, Σ(y − ȳ)²/k². */
  readonly statistic: number;
  /** `ok`; `too-short` for fewer than two groups of five; `late` when the minimum lies in the second half: run longer. */
  readonly status: 'ok' | 'too-short' | 'late';
}

/**
 * MSER-5 (White, Cobb and Spratt, WSC 2000): of the means of groups of five, discard the number that minimises the
 * squared standard error of the remaining ones. Truncations beyond the first half are not trusted.
 */
export function mser5(values: ArrayLike<number>): MserResult {
  const groups = Math.floor(values.length / 5);
  if (groups < 2) return { truncation: 0, statistic: 0, status: 'too-short' };
  const means = new Float64Array(groups);
  for (let g = 0; g < groups; g++) {
    for (let i = 5 * g; i < 5 * g + 5; i++) means[g] += values[i] / 5;
  }
  let truncation = 0;
  let statistic = Number.POSITIVE_INFINITY;
  // Welford's update from the back, so that every suffix's sum of squares is known in one pass
  let mean = 0;
  let squares = 0;
  for (let g = groups - 1; g >= 0; g--) {
    const k = groups - g;
    const delta = means[g] - mean;
    mean += delta / k;
    squares += delta * (means[g] - mean);
    if (k >= 2 && squares / (k * k) <= statistic && k > MINIMUM_GROUPS(groups)) {
      statistic = squares / (k * k);
      truncation = 5 * g;
    }
  }
  return { truncation, statistic, status: truncation > values.length / 2 ? 'late' : 'ok' };
}

/** The last few groups are left out of the search: their spread is small by chance. */
const MINIMUM_GROUPS = (groups: number): number => Math.min(5, groups - 2);
