import { tCritical } from '../numeric/studentT.ts';

export interface BatchMeansInterval {
  readonly mean: number;
  readonly standardError: number;
  readonly halfWidth: number;
  /** Degrees of freedom of the t factor. */
  readonly df: number;
  /** Observations in a batch. */
  readonly batchLength: number;
}

/**
 * Overlapping batch means (Meketon and Schmeiser, WSC 1984): the interval of a stationary series' mean from one run. The
 * variance estimator nb/((n − b + 1)(n − b)) Σ_j (ȳ_j − ȳ)², over all n − b + 1 batches of length b, has about
 * 1.5(n/b − 1) degrees of freedom. Default b: n/16, so about 22 of them.
 *
 * Throws a RangeError unless 1 ≤ b ≤ n/2.
 */
export function overlappingBatchMeans(
  values: ArrayLike<number>,
  confidence = 0.95,
  batchLength = Math.max(1, Math.floor(values.length / 16)),
): BatchMeansInterval {
  const n = values.length;
  if (!Number.isInteger(batchLength) || batchLength < 1 || 2 * batchLength > n) {
    throw new RangeError(`a batch must hold from 1 to ${Math.floor(n / 2)} of ${n} observations, found ${batchLength}`);
  }
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i];
  const mean = sum / n;
  let window = 0; // Σ (y − ȳ) over the batch
  for (let i = 0; i < batchLength; i++) window += values[i] - mean;
  let squares = window * window;
  for (let i = batchLength; i < n; i++) {
    window += values[i] - values[i - batchLength];
    squares += window * window;
  }
  const meanSquare = squares / (batchLength * batchLength) / (n - batchLength + 1);
  const standardError = Math.sqrt((batchLength * meanSquare) / (n - batchLength));
  const df = 1.5 * (n / batchLength - 1);
  return { mean, standardError, halfWidth: tCritical(confidence, df) * standardError, df, batchLength };
}
