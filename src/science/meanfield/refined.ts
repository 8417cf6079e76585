import { factorLu, solveLu } from '../numeric/lu.ts';
import { solveLyapunov } from '../numeric/lyapunov.ts';
import { integerPower } from '../numeric/power.ts';
import type { Policy } from '../policy/policy.ts';
import { type EquationTables, MeanFieldError, meanFieldModel } from './equations.ts';
import { arrivalRate, fixedPoint, type NoFixedPoint } from './fixedPoint.ts';
import { addJacobian } from './jacobian.ts';

export interface RefinedOptions {
  readonly lambda: number | string;
  readonly policy: Policy;
  /** Number of queues. */
  readonly n: number;
}

/** s* + V/n with its standing. */
export interface Refined {
  readonly status: 'refined';
  /** s*_i + V_i/n, i = 0 … B. */
  readonly tails: Float64Array;
  /** E[q] ≈ Σ (s*_i + V_i/n). */
  readonly meanQueue: number;
  /** V_i, i = 0 … B, with V_0 = 0. */
  readonly correction: Float64Array;
  readonly validity: {
    /** ΣV_i/n against Σ s*_i. */
    readonly relativeCorrection: number;
    /** Largest |V_i|/(n s*_i) over the levels that n queues resolve, s*_i ≥ 1/n. */
    readonly largestRelativeCorrection: number;
    /** Why not to trust it, or null. */
    readonly warning: string | null;
  };
}

/** A correction above this share of what it corrects is outside the expansion's reach. */
const SMALL = 0.1;

/**
 * The refined mean-field approximation of order 1/n (Gast & Van Houdt, POMACS 1(2), 2017): with A = DF(s*) and Q the
 * covariance of the jumps, A W + W Aᵀ + Q = 0 and V = −A⁻¹ · ½ D²F(s*):W. It is exact to O(1/n²) here since the
 * rates of the tail counts are those of F at every finite n. A missing fixed point is passed on with its status.
 */
export function refined({ lambda, policy, n }: RefinedOptions): Refined | NoFixedPoint {
  if (!(Number.isInteger(n) && n >= 2)) throw new MeanFieldError('n', `n must be an integer ≥ 2, found ${n}`);
  const point = fixedPoint({ lambda, policy });
  if (point.status !== 'converged') return point;
  const s = visibleTails(point.tails);
  const B = s.length - 1;
  const rate = arrivalRate(lambda);
  const tables = meanFieldModel(policy).tables(B + policy.K);
  const A = new Float64Array(B * B);
  const system = {
    add(row: number, column: number, value: number): void {
      A[row * B + column] += value;
    },
  };
  addJacobian(system, tables, rate, s, 1);
  const W = solveLyapunov(A, jumpCovariance(tables, rate, s), B);
  const lu = factorLu(Float64Array.from(A), B);
  if (W === null || !lu.regular) {
    const reason = 'the fixed point is not linearly stable, so fluctuations around it do not settle';
    return { status: 'diverged', reason, residual: point.residual, truncation: B, iterations: point.iterations };
  }
  const V = solveLu(
    lu,
    curvature(tables, rate, s, W).map((value) => -value),
  );
  const correction = new Float64Array(B + 1);
  correction.set(V, 1);
  const tails = s.map((value, i) => value + correction[i] / n);
  return { status: 'refined', tails, meanQueue: sum(tails), correction, validity: judge(s, correction, tails, n) };
}

/** Levels below 1e−16 move nothing at order 1/n. */
function visibleTails(tails: Float64Array): Float64Array {
  let last = tails.length - 1;
  while (last > 2 && tails[last] < 1e-16) last--;
  return tails.slice(0, last + 1);
}

/** Q = Σ ℓ ℓᵀ × rate over the jumps ℓ: e_i for an arrival that stays, e_{m+1} + … + e_{m+K} for a migrant, −e_i for a departure. */
function jumpCovariance(tables: EquationTables, lambda: number, s: Float64Array): Float64Array {
  const B = s.length - 1;
  const { d, K, stay, origin } = tables;
  const Q = new Float64Array(B * B);
  const power = (i: number): number => (i <= B ? integerPower(s[i], d) : 0);
  for (let i = 1; i <= B; i++) {
    const arrivals = lambda * (s[i - 1] - s[i]) * power(stay[i]);
    const departures = s[i] - (i < B ? s[i + 1] : 0);
    Q[(i - 1) * B + i - 1] += arrivals + departures;
  }
  for (let m = 0; m < B; m++) {
    const from = origin[(m + 1) * K + K - 1];
    if (from < 0 || from > B) continue;
    const rate = lambda * (power(m) - power(m + 1)) * s[from];
    for (let a = m + 1; a <= Math.min(B, m + K); a++) {
      for (let b = m + 1; b <= Math.min(B, m + K); b++) Q[(a - 1) * B + b - 1] += rate;
    }
  }
  return Q;
}

/** ½ D²F_i : W for i = 1 … B (entry i − 1). */
function curvature(tables: EquationTables, lambda: number, s: Float64Array, W: Float64Array): Float64Array {
  const B = s.length - 1;
  const { d, K, stay, origin } = tables;
  const w = (i: number, j: number): number => (i < 1 || j < 1 || i > B || j > B ? 0 : W[(i - 1) * B + j - 1]);
  const first = (i: number): number => (i <= B ? d * integerPower(s[i], d - 1) : 0);
  const second = (i: number): number => (i <= B && d > 1 ? d * (d - 1) * integerPower(s[i], d - 2) : 0);
  const out = new Float64Array(B);
  for (let i = 1; i <= B; i++) {
    const t = stay[i];
    let sum = first(t) * (w(i - 1, t) - w(i, t)) + ((s[i - 1] - s[i]) * second(t) * w(t, t)) / 2;
    for (let k = Math.max(0, K - i); k < K; k++) {
      const from = origin[i * K + k];
      if (from < 0 || from > B) continue;
      const m = i - K + k;
      sum += first(m) * w(m, from) - first(m + 1) * w(m + 1, from);
      sum += ((second(m) * w(m, m) - second(m + 1) * w(m + 1, m + 1)) * s[from]) / 2;
    }
    out[i - 1] = lambda * sum;
  }
  return out;
}

function judge(s: Float64Array, correction: Float64Array, tails: Float64Array, n: number): Refined['validity'] {
  const relativeCorrection = sum(correction) / n / sum(s);
  let largestRelativeCorrection = 0;
  let ordered = true;
  for (let i = 1; i < s.length && s[i] >= 1 / n; i++) {
    largestRelativeCorrection = Math.max(largestRelativeCorrection, Math.abs(correction[i]) / n / s[i]);
    ordered &&= tails[i] <= tails[i - 1] && tails[i] >= 0;
  }
  const percent = (x: number): string => `${(100 * x).toFixed(1)} %`;
  let warning: string | null = null;
  if (!ordered) warning = 'the corrected tails leave [0, 1] or increase';
  else if (Math.abs(relativeCorrection) > SMALL) warning = `V/n changes E[q] by ${percent(relativeCorrection)}`;
  else if (largestRelativeCorrection > SMALL) warning = `V/n changes a tail by ${percent(largestRelativeCorrection)}`;
  return { relativeCorrection, largestRelativeCorrection, warning };
}

/** Σ_{i≥1}, the smallest first. */
function sum(values: Float64Array): number {
  let total = 0;
  for (let i = values.length - 1; i >= 1; i--) total += values[i];
  return total;
}
