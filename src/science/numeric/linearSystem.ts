import { BandedMatrix } from './banded.ts';
import { factorLu, solveLu } from './lu.ts';

/** A square system assembled entry by entry and solved once per assembly. Indices start at 0. */
export interface LinearSystem {
  readonly size: number;
  clear(): void;
  add(row: number, column: number, value: number): void;
  /** Factors the assembled matrix, which is consumed; false when it is singular. */
  factor(): boolean;
  /** Solves with the factors in place of b. */
  solve(b: Float64Array): Float64Array;
}

/**
 * Banded storage where lower and upper bandwidths are narrow against the size, dense storage elsewhere: additive
 * thresholds give narrow bands, multiplicative ones reach from i to αi and fill the matrix.
 */
export function makeLinearSystem(size: number, lower: number, upper: number): LinearSystem {
  return 3 * (2 * lower + upper) < size ? new BandedMatrix(size, lower, upper) : new DenseSystem(size);
}

class DenseSystem implements LinearSystem {
  readonly size: number;
  private readonly matrix: Float64Array;
  private lu: ReturnType<typeof factorLu> | null = null;

  constructor(size: number) {
    this.size = size;
    this.matrix = new Float64Array(size * size);
  }

  clear(): void {
    this.matrix.fill(0);
    this.lu = null;
  }

  add(row: number, column: number, value: number): void {
    this.matrix[row * this.size + column] += value;
  }

  factor(): boolean {
    this.lu = factorLu(this.matrix, this.size);
    return this.lu.regular;
  }

  solve(b: Float64Array): Float64Array {
    if (this.lu === null) throw new Error('LinearSystem.solve: call factor() first');
    return solveLu(this.lu, b);
  }
}
