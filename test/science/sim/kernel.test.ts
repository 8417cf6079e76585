import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rational } from '../../../src/science/numeric/rational.ts';
import { makePolicy, type PolicySpec } from '../../../src/science/policy/policy.ts';
import { MAXIMUM_NARROW } from '../../../src/science/random/narrowDraw.ts';
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

  it('counts in whole blocks of events, refined draws and long queues included, what the readable simulation counts', () => {
    const setting = fc.record({
      n: fc.integer({ min: 1, max: MAXIMUM_NARROW }),
      a: fc.bigInt({ min: 1n, max: 13n }),
      policy: policies,
      cuts: fc.array(fc.integer({ min: 1, max: 3000 }), { maxLength: 3 }),
      role: fc.string(),
    });
    const EVENTS = 3000;
    fc.assert(
      fc.property(setting, ({ n, a, policy: spec, cuts, role }) => {
        const lambda = rational(a, 10n);
        const policy = makePolicy(spec);
        const rng = streamPair('2e'.repeat(32), role);
        const expected = referenceRun(n, lambda, policy, rng, EVENTS);
        const kernel = new KernelMemory({ n, lambda, policy, rng });
        for (const cut of [...cuts.sort((x, y) => x - y), EVENTS]) {
          kernel.runTo(cut);
          // The generators and the number of the event say where the draws are
          kernel.setState(
            Array.from({ length: kernel.longest + 1 }, (_, i) => kernel.tail(i)),
            kernel.event,
            kernel.rng,
          );
        }
        const counts = kernel.counts();
        for (let i = 0; i < counts.integral.length; i++) expect(counts.integral[i]).toBe(expected.integral[i] ?? 0);
        expect(counts.migrations.reduce((sum, value) => sum + value, 0)).toBe(expected.migrations);
        expect(kernel.jobs).toBe(expected.lengths.reduce((sum, q) => sum + q, 0));
        kernel.release();
      }),
      { numRuns: 25, seed: 5 },
    );
  });

  it.each(['narrow', 'wide'] as const)('is short of no count however long the queues of a block grow: %s', (loop) => {
    const lambda = rational(19n, 20n);
    const policy = makePolicy({ kind: 'mbounce', alpha: 3, K: 3, d: 2 });
    const rng = streamPair('3f'.repeat(32), 'long queues');
    const kernel = new KernelMemory({ n: 30, lambda, policy, rng, loop });
    kernel.runTo(20_000);
    const expected = referenceRun(30, lambda, policy, rng, 20_000, loop);
    expect(expected.integral.length).toBeGreaterThan(8); // queues of 7 jobs and more, which one register can't hold
    expect([...kernel.counts().integral]).toEqual(expected.integral);
  });

  it('counts with draws of 64 digits, and with tail counts alone, what the readable simulation counts', () => {
    const setting = fc.record({
      n: fc.integer({ min: 1, max: 300 }),
      loop: fc.constantFrom('wide' as const, 'large' as const),
      lambda: fc.oneof(
        fc.bigInt({ min: 1n, max: 14n }).map((a) => rational(a, 10n)),
        fc.constant(rational(21_000_000_000_001n, 28_000_000_000_003n)), // up to a sixth of the draws are rejected
      ),
      policy: policies,
      cut: fc.integer({ min: 1, max: 900 }),
      role: fc.string(),
    });
    fc.assert(
      fc.property(setting, ({ n, loop, lambda, policy: spec, cut, role }) => {
        const policy = makePolicy(spec);
        const rng = streamPair('4a'.repeat(32), role);
        const expected = referenceRun(n, lambda, policy, rng, 900, loop);
        const kernel = new KernelMemory({ n, lambda, policy, rng, loop });
        kernel.runTo(cut);
        kernel.importLevels(kernel.exportLevels(), kernel.event, kernel.rng);
        kernel.runTo(900);
        const counts = kernel.counts();
        for (let i = 0; i < counts.integral.length; i++) expect(counts.integral[i]).toBe(expected.integral[i] ?? 0);
        expect(counts.stays.reduce((sum, value, i) => sum + i * value, 0)).toBe(expected.stayDelay);
        expect(counts.migrations.reduce((sum, value, i) => sum + i * value, 0)).toBe(expected.shortestSum);
        expect(kernel.jobs).toBe(expected.lengths.reduce((sum, q) => sum + q, 0));
        expect([kernel.longest, kernel.shortest]).toEqual([expected.lengths[0], expected.lengths[n - 1]]);
        kernel.release();
      }),
      { numRuns: 60 },
    );
  });

  it('counts with tail counts alone while tables of lengths follow drifting counts', () => {
    const lambda = rational(9n, 10n);
    const policy = makePolicy({ kind: 'abounce', C: 2, d: 3, K: 2 });
    const rng = streamPair('7d'.repeat(32), 'drift');
    const kernel = new KernelMemory({ n: 1500, lambda, policy, rng, loop: 'large' });
    kernel.runTo(3000);
    const expected = referenceRun(1500, lambda, policy, rng, 3000, 'large');
    expect([...kernel.counts().integral]).toEqual(expected.integral);
    expect([kernel.totals.arrivals, kernel.totals.migrations]).toEqual([expected.arrivals, expected.migrations]);
    kernel.release();
  });

  it('agrees in law between its event loops', () => {
    const lambda = rational(3n, 4n);
    const policy = makePolicy({ kind: 'abounce', C: 2, d: 10, K: 2 });
    const [narrow, wide, large] = (['narrow', 'wide', 'large'] as const).map((loop) => {
      const kernel = new KernelMemory({ n: 100, lambda, policy, loop, rng: streamPair('5b'.repeat(32), loop) });
      kernel.runTo(4_000_000);
      const { arrivals, migrations } = kernel.totals;
      const estimates = { meanQueue: kernel.jobsIntegral / 4e8, migrationFraction: migrations / arrivals };
      kernel.release();
      return estimates;
    });
    for (const other of [wide, large]) {
      expect(other.meanQueue).toBeCloseTo(narrow.meanQueue, 1); // half-width of 4·10^6 events: 0.015
      expect(other.migrationFraction).toBeCloseTo(narrow.migrationFraction, 2);
    }
  });

  it('simulates 10^9 queues near their mean field in the memory of their longest queue', () => {
    const n = 1e9;
    const policy = makePolicy({ kind: 'abounce', C: 2, d: 10, K: 2 });
    const rng = streamPair('6c'.repeat(32), 'large');
    const kernel = new KernelMemory({ n, lambda: rational(3n, 4n), policy, rng });
    // Science brief §5, to the digits shown; the drift of the tails is nil there
    const fixedPoint = [1, 0.939734, 0.749597, 0.417469, 0.123577, 0.004983];
    kernel.setState(
      fixedPoint.map((s) => Math.round(n * s)),
      0,
      rng,
    );
    kernel.runTo(1_000_000);
    const { arrivals, migrations } = kernel.totals;
    expect(arrivals / 1e6).toBeCloseTo(3 / 7, 2);
    expect(migrations / arrivals).toBeCloseTo((0.939734 / 0.75 - 1) / (2 - 1), 2); // s_1 = λ(1 + (K − 1)p_b)
    expect(kernel.jobsIntegral / 1e15).toBeCloseTo(2.23536, 4);
    expect(kernel.exportLevels().byteLength).toBeLessThan(1000);
    kernel.release();
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
