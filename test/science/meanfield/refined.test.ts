import { describe, expect, it } from 'vitest';
import { exactTwoQueues } from '../../../src/science/exact/twoQueues.ts';
import { fixedPoint } from '../../../src/science/meanfield/fixedPoint.ts';
import { refined } from '../../../src/science/meanfield/refined.ts';
import { makePolicy } from '../../../src/science/policy/policy.ts';
import { exactMeanQueue } from './exactQueues.ts';
import { paperPolicy } from './policies.ts';

const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);

describe('refined', () => {
  it.each([
    // Science brief §5: E[q] at λ = 0.75, K = 2, d = 10, n = 100.
    [{ kind: 'abounce', C: 2 }, 2.33739],
    [{ kind: 'abounce', C: 3 }, 2.11031],
    [{ kind: 'mbounce', alpha: 2 }, 2.33739],
    [{ kind: 'mbounce', alpha: 3 }, 2.31819],
    [{ kind: 'mbounce', alpha: 6 }, 2.10715],
  ] as const)('gives the reference mean queue of %o', (spec, meanQueue) => {
    const result = refined({ lambda: 0.75, policy: paperPolicy(spec), n: 100 });
    if (result.status !== 'refined') throw new Error(result.reason);
    expect(Math.abs(result.meanQueue - meanQueue)).toBeLessThan(6e-6);
    expect(result.tails[0]).toBe(1);
    // Flow balance holds at every order for the system itself: s₁ − λ is the migrants' extra work.
    expect(result.tails[1]).toBeLessThan(1);
  });

  it('corrects nothing without sharing, where queues are independent', () => {
    const result = refined({ lambda: 0.3, policy: paperPolicy({ kind: 'none' }), n: 10 });
    if (result.status !== 'refined') throw new Error(result.reason);
    result.correction.forEach((v) => {
      expect(Math.abs(v)).toBeLessThan(1e-12);
    });
    expect(result.validity.warning).toBeNull();
    result.second!.correction.forEach((u) => {
      expect(Math.abs(u)).toBeLessThan(1e-11);
    });
    expect(result.second!.validity.warning).toBeNull();
  });

  it('comes closer to the exact n = 2 than the mean field does, and warns that 1/n is not small', () => {
    const policy = makePolicy({ kind: 'sq', d: 1 });
    const exact = exactTwoQueues({ lambda: 0.5, policy });
    const point = fixedPoint({ lambda: 0.5, policy });
    const result = refined({ lambda: 0.5, policy, n: 2 });
    if (exact.status !== 'exact' || point.status !== 'converged' || result.status !== 'refined')
      throw new Error('none');
    const error = Math.abs(result.meanQueue - exact.meanQueue);
    expect(error).toBeLessThan(Math.abs(point.meanQueue - exact.meanQueue) / 2);
    expect(result.validity.warning).not.toBeNull();
  });

  it.each([
    { spec: { kind: 'sq', d: 1 }, lambda: 0.2, levels: 7 },
    { spec: { kind: 'abounce', C: 2, K: 2, d: 2 }, lambda: 0.15, levels: 8 },
    { spec: { kind: 'mbounce', alpha: 2, K: 1, d: 3 }, lambda: 0.2, levels: 7 },
    { spec: { kind: 'sq', K: 2, d: 2, comparison: 'weak' }, lambda: 0.15, levels: 8 },
    { spec: { kind: 'table', thresholds: [1, 1, 3], K: 3, d: 2 }, lambda: 0.1, levels: 9 },
  ] as const)('has the term in 1/n² that exact chains of 2 to 5 queues tend to: $spec', ({ spec, lambda, levels }) => {
    const policy = makePolicy(spec);
    const sizes = [2, 3, 4, 5];
    const found = sizes.map((n) => {
      const result = refined({ lambda, policy, n });
      if (result.status !== 'refined' || result.second === null) throw new Error('none');
      const exact = exactMeanQueue(policy, lambda, n, levels);
      return {
        scaled: n * n * (exact - result.meanQueue),
        U: sum(result.second.correction),
        second: result.second,
        exact,
      };
    });
    // n² × the error of s* + V/n, as a polynomial in 1/n, at 1/n = 0: Neville's scheme.
    const column = found.map(({ scaled }) => scaled);
    for (let level = 1; level < sizes.length; level++) {
      for (let k = sizes.length - 1; k >= level; k--) {
        const [near, far] = [1 / sizes[k], 1 / sizes[k - level]];
        column[k] = (far * column[k] - near * column[k - 1]) / (far - near);
      }
    }
    const { U, second, exact } = found[3];
    expect(column[3] / U).toBeGreaterThan(0.97);
    expect(column[3] / U).toBeLessThan(1.03);
    expect(Math.abs(second.meanQueue - exact)).toBeLessThan(Math.abs(U) / 25 / 4);
  });

  it('warns where the term in 1/n² is no small addition to that in 1/n', () => {
    const policy = paperPolicy({ kind: 'mbounce', alpha: 3 });
    const [small, large] = [30, 3000].map((n) => {
      const result = refined({ lambda: 0.75, policy, n });
      if (result.status !== 'refined') throw new Error(result.reason);
      return result.second!.validity.warning;
    });
    expect(small).toMatch('1/n²');
    expect(large).toBeNull();
  });

  it('passes on the status of a missing fixed point', () => {
    expect(refined({ lambda: 0.8, policy: paperPolicy({ kind: 'abounce', C: 2 }), n: 100 }).status).toBe('unstable');
    expect(() => refined({ lambda: 0.5, policy: paperPolicy({ kind: 'none' }), n: 1 })).toThrow(
      'n must be an integer ≥ 2',
    );
  });
});
