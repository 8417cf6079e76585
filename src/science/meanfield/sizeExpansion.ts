import { factorLu, solveLu } from '../numeric/lu.ts';
import { solveLyapunov } from '../numeric/lyapunov.ts';
import { solveTripleLyapunov } from '../numeric/tripleLyapunov.ts';
import { mixedDerivatives, type Transition } from './transitions.ts';

/** E[x] = x* + first/n + second/n² + O(n⁻³) in the steady state of a population process, entries 0 … B with entry 0 = 0. */
export interface SizeExpansion {
  readonly first: Float64Array;
  /** Null where `levels` is above `mostLevels` of {@link sizeExpansion}. */
  readonly second: Float64Array | null;
}

/**
 * The size expansion of Gast, Bortolussi and Tribastone (Perform. Eval. 129, 2019) to the second order, in cumulants. The
 * equations for the mean, the covariance and the third cumulant of the process in its steady state are expanded around the
 * fixed point x* = (1, x_1 … x_B) of the drift F; with A = DF, Q = Σ ℓℓᵀβ and Q₃ = Σ ℓ⊗ℓ⊗ℓ β over the jumps ℓ at rates β,
 * all at x*, and with every tensor made symmetric by the sum over the places of its indices:
 *
 *   A W + W Aᵀ + Q = 0                                          covariance, order 1/n
 *   A v + ½ D²F:W = 0                                           mean, order 1/n
 *   sym(A κ) + sym(D²F:(W, W)) + sym(DQ·W) + Q₃ = 0             third cumulant, order 1/n²
 *   sym(A Σ) + sym(½D²F:κ + D²F:(v, W) + ½D³F:(W, W)) + DQ·v + ½D²Q:W = 0     covariance, order 1/n²
 *   A u + ½D²F:(Σ + vvᵀ) + ⅙D³F:κ + ½D³F:(W, v) + ⅛D⁴F:(W, W) = 0             mean, order 1/n²
 *
 * Fourth cumulants are of order 1/n³. The rates are polynomials, so all derivatives are exact. Null where x* is not
 * linearly stable: fluctuations around it do not settle.
 */
export function sizeExpansion(
  transitions: readonly Transition[],
  x: Float64Array,
  mostLevels: number,
): SizeExpansion | null {
  const B = x.length - 1;
  const { A, Q } = firstDerivatives(transitions, x);
  const inner = strip(A, 2, B);
  const covariance = solveLyapunov(inner, strip(Q, 2, B), B);
  const lu = factorLu(Float64Array.from(inner), B);
  if (covariance === null || !lu.regular) return null;
  const W = pad(covariance, 2, B);
  const meanOf = (source: Float64Array): Float64Array => {
    const solution = solveLu(
      lu,
      strip(source, 1, B).map((value) => -value),
    );
    return pad(solution, 1, B);
  };
  const v = meanOf(firstSource(transitions, x, W));
  if (B > mostLevels) return { first: v, second: null };
  const cumulant = solveTripleLyapunov(inner, strip(cumulantSource(transitions, x, W), 3, B), B);
  if (cumulant === null) return null;
  const kappa = pad(cumulant, 3, B);
  const shift = solveLyapunov(inner, strip(covarianceSource(transitions, x, W, v, kappa), 2, B), B);
  if (shift === null) return null;
  return { first: v, second: meanOf(secondSource(transitions, x, W, v, kappa, pad(shift, 2, B))) };
}

/** A = DF and Q, with row and column 0 empty. */
function firstDerivatives(transitions: readonly Transition[], x: Float64Array): { A: Float64Array; Q: Float64Array } {
  const N = x.length;
  const A = new Float64Array(N * N);
  const Q = new Float64Array(N * N);
  for (const { low, high, sign, rate } of transitions) {
    for (const { a, b, at } of mixedDerivatives(rate, x)) {
      for (let i = low; i <= high; i++) {
        A[i * N + a] += sign * at(1, 0);
        A[i * N + b] += sign * at(0, 1);
        for (let j = low; j <= high; j++) Q[i * N + j] += at(0, 0);
      }
    }
  }
  return { A, Q };
}

/** ½ D²F:W */
function firstSource(transitions: readonly Transition[], x: Float64Array, W: Float64Array): Float64Array {
  const N = x.length;
  const out = new Float64Array(N);
  for (const { low, high, sign, rate } of transitions) {
    for (const { a, b, at } of mixedDerivatives(rate, x)) {
      const value = at(1, 1) * W[a * N + b] + (at(0, 2) * W[b * N + b]) / 2;
      for (let i = low; i <= high; i++) out[i] += sign * value;
    }
  }
  return out;
}

