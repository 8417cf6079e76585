import { invert } from '../numeric/lu.ts';
import { integerPower } from '../numeric/power.ts';
import type { Policy } from '../policy/policy.ts';
import { type CertificateBounds, curvatureBound, defectNorms, headNorms } from './certificateNorms.ts';
import { type EquationTables, meanFieldModel } from './equations.ts';
import { arrivalRate, fixedPoint, type NoFixedPoint } from './fixedPoint.ts';

export interface CertificateOptions {
  readonly lambda: number | string;
  readonly policy: Policy;
}

/** A proof that the infinite equations have a fixed point next to the computed one. */
export interface Certificate {
  readonly status: 'certified';
  /** |s*_i − ŝ_i| ≤ radius·weight^(−i) for every i ≥ 1. */
  readonly radius: number;
  readonly weight: number;
  /** |Σ s*_i − Σ ŝ_i| ≤ radius/(weight − 1). */
  readonly meanQueueError: number;
  /** ŝ_0 … ŝ_N, zero beyond. */
  readonly tails: Float64Array;
  /** Σ ŝ_i. */
  readonly meanQueue: number;
  /** Levels M whose Jacobian was inverted. */
  readonly levels: number;
  /** Bound of ‖DG‖ on the ball for the Newton-like map G that is shown to contract; below 1. */
  readonly contraction: number;
}

/** No proof: nothing is said against the fixed point. */
export interface NoCertificate {
  readonly status: 'not certified';
  readonly reason: string;
}

/** Where the profile is cut: far below all that a mean can feel, and far above the underflow of products. */
const CUT = Math.log(1e-40);
const MOST_LEVELS = 320;
/** Radii looked at are below this. */
const LARGEST_RADIUS = 1e-6;
const WEIGHTS = [3, 2, 1.6, 1.4, 1.25, 1.15, 1.08, 1.04, 1.02];

/**
 * An a-posteriori bound for the fixed point of the *infinite* system of equations, truncation, iteration and rounding
 * included, by Newton and Kantorovich in the form of radii polynomials (Day, Lessard & Mischaikow, SIAM J. Numer. Anal.
 * 45(4), 2007) on the sequences x with ‖x‖ = sup |x_i| w^i finite:
 *
 * With an approximate inverse A of DF(ŝ), numeric on levels 1 … M and the inverse of x ↦ (x_{i+1} − x_i) beyond, let
 * Y ≥ ‖A F(ŝ)‖, Z₁ ≥ ‖I − A DF(ŝ)‖ and Z₂ ≥ ‖A‖·‖D²F‖ on the ball of radius 10⁻⁶. If Y + Z₁r + Z₂r² < r, then x ↦ x − A F(x)
 * contracts the ball of radius r around ŝ, and F has exactly one zero in it. All bounds are sums of nonnegative doubles,
 * enlarged by more than they can have been rounded. Certified are the existence, the place and the uniqueness in the ball of a
 * zero of F at the double λ; not that it is the only one anywhere, nor that it attracts (see stability.ts).
 */
export function certifyFixedPoint({ lambda, policy }: CertificateOptions): Certificate | NoCertificate | NoFixedPoint {
  const point = fixedPoint({ lambda, policy });
  if (point.status !== 'converged') return point;
  const rate = arrivalRate(lambda);
  const { K, ...model } = meanFieldModel(policy);
  let N = 1;
  while (N + 1 < point.logTails.length && point.logTails[N + 1] > CUT) N++;
  const M = N + K + 2;
  if (M > MOST_LEVELS)
    return refuse(`${M} levels stand above the cut, more than the ${MOST_LEVELS} that are affordable`);
  const tables = model.tables(M + K + 1);
  if (!isForward(tables, M)) return refuse('the threshold reaches no further than the shortest sampled queue');
  const s = new Float64Array(M + 1);
  for (let i = 0; i <= N; i++) s[i] = Math.exp(point.logTails[i]);
  s[0] = 1;
  const J = jacobianOf(tables, rate, s);
  const B = invert(J.values, M);
  if (B === null) return refuse('the Jacobian is singular');
  let best: Certificate | null = null;
  for (const weight of WEIGHTS) {
    const bounds = boundsOf(tables, rate, s, J, B, weight);
    const radius = bounds === null ? null : contractingRadius(bounds);
    if (radius === null || (best !== null && radius / (weight - 1) >= best.meanQueueError)) continue;
    best = {
      status: 'certified',
      radius,
      weight,
      meanQueueError: (radius / (weight - 1)) * (1 + 1e-9),
      tails: s.slice(0, N + 1),
      meanQueue: s.reduceRight((sum, tail) => sum + tail, 0) - 1,
      levels: M,
      contraction: bounds!.z1 + 2 * bounds!.z2 * radius,
    };
  }
  return best ?? refuse('the bounds do not show a contraction');
}

