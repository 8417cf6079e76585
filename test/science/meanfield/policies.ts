import fc from 'fast-check';
import { makePolicy, type Policy, type PolicySpec } from '../../../src/science/policy/policy.ts';

/** The policy of the paper's figures: K = 2, d = 10 unless the spec says otherwise. */
export const paperPolicy = (spec: PolicySpec): Policy => makePolicy({ K: 2, d: 10, ...spec });

/** Any policy with a finite d. */
export const anyPolicy: fc.Arbitrary<Policy> = fc
  .record({
    kind: fc.constantFrom('none', 'sq', 'abounce', 'mbounce', 'table') as fc.Arbitrary<PolicySpec['kind']>,
    K: fc.integer({ min: 1, max: 4 }),
    d: fc.integer({ min: 1, max: 12 }),
    slack: fc.nat(3),
    alpha: fc.constantFrom('1.1', '3/2', '2', '7/3', '5'),
    steps: fc.array(fc.nat(3), { minLength: 1, maxLength: 6 }),
    comparison: fc.constantFrom('strict', 'weak') as fc.Arbitrary<'strict' | 'weak'>,
  })
  .map(({ kind, K, d, slack, alpha, steps, comparison }) => {
    const thresholds = steps.map((_, m) => m + steps.slice(0, m + 1).reduce((a, b) => a + b, 0));
    return makePolicy({ kind, K, d, C: K + slack, alpha, thresholds, comparison });
  });

/** Tails s_0 = 1 ≥ s_1 ≥ … ≥ s_levels with the top ones 0, so that nothing crosses a truncation at `levels`. */
export const anyTails = (levels: number, empty: number): fc.Arbitrary<Float64Array> =>
  fc
    .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: levels - empty, maxLength: levels - empty })
    .map((values) => {
      const s = new Float64Array(levels + 1);
      s.set([1, ...values.sort((a, b) => b - a)]);
      return s;
    });
