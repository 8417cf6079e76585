/** LU factors of a dense square matrix, row-major, with the row exchanges of partial pivoting. */
export interface LuFactors {
  readonly size: number;
  /** L below the diagonal (unit diagonal implied), U on and above it. */
  readonly factors: Float64Array;
  readonly pivots: Int32Array;
  /** False when a pivot vanished: the matrix is singular to working precision and must not be solved with. */
  readonly regular: boolean;
}

/** Factors a row-major size × size matrix in place (Doolittle with partial pivoting, Golub & Van Loan, algorithm 3.4.1). */
export function factorLu(matrix: Float64Array, size: number): LuFactors {
  const pivots = new Int32Array(size);
  let regular = true;
  for (let k = 0; k < size; k++) {
    let best = k;
    for (let i = k + 1; i < size; i++) {
      if (Math.abs(matrix[i * size + k]) > Math.abs(matrix[best * size + k])) best = i;
    }
    pivots[k] = best;
    if (best !== k) swapRows(matrix, size, k, best);
    const pivot = matrix[k * size + k];
    if (!(Math.abs(pivot) > 0) || !Number.isFinite(pivot)) {
      regular = false;
      continue;
    }
    const base = k * size;
    for (let i = k + 1; i < size; i++) {
      const row = i * size;
      const entry = matrix[row + k];
      if (entry === 0) continue;
      const multiplier = entry / pivot;
      matrix[row + k] = multiplier;
      for (let j = k + 1; j < size; j++) matrix[row + j] -= multiplier * matrix[base + j];
    }
  }
  return { size, factors: matrix, pivots, regular };
}

function swapRows(matrix: Float64Array, size: number, a: number, b: number): void {
  for (let j = 0; j < size; j++) {
    const kept = matrix[a * size + j];
    matrix[a * size + j] = matrix[b * size + j];
    matrix[b * size + j] = kept;
  }
}

/** Solves A x = b in place of b. */
export function solveLu({ size, factors, pivots }: LuFactors, b: Float64Array): Float64Array {
  for (let k = 0; k < size; k++) {
    const p = pivots[k];
    if (p !== k) [b[k], b[p]] = [b[p], b[k]];
  }
  for (let i = 1; i < size; i++) {
    let sum = b[i];
    for (let j = 0; j < i; j++) sum -= factors[i * size + j] * b[j];
    b[i] = sum;
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = b[i];
    for (let j = i + 1; j < size; j++) sum -= factors[i * size + j] * b[j];
    b[i] = sum / factors[i * size + i];
  }
  return b;
}

/** A⁻¹, row-major; null when A is singular. A is kept. */
export function invert(matrix: Float64Array, size: number): Float64Array | null {
  const lu = factorLu(Float64Array.from(matrix), size);
  if (!lu.regular) return null;
  const inverse = new Float64Array(size * size);
  const column = new Float64Array(size);
  for (let j = 0; j < size; j++) {
    column.fill(0);
    column[j] = 1;
    solveLu(lu, column);
    for (let i = 0; i < size; i++) inverse[i * size + j] = column[i];
  }
  return inverse;
}
