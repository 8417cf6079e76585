import { integerPower } from '../numeric/power.ts';
import type { EquationTables } from './equations.ts';
import { derivative } from './rightHandSide.ts';

/** Y, Z₁ and Z₂ of the radii polynomial (certificate.ts). */
export interface CertificateBounds {
  readonly y: number;
  readonly z1: number;
  readonly z2: number;
}

/** More than a sum of at most 10⁶ nonnegative doubles is rounded. */
const UP = 1 + 1e-9;
/** More than products that underflow lose, absolutely. */
const UNDERFLOW = 1e-300;

/**
 * Norms of the numeric inverse B of the Jacobian on levels 1 … M, under ‖x‖ = max |x_i| w^i: of B, of I − BJ, of its last
 * column, and of B times the columns beyond M that migrants reach from within.
 */
export function headNorms(
  tables: EquationTables,
  lambda: number,
  s: Float64Array,
  J: { readonly values: Float64Array; readonly sizes: Float64Array },
  B: Float64Array,
  weight: number,
  rounding: number,
): { inverse: number; residual: number; lastColumn: number; reach: number } {
  const M = s.length - 1;
  const w = Float64Array.from({ length: M + 2 }, (_, i) => integerPower(weight, i));
  let inverse = 0;
  let size = 0;
  let residual = 0;
  let lastColumn = 0;
  let reach = 0;
  const product = new Float64Array(M);
  for (let i = 0; i < M; i++) {
    product.fill(0);
    let row = 0;
    let reached = 0;
    let sizes = 0;
    for (let k = 0; k < M; k++) {
      const b = B[i * M + k];
      row += Math.abs(b) * (w[i] / w[k]);
      reached += Math.abs(b) * w[i + 1] * beyondReach(tables, lambda, s, k + 1, weight);
      sizes += J.sizes[i * M + k] * (w[i] / w[k]);
      if (b !== 0) for (let j = 0; j < M; j++) product[j] += b * J.values[k * M + j];
    }
    let off = 0;
    for (let j = 0; j < M; j++) off += Math.abs((i === j ? 1 : 0) - product[j]) * (w[i] / w[j]);
    inverse = Math.max(inverse, row * UP);
    size = Math.max(size, sizes * UP);
    residual = Math.max(residual, off * UP);
    reach = Math.max(reach, reached * UP);
    lastColumn = Math.max(lastColumn, Math.abs(B[i * M + M - 1]) * w[i + 1] * UP);
  }
  return { inverse, residual: residual + rounding * inverse * size * UP, lastColumn, reach: reach + UNDERFLOW };
}

/** Σ λ p_m w^(−β(m)) over the migrants of row i whose origin's level lies beyond M: row i of the columns beyond M. */
function beyondReach(
  { K, d, origin }: EquationTables,
  lambda: number,
  s: Float64Array,
  i: number,
  weight: number,
): number {
  const M = s.length - 1;
  let sum = 0;
  for (let k = Math.max(0, K - i); k < K; k++) {
    const from = origin[i * K + k];
    if (from <= M) continue;
    const m = i - K + k;
    sum += lambda * (integerPower(s[m], d) / integerPower(weight, from)) * UP;
  }
  return sum;
}

/** ‖B F(ŝ)‖ with F's rounding; F vanishes beyond M, where neither ŝ_{i−1} nor a p_m of the row is left. */
export function defectNorms(
  tables: EquationTables,
  lambda: number,
  s: Float64Array,
  B: Float64Array,
  weight: number,
  rounding: number,
): number {
  const M = s.length - 1;
  const { d, K, stay, origin } = tables;
  const F = derivative(tables, lambda, s, new Float64Array(M + 1), new Float64Array(M + 2));
  const power = (i: number): number => (i <= M ? integerPower(s[i], d) : 0);
  const defect = new Float64Array(M);
  for (let i = 1; i <= M; i++) {
    let size = s[i] + (i < M ? s[i + 1] : 0) + lambda * (s[i - 1] + s[i]) * power(stay[i]);
    for (let k = Math.max(0, K - i); k < K; k++) {
      const from = origin[i * K + k];
      const m = i - K + k;
      if (from >= 0 && from <= M) size += lambda * (power(m) + power(m + 1)) * s[from];
    }
    defect[i - 1] = Math.abs(F[i]) + rounding * size + UNDERFLOW;
  }
  let norm = 0;
  for (let i = 0; i < M; i++) {
    let row = 0;
    for (let k = 0; k < M; k++) row += Math.abs(B[i * M + k]) * defect[k];
    norm = Math.max(norm, row * integerPower(weight, i + 1) * UP);
  }
  return norm;
}

/**
 * sup ‖D²F(s)(x, y)‖ over |s_i − ŝ_i| ≤ r w^(−i) and ‖x‖, ‖y‖ ≤ 1. Rows beyond M + 1 give less than that one: there every
 * factor falls with i.
 */
export function curvatureBound(
  tables: EquationTables,
  lambda: number,
  s: Float64Array,
  weight: number,
  r: number,
): number {
  const M = s.length - 1;
  const { d, K, stay, origin } = tables;
  const v = (j: number): number => (j < 1 ? 0 : 1 / integerPower(weight, j));
  const top = (j: number): number => (j <= M ? s[j] : 0) + r * v(j);
  const first = (j: number): number => d * integerPower(top(j), d - 1) * v(j);
  const second = (j: number): number => (d > 1 ? d * (d - 1) * integerPower(top(j), d - 2) * v(j) * v(j) : 0);
  let largest = 0;
  for (let i = 1; i <= M + 1; i++) {
    const t = stay[i];
    let row = 2 * first(t) * (v(i - 1) + v(i)) + (top(i - 1) + top(i)) * second(t);
    for (let k = Math.max(0, K - i); k < K; k++) {
      const from = origin[i * K + k];
      if (from < 0) continue;
      const m = i - K + k;
      row += (second(m) + second(m + 1)) * top(from) + 2 * (first(m) + first(m + 1)) * v(from);
    }
    largest = Math.max(largest, lambda * row * integerPower(weight, i) * UP);
  }
  return largest;
}
