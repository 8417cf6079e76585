import { describe, expect, it } from 'vitest';
import { exactTwoQueues } from '../../../src/science/exact/twoQueues.ts';
import { fixedPoint } from '../../../src/science/meanfield/fixedPoint.ts';
import { refined } from '../../../src/science/meanfield/refined.ts';
import { makePolicy } from '../../../src/science/policy/policy.ts';
import { paperPolicy } from './policies.ts';

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
    const result = refined({ lambda: 0.5, policy: paperPolicy({ kind: 'none' }), n: 10 });
    if (result.status !== 'refined') throw new Error(result.reason);
    result.correction.forEach((v) => {
      expect(Math.abs(v)).toBeLessThan(1e-12);
    });
    expect(result.validity.warning).toBeNull();
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

  it('passes on the status of a missing fixed point', () => {
    expect(refined({ lambda: 0.8, policy: paperPolicy({ kind: 'abounce', C: 2 }), n: 100 }).status).toBe('unstable');
    expect(() => refined({ lambda: 0.5, policy: paperPolicy({ kind: 'none' }), n: 1 })).toThrow(
      'n must be an integer ≥ 2',
    );
  });
});
