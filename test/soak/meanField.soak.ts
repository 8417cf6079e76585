import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FixedPoint, fixedPoint } from '../../src/science/meanfield/fixedPoint.ts';
import { meanFieldThreshold } from '../../src/science/meanfield/threshold.ts';
import { makePolicy, type Policy } from '../../src/science/policy/policy.ts';

/** What holds of any answer: a fixed point within its residual and truncation error, or a status that is right. */
function expectRight(point: FixedPoint, policy: Policy, lambda: number): void {
  const { status, largestFixedPoint } = meanFieldThreshold({ policy });
  if (point.status === 'converged') {
    expect(point.residual).toBeLessThan(1e-13);
    expect(point.truncationError).toBeLessThan(1e-9);
    expect(Math.abs(point.tails[1] - lambda * (1 + (policy.K - 1) * point.migrationFraction))).toBeLessThan(1e-12);
    if (status === 'found') expect(lambda).toBeLessThanOrEqual(largestFixedPoint!);
  } else {
    expect(point.reason).toEqual(expect.any(String));
    expect(point).not.toHaveProperty('meanQueue');
    // Without a fixed point only above the threshold, undecided only where a double can't tell, or for the cost of a wide front.
    if (point.status === 'unstable') {
      expect(status).toBe('found');
      expect(lambda).toBeGreaterThan(largestFixedPoint!);
    } else {
      expect(point.status).toBe('undecided');
      if (status === 'found') expect(Math.abs(lambda - largestFixedPoint!)).toBeLessThan(1e-7);
    }
  }
}

describe('fixedPoint up to λ = 0.999', () => {
  it('converges or has the status that the standing wave gives, under any additive threshold', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.nat(12),
        fc.integer({ min: 1, max: 12 }),
        fc.oneof(fc.double({ min: 0.1, max: 0.999, noNaN: true }), fc.double({ min: -0.01, max: 0.01, noNaN: true })),
        (K, slack, d, drawn) => {
          const policy = makePolicy({ kind: 'abounce', C: K + slack, K, d });
          // Half of the rates are near the threshold.
          const lambda =
            drawn > 0.05
              ? drawn
              : Math.min(0.999, Math.max(0.1, meanFieldThreshold({ policy }).lambdaCritical! + drawn));
          expectRight(fixedPoint({ lambda, policy }), policy, lambda);
        },
      ),
      { numRuns: 60, seed: 5 },
    );
  });

  it('converges or says that it cannot afford to, under any multiplicative threshold', () => {
    let converged = 0;
    let tried = 0;
    fc.assert(
      fc.property(
        fc.constantFrom('1.05', '1.1', '3/2', '2', '3', '6'),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 12 }),
        fc.double({ min: 0.5, max: 0.985, noNaN: true }),
        (alpha, K, d, lambda) => {
          const policy = makePolicy({ kind: 'mbounce', alpha, K, d });
          const point = fixedPoint({ lambda, policy });
          tried++;
          if (point.status === 'converged') converged++;
          expectRight(point, policy, lambda);
        },
      ),
      { numRuns: 30, seed: 6 },
    );
    expect(converged / tried).toBeGreaterThan(0.9);
  });

  it.each([
    { alpha: '1.1', d: 2, K: 2 },
    { alpha: '3', d: 10, K: 2 },
    { alpha: '6', d: 10, K: 1 },
  ])('converges at 0.999 under MBOUNCE: %o', (spec) => {
    const policy = makePolicy({ kind: 'mbounce', ...spec });
    const [near, nearer] = [0.998, 0.999].map((lambda) => {
      const point = fixedPoint({ lambda, policy });
      expect(point.status).toBe('converged');
      expectRight(point, policy, lambda);
      return point.status === 'converged' ? point.meanQueue : Number.NaN;
    });
    expect(nearer).toBeGreaterThan(near);
  });
});
