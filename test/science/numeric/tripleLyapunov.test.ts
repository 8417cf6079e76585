import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { solveTripleLyapunov } from '../../../src/science/numeric/tripleLyapunov.ts';

const SIZE = 4;
const at = (i: number, j: number, k: number) => (i * SIZE + j) * SIZE + k;

/** The symmetric part of any tensor. */
function symmetric(values: readonly number[]): Float64Array {
  const R = new Float64Array(SIZE ** 3);
  for (let i = 0; i < SIZE; i++) {
    for (let j = 0; j < SIZE; j++) {
      for (let k = 0; k < SIZE; k++) {
        for (const [a, b, c] of [
          [i, j, k],
          [j, k, i],
          [k, i, j],
          [i, k, j],
          [j, i, k],
          [k, j, i],
        ]) {
          R[at(i, j, k)] += values[at(a, b, c)];
        }
      }
    }
  }
  return R;
}

const entries = (length: number) =>
  fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: length, maxLength: length });

describe('solveTripleLyapunov', () => {
  it('solves the equation, for matrices made stable by their diagonal', () => {
    fc.assert(
      fc.property(
        entries(SIZE ** 2),
        entries(SIZE ** 3),
        fc.double({ min: 3, max: 40, noNaN: true }),
        (a, r, shift) => {
          const A = Float64Array.from(a, (value, k) => value - (k % (SIZE + 1) === 0 ? shift + 2 : 0));
          const R = symmetric(r);
          const X = solveTripleLyapunov(A, R, SIZE)!;
          for (let i = 0; i < SIZE; i++) {
            for (let j = 0; j < SIZE; j++) {
              for (let k = 0; k < SIZE; k++) {
                let left = R[at(i, j, k)];
                for (let m = 0; m < SIZE; m++) {
                  left += A[i * SIZE + m] * X[at(m, j, k)] + A[j * SIZE + m] * X[at(i, m, k)];
                  left += A[k * SIZE + m] * X[at(i, j, m)];
                }
                expect(Math.abs(left)).toBeLessThan(1e-12);
              }
            }
          }
        },
      ),
      { numRuns: 60, seed: 3 },
    );
  });

  it('divides by the sums of the eigenvalues where A is diagonal, however far apart they are', () => {
    const rates = [-1e-3, -0.5, -7, -900];
    const A = new Float64Array(SIZE ** 2);
    rates.forEach((rate, i) => {
      A[i * SIZE + i] = rate;
    });
    const R = new Float64Array(SIZE ** 3).fill(1);
    const X = solveTripleLyapunov(A, R, SIZE)!;
    X.forEach((value, k) => {
      const sum = rates[Math.floor(k / SIZE ** 2)] + rates[Math.floor(k / SIZE) % SIZE] + rates[k % SIZE];
      expect(value * -sum).toBeCloseTo(1, 12);
    });
  });

  it('has no answer where A is not stable', () => {
    const R = new Float64Array(1).fill(1);
    for (const rate of [0, 0.5]) expect(solveTripleLyapunov(Float64Array.of(rate), R, 1)).toBeNull();
  });
});
