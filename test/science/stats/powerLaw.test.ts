import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitPowerLaw } from '../../../src/science/stats/powerLaw.ts';

const at = (xs: readonly number[], amplitude: number, order: number, standardError: number) =>
  xs.map((x) => ({ x, y: amplitude * x ** -order, standardError }));

describe('fitPowerLaw', () => {
  it('recovers amplitude and order of an exact law, of either sign', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.3, max: 3, noNaN: true }),
        fc.constantFrom(-5, -0.01, 2, 300),
        (order, amplitude) => {
          const fit = fitPowerLaw(at([10, 30, 100, 1000], amplitude, order, 1e-12));
          expect(fit.status).toBe('fitted');
          expect(fit.order).toBeCloseTo(order, 6);
          expect(fit.amplitude! / amplitude).toBeCloseTo(1, 5);
          expect(fit.lo!).toBeLessThanOrEqual(fit.order!);
          expect(fit.hi!).toBeGreaterThanOrEqual(fit.order!);
        },
      ),
      { numRuns: 40, seed: 1 },
    );
  });

  it('agrees with the straight line through the logarithms where the noise is small', () => {
    const points = [
      { x: 10, y: 0.1013, standardError: 1e-3 },
      { x: 30, y: 0.0329, standardError: 4e-4 },
      { x: 100, y: 0.01005, standardError: 1e-4 },
      { x: 300, y: 0.00337, standardError: 5e-5 },
    ];
    // Weighted regression of ln y on ln x, weights (y/standardError)².
    const rows = points.map(({ x, y, standardError }) => [Math.log(x), Math.log(y), (y / standardError) ** 2]);
    const total = rows.reduce((sum, [, , w]) => sum + w, 0);
    const meanX = rows.reduce((sum, [x, , w]) => sum + w * x, 0) / total;
    const slope =
      rows.reduce((sum, [x, y, w]) => sum + w * (x - meanX) * y, 0) /
      rows.reduce((sum, [x, , w]) => sum + w * (x - meanX) ** 2, 0);
    const fit = fitPowerLaw(points);
    expect(Math.abs(fit.order! + slope)).toBeLessThan(1e-3);
    // t(0.975, 2) = 4.302653 times the standard error of that slope, widened by Birge’s ratio
    const half = 4.302653 / Math.sqrt(rows.reduce((sum, [x, , w]) => sum + w * (x - meanX) ** 2, 0));
    expect((fit.hi! - fit.lo!) / (2 * half)).toBeCloseTo(Math.sqrt(Math.max(1, fit.reducedChiSquare!)), 1);
  });

  it('leaves the order open where noise hides it', () => {
    const fit = fitPowerLaw([
      { x: 10, y: 0.1, standardError: 1 },
      { x: 100, y: -0.2, standardError: 1 },
      { x: 1000, y: 0.1, standardError: 1 },
    ]);
    expect(fit).toMatchObject({ status: 'unbounded', points: 3 });
    expect([fit.lo, fit.hi]).toContain(null);
  });

  it('widens the interval where the points follow no power law', () => {
    const bent = [10, 30, 100, 300].map((x) => ({ x, y: 1 / x + 20 / x ** 2, standardError: 1e-6 }));
    const fit = fitPowerLaw(bent);
    expect(fit.reducedChiSquare!).toBeGreaterThan(100);
    expect(fit.hi! - fit.lo!).toBeGreaterThan(0.1);
  });

  it('fits nothing to two points, and refuses what cannot be weighed', () => {
    expect(fitPowerLaw(at([10, 20], 1, 1, 0.1))).toMatchObject({ status: 'too few points', order: null });
    expect(() => fitPowerLaw(at([10, 20, 30], 1, 1, 0))).toThrow('a positive standard error');
    expect(() => fitPowerLaw([{ x: 0, y: 1, standardError: 1 }])).toThrow('x > 0');
  });
});
