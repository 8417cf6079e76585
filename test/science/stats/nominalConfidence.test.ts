import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plannedLooks } from '../../../src/engine/looks.ts';
import { normalTails } from '../../../src/science/numeric/normal.ts';
import { tCritical } from '../../../src/science/numeric/studentT.ts';
import { sharedConfidence } from '../../../src/science/stats/interval.ts';
import { nominalConfidence } from '../../../src/science/stats/nominalConfidence.ts';
import { normals } from './series.ts';

const looksOf = fc
  .tuple(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 1, max: 40 }))
  .map(([min, more]) => plannedLooks(min, min + more));

/** What looks at 2 and 3 values miss under the best stopping rule: Simpson's rule over the two normal residuals themselves. */
function missOfTwo(nominal: number): number {
  const [most, intervals] = [8, 400];
  const grid = Array.from({ length: intervals + 1 }, (_, i) => {
    const z = (i * most) / intervals;
    const simpson = i === 0 || i === intervals ? 1 : 2 + 2 * (i % 2);
    const density = 2 * Math.exp((-z * z) / 2) * (2 * Math.PI) ** -0.5; // of |Z|
    return { z, weight: (simpson / 3) * (most / intervals) * density };
  });
  const [first, second] = [tCritical(nominal, 1), tCritical(nominal, 2) / Math.sqrt(2)];
  let sum = 0;
  for (const { z: y, weight } of grid) {
    const go = grid.reduce((mean, { z, weight }) => mean + weight * normalTails(second * Math.hypot(y, z)), 0);
    sum += weight * Math.max(normalTails(first * y), go);
  }
  return sum;
}

describe('the confidence of each interval', () => {
  it('lies between the whole and Bonferroni’s share, more looks asking for more', () => {
    fc.assert(
      fc.property(looksOf, fc.constantFrom(0.8, 0.95, 0.999), (looks, confidence) => {
        const nominal = nominalConfidence(confidence, looks);
        expect(nominal).toBeGreaterThan(confidence);
        expect(nominal).toBeLessThanOrEqual(sharedConfidence(confidence, looks.length));
        // 1e-4 of the error is what it is known to
        const slack = 3e-4 * (1 - nominal);
        expect(nominalConfidence(confidence, looks.slice(0, -1))).toBeLessThan(nominal + slack);
        expect(nominalConfidence(confidence, looks.slice(1))).toBeLessThan(nominal + slack);
      }),
      { numRuns: 25 },
    );
  });

  it('is the whole for one look, or none', () => {
    expect(nominalConfidence(0.95, [])).toBe(0.95);
    expect(nominalConfidence(0.95, [20])).toBe(0.95);
  });

  it('makes the best stopping rule miss as often as is allowed: two looks, by another integral', () => {
    for (const confidence of [0.8, 0.9, 0.95]) {
      const missed = missOfTwo(nominalConfidence(confidence, [2, 3]));
      expect(Math.abs(missed / (1 - confidence) - 1)).toBeLessThan(1e-3);
    }
  });

  // A program of its own: scipy 1.17's distributions, 1500 states, linear interpolation.
  it.each([
    [0.95, [4, 6, 8], 0.967455],
    [0.95, [4, 6, 9, 14, 20], 0.974606],
    [0.95, [8, 12, 20], 0.963762],
    [0.999, [4, 6, 9, 14, 20], 0.9996818],
  ])('is that of an independent program: %d over %j', (confidence, looks, expected) => {
    expect(Math.abs((1 - nominalConfidence(confidence, looks)) / (1 - expected) - 1)).toBeLessThan(3e-4);
  });

  it('holds as stated at the worst width, and hardly more: normal values, an absolute width', () => {
    const looks = [4, 6, 8];
    const nominal = nominalConfidence(0.95, looks);
    const draw = normals('worst width');
    const repetitions = 40_000;
    const width = 1 / 1.3; // of a standard deviation: the worst of those between 1/4 and 5
    const factors = looks.map((n) => tCritical(nominal, n - 1) / Math.sqrt(n * (n - 1)));
    let held = 0;
    for (let repetition = 0; repetition < repetitions; repetition++) {
      let [n, sum, squares] = [0, 0, 0];
      for (const [j, look] of looks.entries()) {
        for (; n < look; n++) {
          const value = draw();
          sum += value;
          squares += value * value;
        }
        const halfWidth = factors[j] * Math.sqrt(squares - (sum * sum) / n);
        if (halfWidth > width && j < looks.length - 1) continue;
        if (Math.abs(sum / n) <= halfWidth) held++;
        break;
      }
    }
    const noise = Math.sqrt((0.95 * 0.05) / repetitions);
    expect(held / repetitions).toBeGreaterThan(0.95 - 3 * noise);
    expect(held / repetitions).toBeLessThan(0.952 + 3 * noise);
  });

  it('takes many looks at many replicates', () => {
    const nominal = nominalConfidence(0.95, plannedLooks(4, 1_000_000));
    expect(nominal).toBeGreaterThan(nominalConfidence(0.95, plannedLooks(4, 100)));
    expect(nominal).toBeLessThan(0.985);
  });

  it('refuses what is no confidence, and looks that do not increase', () => {
    expect(() => nominalConfidence(1, [4, 6])).toThrow('confidence must lie strictly between 0 and 1, found 1');
    const message = 'looks must be whole numbers that increase from 2 or more, found';
    for (const looks of [
      [1, 4],
      [4, 4],
      [6, 4],
      [4, 6.5],
    ]) {
      expect(() => nominalConfidence(0.95, looks)).toThrow(`${message} ${looks.join(', ')}`);
    }
  });
});
