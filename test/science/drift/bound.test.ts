import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundSlack, lastUnboundedWork, quadraticBound } from '../../../src/science/drift/bound.ts';
import { makeDrift } from '../../../src/science/drift/drift.ts';
import { makeTestFunction } from '../../../src/science/drift/function.ts';
import { rational } from '../../../src/science/numeric/rational.ts';
import { makePolicy, type PolicySpec } from '../../../src/science/policy/policy.ts';

const shared = {
  K: fc.integer({ min: 1, max: 5 }),
  d: fc.constantFrom(1, 2, 3, 7, 'all' as const),
  comparison: fc.constantFrom('strict' as const, 'weak' as const),
};
const multiplicative: fc.Arbitrary<PolicySpec> = fc.record({
  kind: fc.constant('mbounce' as const),
  alpha: fc.constantFrom('21/20', '11/10', '3/2', '2', '7/3', '6'),
  ...shared,
});
const additive: fc.Arbitrary<PolicySpec> = fc
  .record({ extra: fc.nat(3), ...shared })
  .map(({ extra, ...rest }) => ({ kind: 'abounce' as const, C: rest.K + extra, ...rest }));
const lengths = fc.array(fc.oneof(fc.nat(8), fc.nat(300)), { minLength: 2, maxLength: 6 });
const rate = fc.integer({ min: 1, max: 99 }).map((percent) => rational(percent, 100));

describe('the bound ΔV ≤ intercept − slope·Σq', () => {
  test.each<['theorem1' | 'theorem3', fc.Arbitrary<PolicySpec>]>([
    ['theorem3', multiplicative],
    ['theorem1', multiplicative],
    ['theorem1', additive],
  ])('of %s holds in every state, for any n, d, K and λ', (name, policies) => {
    fc.assert(
      fc.property(policies, rate, lengths, (spec, lambda, q) => {
        const policy = makePolicy(spec);
        const V = makeTestFunction({ function: name, lambda, policy, n: q.length });
        const drift = makeDrift(V, lambda, policy, q.length);
        const slack = boundSlack(quadraticBound(V, lambda, policy, q.length)!, drift.denominator);
        const work = q.reduce((a, b) => a + b, 0);
        expect(slack.of(work, drift.numerator(Int32Array.from(q)))).toBeGreaterThanOrEqual(0n);
      }),
      { numRuns: 3000 },
    );
  });

  test('of Theorem 3 is the one of the science brief: (a−b)(1+λK²)/(1+λ) − 2(1−λ)S/(n(1+λ))', () => {
    const policy = makePolicy({ kind: 'mbounce', alpha: 2, K: 2 });
    const lambda = rational(1, 2);
    const V = makeTestFunction({ function: 'theorem3', lambda, policy, n: 2 });
    // b = 1, a = 3: 2·3/1.5 and 2·0.5/(2·1.5).
    const bound = quadraticBound(V, lambda, policy, 2)!;
    expect(bound).toEqual({ intercept: rational(4), slope: rational(1, 3) });
    expect(lastUnboundedWork(bound)).toBe(12);
  });

  test('is tight: without sharing and with K = 1 it holds with equality where no queue is empty', () => {
    const policy = makePolicy({ kind: 'none' });
    const lambda = rational(3, 4);
    const V = makeTestFunction({ function: 'theorem3', lambda, policy, n: 3, alpha: 2 });
    const drift = makeDrift(V, lambda, policy, 3);
    const slack = boundSlack(quadraticBound(V, lambda, policy, 3)!, drift.denominator);
    expect(slack.of(12, drift.numerator(Int32Array.of(7, 4, 1)))).toBe(0n);
  });

  test('is not claimed where T(m) falls below αm', () => {
    const lambda = rational(1, 2);
    for (const spec of [
      { kind: 'abounce', C: 9, K: 2 },
      { kind: 'mbounce', alpha: 1.4, K: 2 },
    ] as const) {
      const policy = makePolicy(spec);
      const V = makeTestFunction({ function: 'theorem3', lambda, policy, n: 2, alpha: '3/2' });
      expect(quadraticBound(V, lambda, policy, 2)).toBeNull();
    }
  });

  test('bounds no work at λ = 1, or at λ = 1/K for Theorem 1', () => {
    const policy = makePolicy({ kind: 'mbounce', alpha: 2, K: 2 });
    for (const [name, lambda] of [
      ['theorem3', rational(1)],
      ['theorem1', rational(1, 2)],
    ] as const) {
      const V = makeTestFunction({ function: name, lambda, policy, n: 2 });
      expect(lastUnboundedWork(quadraticBound(V, lambda, policy, 2)!)).toBeNull();
    }
  });
});
