import fc from 'fast-check';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { eigenvalues } from '../../../src/science/numeric/eigenvalues.ts';

const dense = (rows: readonly (readonly number[])[]) => Float64Array.from(rows.flat());

describe('eigenvalues', () => {
  it('are those of ml-matrix for random matrices', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }).chain((size) =>
          fc.array(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: size, maxLength: size }), {
            minLength: size,
            maxLength: size,
          }),
        ),
        (rows) => {
          const size = rows.length;
          const found = eigenvalues(dense(rows), size)!;
          const oracle = new EigenvalueDecomposition(new Matrix(rows));
          const left = oracle.realEigenvalues.map((re, k) => ({ re, im: oracle.imaginaryEigenvalues[k] }));
          for (let k = 0; k < size; k++) {
            const gaps = left.map(({ re, im }) => Math.hypot(re - found.re[k], im - found.im[k]));
            const nearest = gaps.indexOf(Math.min(...gaps));
            // A defective eigenvalue is known to a root of the rounding only.
            expect(gaps[nearest]).toBeLessThan(1e-3);
            left.splice(nearest, 1);
          }
        },
      ),
      { numRuns: 60, seed: 3 },
    );
  });

  it('are the roots of a polynomial whose companion matrix it is', () => {
    // (x − 1)(x + 2)(x² + 4) = x⁴ + x³ + 2x² + 4x − 8
    const found = eigenvalues(
      dense([
        [-1, -2, -4, 8],
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
      ]),
      4,
    )!;
    [1, 0, 0, -2].forEach((re, k) => {
      expect(found.re[k]).toBeCloseTo(re, 12);
    });
    [0, 2, -2, 0].forEach((im, k) => {
      expect(found.im[k]).toBeCloseTo(im, 12);
    });
  });

  it('stay accurate on a graded tridiagonal matrix, whose scaling spans 190 orders of magnitude', () => {
    // Similar to the symmetric matrix with √(a b) off its diagonal, whose spectrum does not depend on the grading.
    const size = 20;
    const matrix = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      matrix[i * size + i] = -2;
      if (i + 1 < size) matrix[i * size + i + 1] = 1e5;
      if (i > 0) matrix[i * size + i - 1] = 1e-5;
    }
    const found = eigenvalues(matrix, size)!;
    for (let k = 0; k < size; k++) {
      expect(found.re[k]).toBeCloseTo(-2 + 2 * Math.cos(((k + 1) * Math.PI) / (size + 1)), 10);
    }
  });

  it('are none of a matrix that is not finite', () => {
    expect(eigenvalues(Float64Array.of(1, Number.NaN, 0, 1), 2)).toBeNull();
  });
});
