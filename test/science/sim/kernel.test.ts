import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rational } from '../../../src/science/numeric/rational.ts';
import { makePolicy, type PolicySpec } from '../../../src/science/policy/policy.ts';
import { streamPair } from '../../../src/science/random/stream.ts';
import { KernelMemory } from '../../../src/science/sim/kernelMemory.ts';
import { referenceRun } from './reference.ts';

const d = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant('all' as const));
const policies: fc.Arbitrary<PolicySpec> = fc.oneof(
  fc.record({ kind: fc.constant('none' as const) }),
  fc.record({ kind: fc.constant('sq' as const), d, K: fc.integer({ min: 1, max: 3 }) }),
  fc.record({
    kind: fc.constant('abounce' as const),
    C: fc.integer({ min: 4, max: 6 }),
    d,
    K: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({
    kind: fc.constant('mbounce' as const),
    alpha: fc.constantFrom('1.1', '3/2', '3'),
    d,
    K: fc.integer({ min: 1, max: 3 }),
    comparison: fc.constantFrom('strict' as const, 'weak' as const),
  }),
);

describe('the kernel', () => {
  it('counts what a readable simulation of the same draws counts, to the digit, for any policy', () => {
    const setting = fc.record({
      n: fc.integer({ min: 1, max: 40 }),
      a: fc.bigInt({ min: 1n, max: 14n }),
      policy: policies,
      events: fc.integer({ min: 1, max: 600 }),
      role: fc.string(),
    });
    fc.assert(
      fc.property(setting, ({ n, a, policy: spec, events, role }) => {
        const lambda = rational(a, 10n);
        const policy = makePolicy(spec);
        const rng = streamPair('1d'.repeat(32), role);
        const expected = referenceRun(n, lambda, policy, rng, events);
        const kernel = new KernelMemory({ n, lambda, policy, rng });
        kernel.runTo(Math.floor(events / 3));
        kernel.runTo(events);
        const counts = kernel.counts();
        const sum = (values: Float64Array, weight = (_: number) => 1) =>
          values.reduce((total, value, i) => total + weight(i) * value, 0);
        expect(sum(counts.migrations)).toBe(expected.migrations);
        expect(sum(counts.stays) + expected.migrations).toBe(expected.arrivals);
        expect(sum(counts.stays, (i) => i)).toBe(expected.stayDelay);
        expect(sum(counts.migrations, (i) => i)).toBe(expected.shortestSum);
        expect(kernel.jobsIntegral).toBe(expected.jobsIntegral);
        for (let i = 0; i < counts.integral.length; i++) expect(counts.integral[i]).toBe(expected.integral[i] ?? 0);
        expect(kernel.jobs).toBe(expected.lengths.reduce((s, q) => s + q, 0));
        expect([kernel.longest, kernel.shortest]).toEqual([expected.lengths[0], expected.lengths[n - 1]]);
        kernel.release(); // the next case runs in the memory that this one leaves
      }),
      { numRuns: 150 },
    );
  });

  it('extends its levels as queues grow, with the same counts as a readable simulation', () => {
    const lambda = rational(9n);
    const policy = makePolicy({ kind: 'abounce', C: 7, K: 7, d: 2 });
    const rng = streamPair('1d'.repeat(32), 'growth');
    const kernel = new KernelMemory({ n: 2, lambda, policy, rng });
    kernel.runTo(6000);
    const expected = referenceRun(2, lambda, policy, rng, 6000);
    expect(expected.lengths[0]).toBeGreaterThan(2500);
    expect([kernel.longest, kernel.jobsIntegral]).toEqual([expected.lengths[0], expected.jobsIntegral]);
  });
});
