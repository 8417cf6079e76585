import { describe, expect, it } from 'vitest';
import { proportionInterval } from '../../../src/science/stats/proportion.ts';

/** P(X ≥ k) for a binomial X, summed term by term. */
function upper(k: number, n: number, p: number): number {
  let sum = 0;
  for (let j = k; j <= n; j++) {
    let term = 1;
    for (let i = 1; i <= j; i++) term *= ((n - j + i) / i) * p;
    sum += term * (1 - p) ** (n - j);
  }
  return sum;
}

describe('the interval of a proportion', () => {
  it.each([
    [1, 10, 0.95],
    [5, 10, 0.95],
    [19, 20, 0.9],
    [95, 100, 0.99],
  ])('has half the error beyond either limit: %d of %d at %d', (k, n, confidence) => {
    const { fraction, lo, hi } = proportionInterval(k, n, confidence);
    expect(fraction).toBe(k / n);
    expect(upper(k, n, lo)).toBeCloseTo((1 - confidence) / 2, 9);
    expect(1 - upper(k + 1, n, hi)).toBeCloseTo((1 - confidence) / 2, 9);
  });

  it('has the published limits of Clopper and Pearson for 0 and 10 of 10', () => {
    // (α/2)^(1/n) = 0.025^(1/10)
    expect(proportionInterval(10, 10)).toEqual({ fraction: 1, lo: expect.closeTo(0.69150289, 8), hi: 1 });
    expect(proportionInterval(0, 10)).toEqual({ fraction: 0, lo: 0, hi: expect.closeTo(0.30849711, 8) });
  });

  it('is narrow for thousands of trials', () => {
    const { lo, hi } = proportionInterval(1900, 2000);
    expect(hi - lo).toBeGreaterThan(0.018);
    expect(hi - lo).toBeLessThan(0.021);
  });

  it('refuses what is no count', () => {
    expect(() => proportionInterval(3, 2)).toThrow('found 3 successes of 2 trials');
    expect(() => proportionInterval(0.5, 2)).toThrow('whole numbers, found 0.5 of 2');
    expect(() => proportionInterval(1, 2, 1)).toThrow('confidence must lie strictly between 0 and 1, found 1');
  });
});
