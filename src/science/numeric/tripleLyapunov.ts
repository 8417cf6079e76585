import { multiply } from './denseMatrix.ts';

/**
 * X with A_ia X_ajk + A_ja X_iak + A_ka X_ija + R_ijk = 0 for a stable A and a symmetric R (row-major size × size and
 * size × size × size), the equation of third cumulants: X = ∫₀^∞ (e^{At} ⊗ e^{At} ⊗ e^{At}) R dt. A Taylor series gives the integral
 * up to a short time h, and X(2h) = X(h) + (E ⊗ E ⊗ E) X(h) with E = e^{Ah} doubles it until E has died out (Smith, SIAM J.
 * Appl. Math. 16, 1968, for the ordinary Lyapunov equation). Needs no eigenvectors; some size⁴ operations a
 * doubling. Null where E does not die out: A is not stable.
 */
export function solveTripleLyapunov(A: Float64Array, R: Float64Array, size: number): Float64Array | null {
  const h = 1 / 2 ** Math.max(0, Math.ceil(Math.log2(4 * rowNorm(A, size) + 1e-300)));
  // E − I is kept instead of E: slow decay would be lost in the unit, and the loss doubled with every step.
  let decay = exponentialLessOne(A, h, size);
  const X = shortIntegral(A, R, h, size);
  for (let doubling = 0; doubling < DOUBLINGS; doubling++) {
    const moved = transform(decay, X, size);
    for (let k = 0; k < X.length; k++) X[k] += moved[k];
    const left = normOfExponential(decay, size);
    if (!(left < LARGEST)) return null;
    if (left < DEAD) return X;
    const square = multiply(decay, decay, size);
    decay = decay.map((value, k) => 2 * value + square[k]);
  }
  return null;
}

/** 2⁶⁰ of the fastest times: what still lives then is not stable to a double. */
const DOUBLINGS = 60;
/** A stable matrix far from normal may grow at first; one that overflows never settles. */
const LARGEST = 1e100;
/** The cube of this is far below the unit of rounding. */
const DEAD = 1e-7;
/** With 3‖A‖h ≤ 3/4 the terms of the series fall below 10⁻¹⁸ of the first. */
const TERMS = 20;

/** ∫₀^h (e^{At})^⊗3 R dt = Σ_j h^{j+1}/(j+1)! L^j R with L X = AX on each of the three sides. */
function shortIntegral(A: Float64Array, R: Float64Array, h: number, size: number): Float64Array {
  let term = R.map((value) => h * value);
  const sum = Float64Array.from(term);
  for (let j = 1; j < TERMS; j++) {
    const next = new Float64Array(term.length);
    const first = onFirst(A, term, size);
    // The operator keeps symmetric tensors symmetric: the other two sides are the first one's with indices exchanged.
    for (let i = 0, at = 0; i < size; i++) {
      for (let k = 0; k < size; k++) {
        for (let l = 0; l < size; l++, at++) {
          const total = first[at] + first[(k * size + i) * size + l] + first[(l * size + i) * size + k];
          next[at] = (total * h) / (j + 1);
          sum[at] += next[at];
        }
      }
    }
    term = next;
  }
  return sum;
}

/** e^{Ah} − I */
function exponentialLessOne(A: Float64Array, h: number, size: number): Float64Array {
  let term: Float64Array = A.map((value) => value * h);
  const sum = Float64Array.from(term);
  for (let j = 2; j < TERMS; j++) {
    term = multiply(A, term, size).map((value) => (value * h) / j);
    for (let k = 0; k < sum.length; k++) sum[k] += term[k];
  }
  return sum;
}

/** I + D on all three sides of a symmetric X: applied to the first, which is then turned to the back, three times. */
function transform(D: Float64Array, X: Float64Array, size: number): Float64Array {
  const plane = size * size;
  let turned: Float64Array = X;
  for (let side = 0; side < 3; side++) {
    const image = onFirst(D, turned, size);
    const next = new Float64Array(X.length);
    for (let i = 0, at = 0; i < size; i++) {
      for (let rest = 0; rest < plane; rest++, at++) next[rest * size + i] = turned[at] + image[at];
    }
    turned = next;
  }
  return turned;
}

/** Σ_a M_ia X_ajk */
function onFirst(M: Float64Array, X: Float64Array, size: number): Float64Array {
  const plane = size * size;
  const out = new Float64Array(X.length);
  for (let i = 0; i < size; i++) {
    for (let a = 0; a < size; a++) {
      const factor = M[i * size + a];
      if (factor === 0) continue;
      const to = i * plane;
      const from = a * plane;
      for (let rest = 0; rest < plane; rest++) out[to + rest] += factor * X[from + rest];
    }
  }
  return out;
}

/** max_i Σ_j |m_ij| */
function rowNorm(m: Float64Array, size: number): number {
  let largest = 0;
  for (let i = 0; i < size; i++) {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += Math.abs(m[i * size + j]);
    largest = Math.max(largest, sum);
  }
  return largest;
}

/** max_i Σ_j |(I + D)_ij| */
function normOfExponential(D: Float64Array, size: number): number {
  const E = Float64Array.from(D);
  for (let i = 0; i < size; i++) E[i * size + i] += 1;
  return rowNorm(E, size);
}
