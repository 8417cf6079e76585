import fc from 'fast-check';
import { expect, it } from 'vitest';
import { integerPower, realPower } from '../../../src/science/numeric/power.ts';

it('raises to integral powers as Math.pow does', () => {
  for (let d = 0; d <= 40; d++) expect(integerPower(0.83, d) / 0.83 ** d).toBeCloseTo(1, 13);
});

it('raises whole numbers exactly as long as they fit a double', () => {
  for (let d = 0; d <= 15; d++) expect(BigInt(integerPower(11, d))).toBe(11n ** BigInt(d));
});

it('raises to real powers to a few units in the last place', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
      fc.double({ min: -4, max: 4, noNaN: true }),
      (x, y) => {
        expect(Math.abs(realPower(x, y) / x ** y - 1)).toBeLessThan(1e-13);
      },
    ),
  );
  expect(realPower(0, 1.5)).toBe(0);
});
