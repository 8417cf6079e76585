import oracle from '@stdlib/stats-base-dists-t-quantile';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tCritical, tQuantile, tUpperQuantile, tUpperTail } from '../../../src/science/numeric/studentT.ts';

describe('tQuantile', () => {
  it('agrees with an independent implementation to 1e-10', () => {
    const probability = fc.double({ min: 0.0005, max: 0.9995, noNaN: true });
    const df = fc.oneof(fc.integer({ min: 1, max: 400 }), fc.double({ min: 0.7, max: 5000, noNaN: true }));
    fc.assert(
      fc.property(probability, df, (p, v) => {
        const expected = oracle(p, v);
        expect(Math.abs(tQuantile(p, v) - expected)).toBeLessThan(1e-10 * Math.max(1, Math.abs(expected)));
      }),
      { numRuns: 2000 },
    );
  });

  it('is exact in closed form for one and two degrees of freedom', () => {
    for (const p of [0.5, 0.6, 0.9, 0.975, 0.995, 0.9999]) {
      expect(tQuantile(p, 1)).toBeCloseTo(Math.tan(Math.PI * (p - 0.5)), 8);
      expect(tQuantile(p, 2)).toBeCloseTo((2 * p - 1) / Math.sqrt(2 * p * (1 - p)), 11);
    }
  });

  it('tends to the normal quantile', () => {
    const z = 1.959963984540054;
    for (const df of [1e3, 1e4, 1e5]) {
      // Abramowitz and Stegun 26.7.5
      const expansion = z + (z ** 3 + z) / (4 * df) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * df * df);
      expect(tCritical(0.95, df)).toBeCloseTo(expansion, df === 1e3 ? 7 : 9);
    }
    // Abramowitz and Stegun 26.7.3 solved in 40-digit decimal arithmetic
    expect(tCritical(0.99, 19)).toBeCloseTo(2.860934606464979, 12);
  });

  it('inverts the tail, far out as well', () => {
    for (const df of [1, 3, 10.5, 40, 1000]) {
      for (const q of [0.49, 0.3, 1e-3, 1e-9, 1e-20]) {
        expect(tUpperTail(tUpperQuantile(q, df), df) / q).toBeCloseTo(1, 11);
      }
    }
  });

  it('refuses probabilities and degrees of freedom out of range', () => {
    expect(() => tQuantile(1, 5)).toThrow('strictly between 0 and 1');
    expect(() => tQuantile(0.9, 0)).toThrow('degrees of freedom must be positive, found 0');
  });
});
