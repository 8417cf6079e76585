import { describe, expect, it } from 'vitest';
import { pairedInterval, sharedConfidence, tInterval } from '../../../src/science/stats/interval.ts';

describe('tInterval', () => {
  it('is the textbook interval', () => {
    const { mean, halfWidth, lo, hi, n, sd } = tInterval([1, 2, 3, 4, 5], 0.95);
    expect([mean, n]).toEqual([3, 5]);
    expect(sd).toBeCloseTo(Math.sqrt(2.5), 14);
    // t(0.975, 4) = 2.776445105198 (R: qt(0.975, 4))
    expect(halfWidth).toBeCloseTo(2.776445105198 * Math.sqrt(0.5), 10);
    expect(hi - lo).toBeCloseTo(2 * halfWidth, 12);
  });

  it('says that one replication leaves the mean unbounded', () => {
    const interval = tInterval([7]);
    expect([interval.mean, interval.halfWidth, interval.sd]).toEqual([7, Number.POSITIVE_INFINITY, 0]);
    expect([interval.lo, interval.hi]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it('is stable against a large common offset', () => {
    expect(tInterval([1e9 + 1, 1e9 + 2, 1e9 + 3]).sd).toBeCloseTo(1, 9);
  });

  it('refuses nothing, values that are not finite, and a confidence of 1', () => {
    expect(() => tInterval([])).toThrow('at least one replication');
    expect(() => tInterval([1, Number.NaN])).toThrow('replication 1 is NaN');
    expect(() => tInterval([1, 2], 1)).toThrow('confidence must lie strictly between 0 and 1, found 1');
  });
});

describe('pairedInterval', () => {
  it('removes what two samples have in common', () => {
    const common = [3, 90, -40, 12, 55];
    const interval = pairedInterval(
      common.map((x) => x + 2),
      common.map((x, i) => x + (i % 2) * 0.1),
    );
    expect(interval.mean).toBeCloseTo(1.96, 12);
    expect(interval.halfWidth).toBeLessThan(0.1);
    expect(() => pairedInterval([1, 2], [1])).toThrow('found 2 and 1');
  });
});

it('several intervals share the error, not the confidence', () => {
  expect(sharedConfidence(0.9, 4)).toBeCloseTo(0.975, 14);
  expect(sharedConfidence(0.9, 1)).toBe(0.9);
});
