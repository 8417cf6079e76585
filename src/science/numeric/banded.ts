/**
 * A banded matrix with LU factoring by partial pivoting inside the band (LAPACK's dgbtrf layout by rows: row i holds
 * columns i − lower … i + upper + lower, the last `lower` of them being room for the fill-in of row exchanges).
 */
export class BandedMatrix {
  readonly size: number;
  readonly lower: number;
  readonly upper: number;
  private readonly width: number;
  private readonly data: Float64Array;
  private readonly pivots: Int32Array;

  constructor(size: number, lower: number, upper: number) {
    this.size = size;
    this.lower = lower;
    this.upper = upper;
    this.width = 2 * lower + upper + 1;
    this.data = new Float64Array(size * this.width);
    this.pivots = new Int32Array(size);
  }

  clear(): void {
    this.data.fill(0);
  }

  /** Adds to entry (row, column); throws a RangeError outside the band, where the value would be lost. */
  add(row: number, column: number, value: number): void {
    const offset = column - row + this.lower;
    if (offset < 0 || offset > this.lower + this.upper) {
      throw new RangeError(`entry (${row}, ${column}) is outside the band −${this.lower}…+${this.upper}`);
    }
    this.data[row * this.width + offset] += value;
  }

  factor(): boolean {
    const { size, lower, upper, width, data, pivots } = this;
    let regular = true;
    for (let k = 0; k < size; k++) {
      const lastRow = Math.min(size - 1, k + lower);
      const lastColumn = Math.min(size - 1, k + lower + upper);
      let best = k;
      for (let i = k + 1; i <= lastRow; i++) {
        if (Math.abs(data[i * width + k - i + lower]) > Math.abs(data[best * width + k - best + lower])) best = i;
      }
      pivots[k] = best;
      const base = k * width - k + lower;
      if (best !== k) {
        const other = best * width - best + lower;
        for (let j = k; j <= lastColumn; j++) {
          const kept = data[base + j];
          data[base + j] = data[other + j];
          data[other + j] = kept;
        }
      }
      const pivot = data[base + k];
      if (!(Math.abs(pivot) > 0) || !Number.isFinite(pivot)) {
        regular = false;
        continue;
      }
      for (let i = k + 1; i <= lastRow; i++) {
        const row = i * width - i + lower;
        const entry = data[row + k];
        if (entry === 0) continue;
        const multiplier = entry / pivot;
        data[row + k] = multiplier;
        for (let j = k + 1; j <= lastColumn; j++) data[row + j] -= multiplier * data[base + j];
      }
    }
    return regular;
  }

  solve(b: Float64Array): Float64Array {
    const { size, lower, upper, width, data, pivots } = this;
    // Multipliers stay in the rows they were computed in, so exchanges and eliminations are replayed in order.
    for (let k = 0; k < size; k++) {
      const p = pivots[k];
      if (p !== k) [b[k], b[p]] = [b[p], b[k]];
      const lastRow = Math.min(size - 1, k + lower);
      for (let i = k + 1; i <= lastRow; i++) b[i] -= data[i * width + k - i + lower] * b[k];
    }
    for (let i = size - 1; i >= 0; i--) {
      const lastColumn = Math.min(size - 1, i + lower + upper);
      let sum = b[i];
      for (let j = i + 1; j <= lastColumn; j++) sum -= data[i * width + j - i + lower] * b[j];
      b[i] = sum / data[i * width + lower];
    }
    return b;
  }
}
