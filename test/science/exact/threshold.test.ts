import { describe, expect, it } from 'vitest';
import { exactThreshold } from '../../../src/science/exact/threshold.ts';
import { exactTwoQueues } from '../../../src/science/exact/twoQueues.ts';
import { makePolicy } from '../../../src/science/policy/policy.ts';

describe('exactThreshold', () => {
  it.each([
    // Science brief §3 and §5: (K, C) with d = all.
    [2, 2, 'strict', 0.894104],
    [2, 2, 'weak', 0.846558],
    [2, 3, 'strict', 0.9194],
    [2, 4, 'strict', 0.935003],
    [3, 3, 'strict', 0.865808],
    [4, 4, 'strict', 0.859595],
    [2, 10, 'strict', 0.970006],
  ] as const)('gives the reference λ_c for K = %d, C = %d, %s', (K, C, comparison, lambdaCritical) => {
    const result = exactThreshold({ policy: makePolicy({ kind: 'abounce', C, K, comparison }) });
    expect(result.status).toBe('found');
    expect(Math.abs(result.lambdaCritical - lambdaCritical)).toBeLessThan(6e-7);
    expect(result.hi - result.lo).toBeLessThan(1e-13);
  });

  it('lies where the exact queue grows without bound', () => {
    const policy = makePolicy({ kind: 'abounce', C: 2, K: 2 });
    const { lambdaCritical } = exactThreshold({ policy });
    const queue = (gap: number) => {
      const result = exactTwoQueues({ lambda: lambdaCritical - gap, policy, tolerance: 1e-6 });
      if (result.status !== 'exact') throw new Error(result.reason);
      return result.meanQueue;
    };
    // E[q] ~ constant/(λ_c − λ) in heavy traffic.
    expect(queue(0.05) / queue(0.1)).toBeGreaterThan(1.7);
    expect(queue(0.05) / queue(0.1)).toBeLessThan(2.3);
  });

  it('rises as fewer samples see the other queue, and depends on the table only by its end', () => {
    const of = (d: number | 'all') =>
      exactThreshold({ policy: makePolicy({ kind: 'abounce', C: 2, K: 2, d }) }).lambdaCritical;
    expect(of(1)).toBeGreaterThan(of(2));
    expect(of(2)).toBeGreaterThan(of('all'));
    expect(Math.abs(of(50) - of('all'))).toBeLessThan(1e-12);
    const table = makePolicy({ kind: 'table', thresholds: [9, 9, 9, 9, 9, 9], K: 2 });
    const additive = makePolicy({ kind: 'abounce', C: 4, K: 2 });
    expect(exactThreshold({ policy: table }).lambdaCritical).toBe(exactThreshold({ policy: additive }).lambdaCritical);
  });

  it('is 1/K where every arrival migrates', () => {
    const always = makePolicy({ kind: 'table', thresholds: [0], K: 3, comparison: 'weak' });
    expect(exactThreshold({ policy: always }).lambdaCritical).toBeCloseTo(1 / 3, 12);
  });

  it('is 1 for multiplicative thresholds, free migration and no sharing', () => {
    for (const spec of [
      { kind: 'mbounce', alpha: 2, K: 2 },
      { kind: 'sq', K: 1 },
      { kind: 'none', K: 2 },
    ] as const) {
      expect(exactThreshold({ policy: makePolicy(spec) })).toEqual({
        status: 'no-threshold',
        lambdaCritical: 1,
        lo: 1,
        hi: 1,
      });
    }
  });
});
