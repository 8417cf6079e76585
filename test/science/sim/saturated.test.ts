import { describe, expect, it } from 'vitest';
import type { PolicySpec } from '../../../src/science/policy/policy.ts';
import { saturatedMigrationFraction } from '../../../src/science/sim/saturated.ts';
import { saturatedThreshold } from '../../../src/science/sim/saturatedThreshold.ts';

const seed = '5a'.repeat(32);
const abounce = (K: number, C: number, d: number | 'all'): PolicySpec => ({ kind: 'abounce', C, K, d });

describe('saturatedThreshold', () => {
  // science.md §3 and §5, exact: (K, C), λ_c for n = 2 and d = all
  it.each([
    [2, 2, 0.894104],
    [2, 3, 0.9194],
    [4, 4, 0.859595],
  ])('covers the exact threshold for n = 2, K = %i, C = %i', (K, C, exact) => {
    const { lo, hi, status, roots } = saturatedThreshold({
      n: 2,
      policy: abounce(K, C, 'all'),
      events: 250_000,
      replicates: 10,
      seed,
      confidence: 0.99,
    });
    expect(status).toBe('converged');
    expect(roots.length).toBe(10);
    expect(lo).toBeLessThan(exact);
    expect(hi).toBeGreaterThan(exact);
    expect(hi - lo).toBeLessThan(0.004);
  });

  it('finds the threshold between the two rates of Figure 3', () => {
    const policy = abounce(2, 2, 10);
    const { lambdaCritical, lo, hi } = saturatedThreshold({ n: 100, policy, events: 500_000, replicates: 6, seed });
    expect(lambdaCritical).toBeCloseTo(0.785, 2); // science.md §5, simulated
    expect([lo > 0.77, hi < 0.79]).toEqual([true, true]);
  });

  it('is lower under the weak comparison: 0.846558 for n = 2, K = C = 2', () => {
    const policy: PolicySpec = { ...abounce(2, 2, 'all'), comparison: 'weak' };
    const { lo, hi } = saturatedThreshold({ n: 2, policy, events: 250_000, replicates: 10, seed, confidence: 0.99 });
    expect(lo).toBeLessThan(0.846558);
    expect(hi).toBeGreaterThan(0.846558);
  });

  it.each<[string, PolicySpec, number]>([
    ['multiplicative policies (Theorem 3)', { kind: 'mbounce', alpha: 2, K: 2, d: 10 }, 100],
    ['no sharing', { kind: 'none' }, 100],
    ['K = 1, where migration costs nothing', { kind: 'sq', K: 1, d: 1 }, 100],
    ['a single queue', abounce(2, 2, 10), 1],
  ])('says that there is none for %s', (_, policy, n) => {
    const result = saturatedThreshold({ n, policy, events: 1000, replicates: 2, seed });
    expect(result).toMatchObject({ lambdaCritical: 1, status: 'no-threshold', events: 0 });
  });

  it('does not call one replicate converged', () => {
    const result = saturatedThreshold({ n: 2, policy: abounce(2, 2, 'all'), events: 20_000, replicates: 1, seed });
    expect(result).toMatchObject({ status: 'undecided', lo: 0, hi: Number.POSITIVE_INFINITY });
  });
});

describe('saturatedMigrationFraction', () => {
  it('satisfies λ(1 + (K − 1)p_b) = 1 at the exact threshold', () => {
    const options = { n: 2, lambda: 0.894104, policy: abounce(2, 2, 'all'), events: 2_000_000, seed };
    const { interval } = saturatedMigrationFraction({ ...options, confidence: 0.99 });
    expect(Math.abs(interval.mean - (1 / 0.894104 - 1))).toBeLessThan(interval.halfWidth);
    expect(interval.halfWidth).toBeLessThan(0.002);
  });

  it('depends on a table only through its end', () => {
    const options = { n: 5, lambda: 0.8, events: 20_000, seed };
    const table: PolicySpec = { kind: 'table', thresholds: [9, 9, 9, 9, 9, 9, 9, 9], K: 2, d: 3 };
    expect(saturatedMigrationFraction({ ...options, policy: table })).toEqual(
      saturatedMigrationFraction({ ...options, policy: abounce(2, 2, 3) }),
    );
  });

  it('refuses multiplicative thresholds', () => {
    const policy: PolicySpec = { kind: 'mbounce', alpha: 2, d: 10 };
    expect(() => saturatedMigrationFraction({ n: 5, lambda: 0.8, policy, events: 1000, seed })).toThrow(
      'needs a policy with thresholds m + constant for long queues, found MBOUNCE(α=2, d=10)',
    );
  });
});
