import type { Policy } from '../policy/policy.ts';
import { MeanFieldError, meanFieldModel } from './equations.ts';
import { arrivalRate, fixedPoint, type NoFixedPoint } from './fixedPoint.ts';
import { sizeExpansion } from './sizeExpansion.ts';
import { tailTransitions } from './transitions.ts';

export interface RefinedOptions {
  readonly lambda: number | string;
  readonly policy: Policy;
  /** Number of queues. */
  readonly n: number;
}

/** An approximation of the tails of n queues with its standing. */
export interface Approximation {
  /** Entries i = 0 … B. */
  readonly tails: Float64Array;
  /** E[q] ≈ Σ_{i≥1} tails. */
  readonly meanQueue: number;
  /** The coefficient of the last power of 1/n, i = 0 … B, with entry 0 = 0. */
  readonly correction: Float64Array;
  readonly validity: Validity;
}

export interface Validity {
  /** What the last power of 1/n adds to E[q], against Σ s*_i. */
  readonly relativeCorrection: number;
  /** The largest that it adds to a tail, against s*_i, over the levels that n queues resolve, s*_i ≥ 1/n. */
  readonly largestRelativeCorrection: number;
  /** Why not to trust it, or null. */
  readonly warning: string | null;
}

/** s* + V/n, and s* + V/n + U/n². */
export interface Refined extends Approximation {
  readonly status: 'refined';
  /** Of order 1/n²; null above 64 levels, where its tensors are not affordable. */
  readonly second: Approximation | null;
}

/** A correction above this share of what it corrects is outside the expansion's reach. */
const SMALL = 0.1;
/** A later term above this share of the one before it tells little of how the series goes on. */
const SETTLING = 0.25;
/** The third cumulants of so many levels are a quarter of a million numbers, and take some seconds. */
const MOST_LEVELS = 64;

/**
 * The refined mean-field approximations of order 1/n (Gast & Van Houdt, POMACS 1(2), 2017) and 1/n² (Gast, Bortolussi &
 * Tribastone, Perform. Eval. 129, 2019), with corrections computed by {@link sizeExpansion} and nothing fitted. They are exact to
 * O(1/n²) and O(1/n³) here since the rates of the tail counts are those of F at every finite n, and since F is a polynomial, so
 * smooth. A missing fixed point is passed on with its status. Throws {@link MeanFieldError} unless n is an integer ≥ 2.
 */
export function refined({ lambda, policy, n }: RefinedOptions): Refined | NoFixedPoint {
  if (!(Number.isInteger(n) && n >= 2)) throw new MeanFieldError('n', `n must be an integer ≥ 2, found ${n}`);
  const point = fixedPoint({ lambda, policy });
  if (point.status !== 'converged') return point;
  const s = visibleTails(point.tails);
  const B = s.length - 1;
  const tables = meanFieldModel(policy).tables(B + policy.K);
  const expansion = sizeExpansion(tailTransitions(tables, arrivalRate(lambda), B), s, MOST_LEVELS);
  if (expansion === null) {
    const reason = 'the fixed point is not linearly stable, so fluctuations around it do not settle';
    return { status: 'diverged', reason, residual: point.residual, truncation: B, iterations: point.iterations };
  }
  const first = approximation(s, s, expansion.first, n, 1);
  if (expansion.second === null) return { status: 'refined', ...first, second: null };
  const second = approximation(s, first.tails, expansion.second, n, 2);
  const added = Math.abs(second.validity.relativeCorrection);
  const before = Math.abs(first.validity.relativeCorrection);
  const warning =
    second.validity.warning ??
    // Rounding, where nothing is corrected at all.
    (added > SETTLING * before && added > 1e-9
      ? `the term in 1/n² is ${(added / before).toFixed(2)} times that in 1/n, too much for an expansion that settles`
      : null);
  return { status: 'refined', ...first, second: { ...second, validity: { ...second.validity, warning } } };
}

/** Levels below 1e−16 move nothing at these orders. */
function visibleTails(tails: Float64Array): Float64Array {
  let last = tails.length - 1;
  while (last > 2 && tails[last] < 1e-16) last--;
  return tails.slice(0, last + 1);
}

function approximation(
  s: Float64Array,
  before: Float64Array,
  correction: Float64Array,
  n: number,
  order: 1 | 2,
): Approximation {
  const scale = order === 1 ? n : n * n;
  const added = correction.map((value) => value / scale);
  const tails = before.map((value, i) => value + added[i]);
  return { tails, meanQueue: sum(tails), correction, validity: judge(s, added, tails, n, order) };
}

function judge(s: Float64Array, added: Float64Array, tails: Float64Array, n: number, order: 1 | 2): Validity {
  const relativeCorrection = sum(added) / sum(s);
  let largestRelativeCorrection = 0;
  let ordered = true;
  for (let i = 1; i < s.length && s[i] >= 1 / n; i++) {
    largestRelativeCorrection = Math.max(largestRelativeCorrection, Math.abs(added[i]) / s[i]);
    ordered &&= tails[i] <= tails[i - 1] && tails[i] >= 0;
  }
  const percent = (x: number): string => `${(100 * x).toFixed(1)} %`;
  const term = order === 1 ? 'V/n' : 'the term in 1/n²';
  let warning: string | null = null;
  if (!ordered) warning = 'the corrected tails leave [0, 1] or increase';
  else if (Math.abs(relativeCorrection) > SMALL) warning = `${term} changes E[q] by ${percent(relativeCorrection)}`;
  else if (largestRelativeCorrection > SMALL)
    warning = `${term} changes a tail by ${percent(largestRelativeCorrection)}`;
  return { relativeCorrection, largestRelativeCorrection, warning };
}

/** Σ_{i≥1}, the smallest first. */
function sum(values: Float64Array): number {
  let total = 0;
  for (let i = values.length - 1; i >= 1; i--) total += values[i];
  return total;
}
