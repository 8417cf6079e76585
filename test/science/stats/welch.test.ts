import { describe, expect, it } from 'vitest';
import { holmAdjusted } from '../../../src/science/stats/holm.ts';
import { tInterval } from '../../../src/science/stats/interval.ts';
import { type Estimate, estimateOf, welchTest } from '../../../src/science/stats/welch.ts';
import { normals } from './series.ts';

/** Student's sleep data (A. R. Cushny and A. R. Peebles, 1905; R's `sleep`): extra hours under two drugs. */
const FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
const SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

const estimate = (values: readonly number[], confidence = 0.95): Estimate =>
  estimateOf(tInterval(values, confidence), confidence, values.length)!;

describe('the estimate behind an interval', () => {
  it('is the standard error that the interval was made of, at any confidence', () => {
    const { sd } = tInterval(FIRST);
    for (const confidence of [0.5, 0.95, 0.999]) {
      const { mean, standardError, df } = estimate(FIRST, confidence);
      expect(mean).toBeCloseTo(0.75, 14);
      expect(standardError).toBeCloseTo(sd / Math.sqrt(10), 12);
      expect(df).toBe(9);
    }
  });

  it('is none for a single replication, infinite limits, or limits that the mean is not between', () => {
    const inf = Number.POSITIVE_INFINITY;
    expect(estimateOf({ mean: 1, lo: 0, hi: 2 }, 0.95, 1)).toBeUndefined();
    expect(estimateOf({ mean: 1, lo: -inf, hi: inf }, 0.95, 4)).toBeUndefined();
    expect(estimateOf({ mean: 3, lo: 0, hi: 2 }, 0.95, 4)).toBeUndefined();
    expect(estimateOf({ mean: 1, lo: 0, hi: 2 }, 1, 4)).toBeUndefined();
  });
});

describe("Welch's test", () => {
  it("gives what R's t.test(extra ~ group, sleep) prints: t = -1.8608, df = 17.776, p-value = 0.07939", () => {
    const { t, df, p, difference } = welchTest(estimate(FIRST), estimate(SECOND));
    expect(difference).toBeCloseTo(1.58, 12);
    expect(Number(t.toFixed(4))).toBe(1.8608);
    expect(Number(df.toFixed(3))).toBe(17.776);
    expect(Number(p.toFixed(5))).toBe(0.07939);
  });

  it('has no opinion on the order of the two', () => {
    const [a, b] = [estimate(FIRST), estimate(SECOND.slice(0, 6))];
    expect(welchTest(b, a)).toEqual({
      ...welchTest(a, b),
      difference: -welchTest(a, b).difference,
      t: -welchTest(a, b).t,
    });
  });

  it('takes means without error for what they are', () => {
    const exact = (mean: number): Estimate => ({ mean, standardError: 0, df: 3 });
    expect(welchTest(exact(2), exact(2)).p).toBe(1);
    expect(welchTest(exact(2), exact(2 + 1e-12)).p).toBe(0);
  });
});

describe("Holm's adjustment", () => {
  it("gives what R's p.adjust(c(0.01, 0.02, 0.03, 0.005), 'holm') gives", () => {
    expect(holmAdjusted([0.01, 0.02, 0.03, 0.005])).toEqual([0.03, 0.04, 0.04, 0.02]);
  });

  it('leaves a single test as it is, never exceeds 1, and refuses what is no probability', () => {
    expect(holmAdjusted([0.2])).toEqual([0.2]);
    expect(holmAdjusted([0.6, 0.9])).toEqual([1, 1]);
    expect(holmAdjusted([])).toEqual([]);
    expect(() => holmAdjusted([0.1, Number.NaN])).toThrow('found NaN');
  });
});

describe('false alarms, measured', () => {
  /** P-values of tests of equal means: 8 replications of deviation 1 against 20 of deviation 3. */
  function family(normal: () => number, size: number, shift = 0): number[] {
    return Array.from({ length: size }, () => {
      const a = Array.from({ length: 8 }, () => 5 + normal());
      const b = Array.from({ length: 20 }, () => 5 + shift + 3 * normal());
      return welchTest(estimate(a, 0.99), estimate(b, 0.95)).p;
    });
  }

  it('of one test are the 5 % that it promises, with unequal variances and numbers of replications', () => {
    const alarms = family(normals('welch'), 4000).filter((p) => p <= 0.05).length / 4000;
    // A binomial deviation of 0.0034; Welch's approximation itself is within 0.002 here.
    expect(alarms).toBeGreaterThan(0.05 - 0.012);
    expect(alarms).toBeLessThan(0.05 + 0.012);
  });

  it('of ten tests together are at most 5 %, where tests one by one would raise one in two comparisons of five', () => {
    const normal = normals('holm');
    let adjusted = 0;
    let single = 0;
    for (let trial = 0; trial < 400; trial++) {
      const p = family(normal, 10);
      if (Math.min(...p) <= 0.05) single++;
      if (Math.min(...holmAdjusted(p)) <= 0.05) adjusted++;
    }
    expect(single / 400).toBeGreaterThan(0.3); // 1 − 0.95¹⁰ = 0.40
    expect(adjusted / 400).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 400));
  });

  it('are not bought with blindness: a shift of four standard errors is seen nearly always', () => {
    const shift = 4 * Math.sqrt(1 / 8 + 9 / 20);
    const seen = family(normals('power'), 500, shift).filter((p) => p <= 0.05).length / 500;
    expect(seen).toBeGreaterThan(0.93);
  });
});