const refuse = (reason: string): NoCertificate => ({ status: 'not certified', reason });

/** Whether β(m) > m and θ(q) ≤ q throughout, on which the bounds rest, and no row beyond M stays for free (θ = 0). */
function isForward({ stay, origin, K }: EquationTables, M: number): boolean {
  if (stay[M + 1] < 1) return false;
  for (let i = 1; i <= M + 1; i++) {
    if (stay[i] > i - 1) return false;
    for (let k = Math.max(0, K - i); k < K; k++) {
      const from = origin[i * K + k];
      if (from >= 0 && from <= i - K + k) return false;
    }
  }
  return true;
}

/** DF(ŝ) on levels 1 … M, and the same with every summand's absolute value, which bounds its rounding. */
function jacobianOf(tables: EquationTables, lambda: number, s: Float64Array) {
  const M = s.length - 1;
  const values = new Float64Array(M * M);
  const sizes = new Float64Array(M * M);
  const power = (i: number, e: number): number => (i > M || e < 0 ? 0 : integerPower(s[i], e));
  const { d, K, stay, origin } = tables;
  const add = (i: number, j: number, value: number): void => {
    if (j < 1 || j > M) return;
    values[(i - 1) * M + j - 1] += value;
    sizes[(i - 1) * M + j - 1] += Math.abs(value);
  };
  for (let i = 1; i <= M; i++) {
    const t = stay[i];
    const stays = lambda * power(t, d);
    add(i, i - 1, stays);
    add(i, i, -stays);
    add(i, i, -1);
    add(i, i + 1, 1);
    add(i, t, lambda * (s[i - 1] - s[i]) * d * power(t, d - 1));
    for (let k = Math.max(0, K - i); k < K; k++) {
      const from = origin[i * K + k];
      if (from < 0) continue;
      const m = i - K + k;
      const crowd = from <= M ? s[from] : 0;
      add(i, m, lambda * d * power(m, d - 1) * crowd);
      add(i, m + 1, -lambda * d * power(m + 1, d - 1) * crowd);
      add(i, from, lambda * (power(m, d) - power(m + 1, d)));
    }
  }
  return { values, sizes };
}

function boundsOf(
  tables: EquationTables,
  lambda: number,
  s: Float64Array,
  J: { values: Float64Array; sizes: Float64Array },
  B: Float64Array,
  weight: number,
): CertificateBounds | null {
  const M = s.length - 1;
  const unit = Number.EPSILON / 2;
  // Relative rounding of a summand of F or DF, to first order and enlarged by a half: powers, differences, products, sums.
  const rounding = 1.5 * unit * (tables.d + tables.K + 10);
  const head = headNorms(tables, lambda, s, J, B, weight, rounding + (M + 4) * unit);
  // Beyond M all that is left of DF besides x_{i+1} − x_i is c (x_{i−1} − x_i) with c ≤ λ ŝ_θ(M)^d.
  const c = lambda * integerPower(s[tables.stay[M + 1]] ?? 0, tables.d) * (1 + 1e-9);
  const sum = weight / (weight - 1);
  const beyond = sum * c * (1 + weight);
  const coupling = (head.lastColumn / integerPower(weight, M + 1)) * sum;
  const z1 = Math.max(head.residual + coupling * c * (1 + weight) + head.reach, beyond) * (1 + 1e-9);
  const norm = Math.max(head.inverse + coupling, sum);
  const z2 = norm * curvatureBound(tables, lambda, s, weight, LARGEST_RADIUS) * (1 + 1e-9);
  const y = defectNorms(tables, lambda, s, B, weight, rounding) * (1 + 1e-9);
  return [y, z1, z2].every(Number.isFinite) ? { y, z1, z2 } : null;
}

/** A radius r with y + z₁r + z₂r² < r, or null. */
function contractingRadius({ y, z1, z2 }: CertificateBounds): number | null {
  if (!(z1 < 1)) return null;
  let radius = (y / (1 - z1)) * (1 + 1e-6);
  for (let attempt = 0; attempt < 40 && radius <= LARGEST_RADIUS; attempt++) {
    if ((y + z1 * radius + z2 * radius * radius) * (1 + 1e-9) < radius && z1 + 2 * z2 * radius < 1) return radius;
    radius *= 1.1;
  }
  return null;
}