/** sym(D²F:(W, W)) + sym(DQ·W) + Q₃ */
function cumulantSource(transitions: readonly Transition[], x: Float64Array, W: Float64Array): Float64Array {
  const N = x.length;
  const R = new Float64Array(N * N * N);
  const place = (i: number, j: number, k: number): number => (i * N + j) * N + k;
  // What stands in one order of its indices (i apart from j, k) is added in all three.
  const spread = (i: number, j: number, k: number, value: number): void => {
    R[place(i, j, k)] += value;
    R[place(j, i, k)] += value;
    R[place(j, k, i)] += value;
  };
  for (const { low, high, sign, rate } of transitions) {
    for (const { a, b, at } of mixedDerivatives(rate, x)) {
      const mixed = at(1, 1);
      const curved = at(0, 2);
      for (let j = 1; j < N; j++) {
        const alongA = W[a * N + j];
        const alongB = W[b * N + j];
        for (let k = 1; k < N; k++) {
          const value = mixed * (alongA * W[b * N + k] + alongB * W[a * N + k]) + curved * alongB * W[b * N + k];
          for (let i = low; i <= high; i++) spread(i, j, k, sign * value);
        }
        const slope = at(1, 0) * alongA + at(0, 1) * alongB;
        for (let i = low; i <= high; i++) for (let k = low; k <= high; k++) spread(j, i, k, slope);
      }
      for (let i = low; i <= high; i++) {
        for (let j = low; j <= high; j++) for (let k = low; k <= high; k++) R[place(i, j, k)] += sign * at(0, 0);
      }
    }
  }
  return R;
}

/** sym(½D²F:κ + D²F:(v, W) + ½D³F:(W, W)) + DQ·v + ½D²Q:W */
function covarianceSource(
  transitions: readonly Transition[],
  x: Float64Array,
  W: Float64Array,
  v: Float64Array,
  kappa: Float64Array,
): Float64Array {
  const N = x.length;
  const P = new Float64Array(N * N);
  for (const { low, high, sign, rate } of transitions) {
    for (const { a, b, at } of mixedDerivatives(rate, x)) {
      for (let j = 1; j < N; j++) {
        const alongA = W[a * N + j];
        const alongB = W[b * N + j];
        const value =
          at(1, 1) * (kappa[(a * N + b) * N + j] + v[a] * alongB + v[b] * alongA) +
          at(0, 2) * (kappa[(b * N + b) * N + j] / 2 + v[b] * alongB) +
          (at(1, 2) * (2 * W[a * N + b] * alongB + W[b * N + b] * alongA)) / 2 +
          (at(0, 3) * W[b * N + b] * alongB) / 2;
        for (let i = low; i <= high; i++) {
          P[i * N + j] += sign * value;
          P[j * N + i] += sign * value;
        }
      }
      const noise = at(1, 0) * v[a] + at(0, 1) * v[b] + at(1, 1) * W[a * N + b] + (at(0, 2) * W[b * N + b]) / 2;
      for (let i = low; i <= high; i++) for (let j = low; j <= high; j++) P[i * N + j] += noise;
    }
  }
  return P;
}

/** ½D²F:(Σ + vvᵀ) + ⅙D³F:κ + ½D³F:(W, v) + ⅛D⁴F:(W, W) */
function secondSource(
  transitions: readonly Transition[],
  x: Float64Array,
  W: Float64Array,
  v: Float64Array,
  kappa: Float64Array,
  sigma: Float64Array,
): Float64Array {
  const N = x.length;
  const out = new Float64Array(N);
  for (const { low, high, sign, rate } of transitions) {
    for (const { a, b, at } of mixedDerivatives(rate, x)) {
      const ab = W[a * N + b];
      const bb = W[b * N + b];
      const value =
        at(1, 1) * (sigma[a * N + b] + v[a] * v[b]) +
        (at(0, 2) * (sigma[b * N + b] + v[b] * v[b])) / 2 +
        (at(1, 2) * kappa[(a * N + b) * N + b]) / 2 +
        (at(0, 3) * kappa[(b * N + b) * N + b]) / 6 +
        (at(1, 2) * (2 * ab * v[b] + bb * v[a]) + at(0, 3) * bb * v[b]) / 2 +
        (at(1, 3) * ab * bb) / 2 +
        (at(0, 4) * bb * bb) / 8;
      for (let i = low; i <= high; i++) out[i] += sign * value;
    }
  }
  return out;
}

/** The tensor without index 0, and with it. */
function strip(tensor: Float64Array, order: 1 | 2 | 3, B: number): Float64Array {
  const out = new Float64Array(B ** order);
  relocate(order, B, (padded, stripped) => {
    out[stripped] = tensor[padded];
  });
  return out;
}

function pad(tensor: Float64Array, order: 1 | 2 | 3, B: number): Float64Array {
  const out = new Float64Array((B + 1) ** order);
  relocate(order, B, (padded, stripped) => {
    out[padded] = tensor[stripped];
  });
  return out;
}

function relocate(order: 1 | 2 | 3, B: number, move: (padded: number, stripped: number) => void): void {
  const N = B + 1;
  for (let stripped = 0; stripped < B ** order; stripped++) {
    const i = Math.floor(stripped / (B * B));
    const j = Math.floor(stripped / B) % B;
    const k = stripped % B;
    const padded = order === 1 ? k + 1 : order === 2 ? (j + 1) * N + k + 1 : ((i + 1) * N + j + 1) * N + k + 1;
    move(padded, stripped);
  }
}
