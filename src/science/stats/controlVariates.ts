import { makeLinearSystem } from '../numeric/linearSystem.ts';
import { tCritical } from '../numeric/studentT.ts';
import type { Interval } from './interval.ts';

/** An interval whose mean was corrected by what the controls are known to be in the mean. */
export interface ControlledInterval extends Interval {
  readonly standardError: number;
  /** Replications − controls − 1: each coefficient estimated costs one. */
  readonly df: number;
  /** By control. */
  readonly coefficients: readonly number[];
}

/**
 * Linear control variates with estimated coefficients (Lavenberg and Welch, Management Science 27, 1981). `controls[q][r]`
 * is control q of replication r less its known mean. With y = μ + βᵀC + noise over R replications,
 *
 *     μ̂ = ȳ − β̂ᵀC̄,    Var μ̂ = σ̂²(1/R + C̄ᵀS⁻¹C̄),    σ̂² = Σ(y − μ̂ − β̂ᵀC)²/(R − Q − 1),
 *
 * S the centred cross products of the controls: the interval is Student's with R − Q − 1 degrees of freedom, exact where y
 * and C are jointly normal. Throws a RangeError for fewer than Q + 2 replications, lengths that differ, a value that is not
 * finite, or controls that determine one another.
 */
export function controlledInterval(
  values: ArrayLike<number>,
  controls: readonly ArrayLike<number>[],
  confidence = 0.95,
): ControlledInterval {
  const [R, Q] = [values.length, controls.length];
  if (R < Q + 2) throw new RangeError(`${Q} controls need at least ${Q + 2} replications, found ${R}`);
  if (controls.some((control) => control.length !== R)) {
    throw new RangeError(`each control needs a value for each of the ${R} replications`);
  }
  const [y, ...C] = [values, ...controls].map(centred);
  const system = makeLinearSystem(Math.max(1, Q), Q, Q);
  system.clear();
  for (let p = 0; p < Q; p++) for (let q = 0; q < Q; q++) system.add(p, q, dot(C[p].deviations, C[q].deviations));
  if (Q > 0 && !(C.every(({ scale }) => scale > 0) && system.factor())) {
    throw new RangeError('the controls determine one another, or one does not vary');
  }
  const solve = (b: number[]): Float64Array => (Q > 0 ? system.solve(Float64Array.from(b)) : new Float64Array(0));
  const slopes = solve(C.map(({ deviations }) => dot(deviations, y.deviations)));
  const means = C.map(({ mean, scale }) => (scale > 0 ? mean / scale : 0));
  const mean = y.mean - y.scale * dot(slopes, means);
  let squares = 0;
  for (let r = 0; r < R; r++) {
    let residual = y.deviations[r];
    for (let q = 0; q < Q; q++) residual -= slopes[q] * C[q].deviations[r];
    squares += residual * residual;
  }
  const df = R - Q - 1;
  const sd = y.scale * Math.sqrt(squares / df);
  const standardError = sd * Math.sqrt(1 / R + dot(means, solve(means)));
  const halfWidth = tCritical(confidence, df) * standardError;
  const coefficients = Array.from(slopes, (slope, q) => (slope * y.scale) / C[q].scale);
  return { mean, halfWidth, lo: mean - halfWidth, hi: mean + halfWidth, n: R, sd, standardError, df, coefficients };
}

/** Mean, and deviations from it over their root mean square: controls may differ in size by orders of magnitude. */
function centred(values: ArrayLike<number>): { mean: number; scale: number; deviations: Float64Array } {
  const n = values.length;
  let mean = 0;
  for (let r = 0; r < n; r++) {
    if (!Number.isFinite(values[r])) throw new RangeError(`replication ${r} is ${values[r]}, not a finite number`);
    mean += (values[r] - mean) / (r + 1);
  }
  const deviations = Float64Array.from(values, (value) => value - mean);
  const scale = Math.sqrt(dot(deviations, deviations) / n);
  return { mean, scale, deviations: scale > 0 ? deviations.map((deviation) => deviation / scale) : deviations };
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
