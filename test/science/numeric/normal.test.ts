import { expect, it } from 'vitest';
import { normalTails } from '../../../src/science/numeric/normal.ts';
import { tUpperTail } from '../../../src/science/numeric/studentT.ts';

// scipy 1.17: scipy.special.erfc(z / sqrt(2))
it.each([
  [0, 1],
  [0.5, 0.6170750774519739],
  [1.959963984540054, 0.05],
  [1.9999999, 0.04550027469455283],
  [2, 0.04550026389635843],
  [6, 1.9731752900754036e-9],
  [30, 9.81342785429749e-198],
])('P(|Z| > %d) is %d', (z, probability) => {
  expect(Math.abs(normalTails(z) / probability - 1)).toBeLessThan(1e-12);
});

it('is the limit of Student’s t', () => {
  for (const z of [0.1, 1, 1.99, 2.01, 4]) expect((2 * tUpperTail(z, 1e7)) / normalTails(z)).toBeCloseTo(1, 4);
});
