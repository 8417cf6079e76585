import { fitPowerLaw, type PowerLawFit } from '../stats/powerLaw.ts';

/** A simulated steady-state mean of n queues beside its approximations. */
export interface Comparison {
  readonly n: number;
  readonly value: number;
  /** Of `value`. */
  readonly standardError: number;
  /** Half the width of the interval of `value`. */
  readonly halfWidth: number;
  /** The approximation at this n. */
  readonly approximation: number;
}

/** What the approximation is off by, as a share of `scale`; with the interval that the simulation leaves it. */
export interface RelativeError {
  readonly n: number;
  /** (value − approximation)/scale. */
  readonly error: number;
  readonly lo: number;
  readonly hi: number;
  readonly standardError: number;
  /** Whether the interval leaves zero out. Otherwise max(|lo|, |hi|) is all that is known of its size. */
  readonly resolved: boolean;
  /** Limits of |error|. */
  readonly least: number;
  readonly greatest: number;
}

/** How the error of an approximation falls with n. */
export interface Convergence {
  readonly errors: readonly RelativeError[];
  /** error = A n^(−order), fitted to the n from `from` on. */
  readonly fit: PowerLawFit;
  /** The least n measured from which on every |error| is below `within` with its whole interval; null where none is. */
  readonly withinFrom: number | null;
}

export interface ConvergenceOptions {
  /** What errors are relative to, > 0: the value at n = ∞, so that the order is that of the error itself. */
  readonly scale: number;
  /** The least n that the order is fitted to: below, terms of higher order show. */
  readonly from: number;
  readonly within: number;
  readonly confidence: number;
}

/** Errors of an approximation over n, their order and where they become small. Throws a RangeError for a scale ≤ 0. */
export function convergence(comparisons: readonly Comparison[], options: ConvergenceOptions): Convergence {
  const { scale, from, within, confidence } = options;
  if (!(scale > 0 && Number.isFinite(scale))) throw new RangeError(`the scale must be positive, found ${scale}`);
  const errors = comparisons.map((comparison) => relativeError(comparison, scale)).sort((a, b) => a.n - b.n);
  const fitted = errors.filter(({ n }) => n >= from);
  const points = fitted.map(({ n, error, standardError }) => ({ x: n, y: error, standardError }));
  let withinFrom: number | null = null;
  for (let k = errors.length - 1; k >= 0 && errors[k].greatest < within; k--) withinFrom = errors[k].n;
  return { errors, fit: fitPowerLaw(points, confidence), withinFrom };
}

function relativeError(
  { n, value, standardError, halfWidth, approximation }: Comparison,
  scale: number,
): RelativeError {
  const error = (value - approximation) / scale;
  const lo = error - halfWidth / scale;
  const hi = error + halfWidth / scale;
  const resolved = lo > 0 || hi < 0;
  return {
    n,
    error,
    lo,
    hi,
    standardError: standardError / scale,
    resolved,
    least: resolved ? Math.min(Math.abs(lo), Math.abs(hi)) : 0,
    greatest: Math.max(Math.abs(lo), Math.abs(hi)),
  };
}
