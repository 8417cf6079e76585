import { multiply } from './denseMatrix.ts';
import { invert } from './lu.ts';

/** W with A W + W Aᵀ + Q = 0 (all row-major size × size), or null when the iteration does not settle. */
export function solveLyapunov(A: Float64Array, Q: Float64Array, size: number): Float64Array | null {
  // Matrix sign iteration (Roberts, Int. J. Control 32, 1980):
  // A ← (cA + A⁻¹/c)/2 tends to −I for stable A, and Q ← (cQ + A⁻¹ Q A⁻ᵀ/c)/2 to 2W.
  let a = Float64Array.from(A);
  let q = Float64Array.from(Q);
  for (let iteration = 0; iteration < 60; iteration++) {
    const inverse = invert(a, size);
    if (inverse === null) return null;
    const c = Math.sqrt(frobenius(inverse) / frobenius(a));
    const image = multiply(multiply(inverse, q, size), transpose(inverse, size), size);
    let change = 0;
    const nextA = new Float64Array(a.length);
    const nextQ = new Float64Array(q.length);
    for (let k = 0; k < a.length; k++) {
      nextA[k] = (c * a[k] + inverse[k] / c) / 2;
      nextQ[k] = (c * q[k] + image[k] / c) / 2;
      change = Math.max(change, Math.abs(nextA[k] - a[k]));
    }
    a = nextA;
    q = nextQ;
    if (change < 1e-13) return settled(a, size) ? q.map((value) => value / 2) : null;
  }
  return settled(a, size) ? q.map((value) => value / 2) : null;
}

/** Whether the sign of A is −I: A was stable. */
function settled(a: Float64Array, size: number): boolean {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) if (Math.abs(a[i * size + j] + (i === j ? 1 : 0)) > 1e-8) return false;
  }
  return true;
}

function transpose(x: Float64Array, size: number): Float64Array {
  const y = new Float64Array(size * size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) y[j * size + i] = x[i * size + j];
  return y;
}

function frobenius(x: Float64Array): number {
  let sum = 0;
  for (const value of x) sum += value * value;
  return Math.sqrt(sum);
}
