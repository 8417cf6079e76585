import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AffineFunction, maximin } from '../../../src/science/numeric/maximin.ts';

const lines = (...rows: readonly (readonly number[])[]): AffineFunction[] =>
  rows.map(([constant, ...coefficients]) => ({ constant: BigInt(constant), coefficients: coefficients.map(BigInt) }));

/** The optimum as fractions; fails the test when there is none. */
function solved(functions: readonly AffineFunction[]) {
  const best = maximin(functions);
  if (best.status !== 'optimal') throw new Error('unbounded');
  return best;
}

/** Strong duality, in integers: the point attains the value, and the weights show that nothing exceeds it. */
function expectProof(functions: readonly AffineFunction[]): void {
  const { value, point, weights, denominator } = solved(functions);
  expect(denominator > 0n).toBe(true);
  const at = functions.map(({ constant, coefficients }) =>
    coefficients.reduce((sum, a, j) => sum + a * point[j], constant * denominator),
  );
  expect(at.reduce((a, b) => (b < a ? b : a))).toBe(value);
  expect(weights.every((w) => w >= 0n)).toBe(true);
  expect(weights.reduce((a, b) => a + b, 0n)).toBe(denominator);
  expect(functions.reduce((sum, { constant }, i) => sum + weights[i] * constant, 0n)).toBe(value);
  for (let j = 0; j < point.length; j++) {
    expect(functions.reduce((sum, { coefficients }, i) => sum + weights[i] * coefficients[j], 0n)).toBe(0n);
  }
}

test('one dimension: the crossing of a rising and a falling line', () => {
  // min(1 + 2x, 4 − x): equal at x = 1, value 3; a third line above plays no part.
  const { value, point, denominator, weights } = solved(lines([1, 2], [4, -1], [10, 1]));
  expect([value, point[0]]).toEqual([3n * denominator, denominator]);
  expect(weights).toEqual([denominator / 3n, (2n * denominator) / 3n, 0n]);
});

test('matching pennies and rock, paper, scissors have value 0 and the uniform strategy', () => {
  // A mixed strategy's weights sum to 1: eliminate the last one. Source: von Neumann's minimax theorem, any textbook.
  const pennies = solved(lines([-1, 2], [1, -2]));
  expect([pennies.value, pennies.point[0] * 2n]).toEqual([0n, pennies.denominator]);
  // Rows of [[0,−1,1],[1,0,−1],[−1,1,0]] with x₃ = 1 − x₁ − x₂.
  const three = solved(lines([-1, 1, 2], [1, -2, -1], [0, 1, -1]));
  expect([three.value, ...three.point.map((x) => x * 3n)]).toEqual([0n, three.denominator, three.denominator]);
});

test('the Chebyshev line through three points errs by the same amount at each', () => {
  // Points (0, 0), (1, 0), (3, 6): minimise max |a + bx − y|. By hand: slope 2, errors −1, +1, −1.
  const points = [
    [0, 0],
    [1, 0],
    [3, 6],
  ];
  const rows = points.flatMap(([x, y]) => [
    [y, -1, -x],
    [-y, 1, x],
  ]);
  const { value, point, denominator } = solved(lines(...rows));
  expect([value, point[0], point[1]]).toEqual([-denominator, -denominator, 2n * denominator]);
});

test('degenerate vertices do not make it cycle', () => {
  // Every function is 0 at the origin and so are all ratios; Beale's example, brought to this form.
  const beale = lines([0, -1, 240, 4, -36], [0, -2, 360, 2, -12], [0, 3, -600, -8, 24], [0, 0, 0, 2, 24]);
  expectProof(beale);
  expect(solved(beale).value).toBe(0n);
});

test('says when there is no bound', () => {
  expect(maximin(lines([0, 1], [5, 2]))).toEqual({ status: 'unbounded' });
  expect(maximin(lines([0, 1, 0], [0, 0, -1]))).toEqual({ status: 'unbounded' });
});

test('without variables it is the least constant', () => {
  expect(solved(lines([4], [-2], [3]))).toEqual({
    status: 'optimal',
    value: -2n,
    point: [],
    weights: [0n, 1n, 0n],
    denominator: 1n,
  });
});

test('proves every optimum, and is unbounded only where some direction raises every function', () => {
  const entry = fc.integer({ min: -9, max: 9 });
  const system = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 9 }))
    .chain(([dimension, m]) =>
      fc.array(fc.array(entry, { minLength: dimension + 1, maxLength: dimension + 1 }), { minLength: m, maxLength: m }),
    );
  let optimal = 0;
  fc.assert(
    fc.property(system, (rows) => {
      const functions = lines(...rows);
      if (maximin(functions).status === 'optimal') {
        optimal++;
        expectProof(functions);
        return;
      }
      // A rising direction, kept in the unit box: the homogeneous problem has a positive value there.
      const unit = rows[0].slice(1).flatMap((_, j, all) => [
        [9, ...all.map((_, k) => (k === j ? -9 : 0))],
        [9, ...all.map((_, k) => (k === j ? 9 : 0))],
      ]);
      const rising = lines(...rows.map(([, ...a]) => [0, ...a]), ...unit);
      expect(solved(rising).value > 0n).toBe(true);
    }),
    { numRuns: 300 },
  );
  expect(optimal).toBeGreaterThan(50);
});

test('needs functions of one dimension', () => {
  expect(() => maximin([])).toThrow(RangeError);
  expect(() => maximin(lines([1, 2], [1]))).toThrow('all with the same number of coefficients');
});
