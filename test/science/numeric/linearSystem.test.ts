import fc from 'fast-check';
import { Matrix, solve } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { BandedMatrix } from '../../../src/science/numeric/banded.ts';
import { makeLinearSystem } from '../../../src/science/numeric/linearSystem.ts';
import { invert } from '../../../src/science/numeric/lu.ts';

interface Problem {
  size: number;
  lower: number;
  upper: number;
  entries: number[];
  rhs: number[];
}

const problem = fc
  .record({ size: fc.integer({ min: 1, max: 24 }), lower: fc.nat(4), upper: fc.nat(4) })
  .chain(({ size, lower, upper }) =>
    fc.record({
      size: fc.constant(size),
      lower: fc.constant(lower),
      upper: fc.constant(upper),
      entries: fc.array(fc.integer({ min: -50, max: 50 }), { minLength: size * size, maxLength: size * size }),
      rhs: fc.array(fc.integer({ min: -50, max: 50 }), { minLength: size, maxLength: size }),
    }),
  );

/** The band of the entries with 0 on every second diagonal entry, so that row exchanges are needed. */
function band({ size, lower, upper, entries }: Problem): number[][] {
  return Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => {
      if (j < i - lower || j > i + upper) return 0;
      return i === j && i % 2 === 0 && size > 1 ? 0 : entries[i * size + j];
    }),
  );
}

describe('linear systems', () => {
  it('banded and dense storage agree with ml-matrix on every regular band matrix', () => {
    let compared = 0;
    fc.assert(
      fc.property(problem, (p) => {
        const rows = band(p);
        const matrix = new Matrix(rows);
        const oracle = p.size > 0 ? solve(matrix, Matrix.columnVector(p.rhs), true) : null;
        // ml-matrix's SVD solution is meaningful only where the matrix is far from singular.
        if (oracle === null || Math.max(...oracle.to1DArray().map(Math.abs)) > 1e4) return;
        if (matrix.mmul(oracle).sub(Matrix.columnVector(p.rhs)).norm() > 1e-8) return;
        for (const system of [new BandedMatrix(p.size, p.lower, p.upper), makeLinearSystem(p.size, p.size, p.size)]) {
          rows.forEach((row, i) => {
            row.forEach((value, j) => {
              if (value !== 0) system.add(i, j, value);
            });
          });
          if (!system.factor()) return;
          const x = system.solve(Float64Array.from(p.rhs));
          const residual = matrix.mmul(Matrix.columnVector(Array.from(x))).sub(Matrix.columnVector(p.rhs));
          expect(residual.norm()).toBeLessThan(1e-8 * (1 + Math.max(...x.map(Math.abs))));
          compared++;
        }
      }),
      { numRuns: 300, seed: 1 },
    );
    expect(compared).toBeGreaterThan(100);
  });

  it('reports a singular matrix instead of solving with it', () => {
    const banded = new BandedMatrix(3, 1, 1);
    banded.add(0, 0, 1);
    banded.add(2, 2, 1);
    expect(banded.factor()).toBe(false);
    const dense = makeLinearSystem(2, 1, 1);
    for (const [i, j] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]) {
      dense.add(i, j, 1);
    }
    expect(dense.factor()).toBe(false);
    expect(invert(Float64Array.from([1, 2, 2, 4]), 2)).toBeNull();
  });

  it('refuses entries outside the band', () => {
    expect(() => new BandedMatrix(5, 1, 1).add(0, 2, 1)).toThrow('entry (0, 2) is outside the band −1…+1');
  });

  it('inverts: A⁻¹ A = 1', () => {
    const size = 12;
    const entries = Float64Array.from(
      { length: size * size },
      (_, k) => ((k * 7919) % 23) - 11 + (k % 13 === 0 ? 9 : 0),
    );
    const inverse = invert(entries, size)!;
    const product = new Matrix(size, size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        let sum = 0;
        for (let k = 0; k < size; k++) sum += inverse[i * size + k] * entries[k * size + j];
        product.set(i, j, sum);
      }
    }
    expect(product.sub(Matrix.eye(size)).norm()).toBeLessThan(1e-11);
  });
});
