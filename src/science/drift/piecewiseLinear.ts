import { abs, add, compare, format, ONE, type Rational, rational, sub } from '../numeric/rational.ts';
import type { Policy } from '../policy/policy.ts';
import { DriftError } from './error.ts';
import type { TestFunction } from './function.ts';

/** Which side of the threshold a function is to prove: ΔV ≤ −ε, or ΔV ≥ ε, off a finite set, ε > 0. */
export type Side = 'stable' | 'unstable';

/**
 * V = S + f(D) of two queues, S = q₁ + q₂ and D = |q₁ − q₂|, with f(0) = 0 and f(D + 1) − f(D) = slopes[D], the last
 * slope for ever. With M slopes, f bends at D = 1 … M − 1 and, seen as a function of q₁ − q₂, at 0: M breakpoints.
 */
export interface PiecewiseLinear {
  readonly slopes: readonly Rational[];
}

/** S and the hinges max(0, D − ℓ), ℓ = 0 … M − 1, which span the family. */
export function hingeFeatures(breakpoints: number): ((q: Int32Array) => number)[] {
  const hinge = (l: number) => (q: Int32Array) => Math.max(0, Math.abs(q[0] - q[1]) - l);
  return [(q) => q[0] + q[1], ...Array.from({ length: breakpoints }, (_, l) => hinge(l))];
}

/** The test function of given slopes. Throws {@link DriftError} for none, or for one that cannot prove its side. */
export function piecewiseLinear({ slopes }: PiecewiseLinear, side: Side, policy: Policy): TestFunction {
  if (slopes.length === 0) throw new DriftError('slopes', 'a piecewise-linear function needs at least one slope');
  const last = slopes[slopes.length - 1];
  // Foster's criterion wants V bounded below, and V = (1 + slope)·q₁ + constant far along an axis.
  if (side === 'stable' && compare(add(ONE, last), rational(0)) < 0) {
    throw new DriftError(
      'slopes',
      `a function that falls without bound proves nothing: last slope ${format(last)} < −1`,
    );
  }
  const steepest = slopes.map(abs).reduce((a, b) => (compare(a, b) < 0 ? b : a));
  const reach = add(ONE, steepest);
  return {
    name: 'piecewise-linear',
    condition: side === 'stable' ? 'drift-bound' : 'drift-positive',
    coefficients: [ONE, ...slopes.map((slope, l) => (l === 0 ? slope : sub(slope, slopes[l - 1])))],
    features: hingeFeatures(slopes.length),
    kink: slopes.length - 1,
    // One event moves S and D by at most K each.
    jumpBound: rational(BigInt(policy.K) * reach.num, reach.den),
    alpha: null,
    C: null,
  };
}

/** f(0), …, f(M). */
export function valuesOf({ slopes }: PiecewiseLinear): Rational[] {
  const values = [rational(0)];
  for (const slope of slopes) values.push(add(values[values.length - 1], slope));
  return values;
}
