import { tCritical } from '../numeric/studentT.ts';

/** A measured value with its standard error; it may be 0 or negative where the noise is larger than it. */
export interface PowerLawPoint {
  /** x > 0. */
  readonly x: number;
  readonly y: number;
  readonly standardError: number;
}

/** y = A x^(−order), fitted. */
export interface PowerLawFit {
  /**
   * `fitted`: the interval of the order is bounded on both sides; `unbounded`: the points leave the order open on a side
   * (that limit is null); `too few points`: fewer than three.
   */
  readonly status: 'fitted' | 'unbounded' | 'too few points';
  readonly order: number | null;
  readonly lo: number | null;
  readonly hi: number | null;
  /** A. */
  readonly amplitude: number | null;
  readonly points: number;
  /** Weighted sum of squared residuals over its degrees of freedom; far above 1 where the points follow no power law. */
  readonly reducedChiSquare: number | null;
}

/** Orders looked at; a limit outside is no limit. */
const LEAST = -2;
const GREATEST = 8;
const GRID = 0.02;

/**
 * Weighted least squares of y = A x^(−p) on the values themselves, not on their logarithms: a point whose interval covers
 * zero counts for what it is worth, and none is selected by its outcome. For each p the amplitude A is linear; the
 * interval of p is where the weighted sum of squares exceeds its minimum by at most t² max(1, χ²/ν), with ν = points − 2
 * degrees of freedom (profile likelihood with Birge's ratio: Bates & Watts, Nonlinear Regression Analysis, 1988, ch. 6).
 * Throws a RangeError for points that cannot be weighed.
 */
export function fitPowerLaw(points: readonly PowerLawPoint[], confidence = 0.95): PowerLawFit {
  for (const { x, y, standardError } of points) {
    if (!(x > 0 && Number.isFinite(x) && Number.isFinite(y) && standardError > 0 && Number.isFinite(standardError))) {
      throw new RangeError(
        `a point needs x > 0, a finite y and a positive standard error, found ${x}, ${y}, ${standardError}`,
      );
    }
  }
  const none = { order: null, lo: null, hi: null, amplitude: null, reducedChiSquare: null };
  if (points.length < 3) return { status: 'too few points', points: points.length, ...none };
  const centre = points.reduce((sum, { x }) => sum + Math.log(x), 0) / points.length;
  const scaled = points.map(({ x, y, standardError }) => ({
    logX: Math.log(x) - centre,
    y,
    weight: 1 / (standardError * standardError),
  }));
  const amplitudeAt = (p: number): number => {
    let above = 0;
    let below = 0;
    for (const { logX, y, weight } of scaled) {
      const power = Math.exp(-p * logX);
      above += weight * y * power;
      below += weight * power * power;
    }
    return above / below;
  };
  const chiSquare = (p: number): number => {
    const amplitude = amplitudeAt(p);
    return scaled.reduce((sum, { logX, y, weight }) => sum + weight * (y - amplitude * Math.exp(-p * logX)) ** 2, 0);
  };
  const order = minimize(chiSquare);
  const least = chiSquare(order);
  const df = points.length - 2;
  const allowed = least + tCritical(confidence, df) ** 2 * Math.max(1, least / df);
  const lo = crossing(chiSquare, allowed, order, LEAST);
  const hi = crossing(chiSquare, allowed, order, GREATEST);
  return {
    status: lo === null || hi === null ? 'unbounded' : 'fitted',
    order,
    lo,
    hi,
    amplitude: amplitudeAt(order) * Math.exp(order * centre),
    points: points.length,
    reducedChiSquare: least / df,
  };
}

/** The least of a grid, then golden sections around it. */
function minimize(f: (p: number) => number): number {
  let best = LEAST;
  for (let k = 1; k <= Math.round((GREATEST - LEAST) / GRID); k++) {
    const p = LEAST + k * GRID;
    if (f(p) < f(best)) best = p;
  }
  const golden = (Math.sqrt(5) - 1) / 2;
  let lo = Math.max(LEAST, best - GRID);
  let hi = Math.min(GREATEST, best + GRID);
  while (hi - lo > 1e-9) {
    const left = hi - golden * (hi - lo);
    const right = lo + golden * (hi - lo);
    if (f(left) < f(right)) hi = right;
    else lo = left;
  }
  return (lo + hi) / 2;
}

/** Where f first exceeds `allowed` on the way from `from` to `end`; null where it does not. */
function crossing(f: (p: number) => number, allowed: number, from: number, end: number): number | null {
  const step = Math.sign(end - from) * GRID;
  let inside = from;
  let outside = from + step;
  while (f(outside) <= allowed) {
    inside = outside;
    outside += step;
    if (Math.sign(end - outside) !== Math.sign(step)) return null;
  }
  while (Math.abs(outside - inside) > 1e-9) {
    const middle = (inside + outside) / 2;
    if (f(middle) <= allowed) inside = middle;
    else outside = middle;
  }
  return inside;
}
