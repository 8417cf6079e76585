/** A quadrature rule for a χ² variable: equal steps of its logarithm, weights that add up to 1. */
export interface ChiSquareRule {
  /** ln of the first node, and the step from each to the next. */
  readonly start: number;
  readonly step: number;
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

/** Densities below e^−32 of the greatest are left out. */
const CUT = 32;

/**
 * The trapezoidal rule on the logarithm y of χ² with ν > 0 degrees of freedom. With y = ln ν + t the density is, but for a
 * factor, exp(ν(t − e^t + 1)/2): analytic, so the error for a smooth function falls faster than any power of the step,
 * however few the degrees of freedom (Trefethen and Weideman, SIAM Review 56, 2014).
 */
export function chiSquareRule(df: number, count: number): ChiSquareRule {
  const most = (2 * CUT) / df;
  const [from, to] = [excessRoot(most, -1 - most), excessRoot(most, Math.sqrt(2 * most))];
  const step = (to - from) / (count - 1);
  const nodes = new Float64Array(count);
  const weights = new Float64Array(count);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const t = from + i * step;
    nodes[i] = df * Math.exp(t);
    weights[i] = Math.exp((df / 2) * (t - Math.expm1(t)));
    sum += weights[i];
  }
  return { start: Math.log(df) + from, step, nodes, weights: weights.map((weight) => weight / sum) };
}

/** The t with e^t − 1 − t = excess on the side of `beyond`, which lies further out: Newton's steps then all go one way. */
function excessRoot(excess: number, beyond: number): number {
  let t = beyond;
  for (let i = 0; i < 100; i++) {
    const next = t - (Math.expm1(t) - t - excess) / Math.expm1(t);
    if (Math.abs(next - t) <= 1e-12 * Math.abs(t)) return next;
    t = next;
  }
  return t;
}
