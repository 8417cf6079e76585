import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coupleWithNoSharing, lower, raise } from '../../../src/science/drift/coupling.ts';
import type { PolicySpec } from '../../../src/science/policy/policy.ts';

/** mulberry32, a small generator for tests. */
function uniformFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const comparison = fc.constantFrom('strict' as const, 'weak' as const);
const d = fc.constantFrom(1, 2, 5, 'all' as const);
const K = fc.integer({ min: 1, max: 4 });
const landing: fc.Arbitrary<PolicySpec> = fc.oneof(
  fc
    .record({ K, extra: fc.nat(3), d, comparison })
    .map(({ extra, ...rest }) => ({ kind: 'abounce' as const, C: rest.K + extra, ...rest })),
  fc
    .record({ K, alpha: fc.constantFrom('11/10', '3/2', '2', '3'), d, comparison })
    .map((spec) => ({ kind: 'mbounce' as const, ...spec })),
  fc.record({ K, d }).map((spec) => ({ kind: 'sq' as const, ...spec })),
);

describe('Theorem 1 by coupling', () => {
  test('no sharing with K pieces a job dominates every policy whose migrants land below their origin, event by event', () => {
    fc.assert(
      fc.property(
        landing,
        fc.integer({ min: 2, max: 12 }),
        fc.constantFrom(0.1, 0.3, 0.45, 0.9),
        fc.integer(),
        (policy, n, lambda, seed) => {
          const report = coupleWithNoSharing({ n, lambda, policy, events: 3000, uniform: uniformFrom(seed) });
          expect(report).toMatchObject({ status: 'dominated', violations: 0, violation: null, landsBelowOrigin: true });
          expect(report.maxExcess).toBeLessThanOrEqual(0);
          expect(report.meanWork.policy).toBeLessThanOrEqual(report.meanWork.noSharing);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('the one-event lemma, exhaustively: x ≺_w y is kept by every event, all x and y up to length 6', () => {
    const n = 3;
    const pieces = 2;
    const vectors: Int32Array[] = [];
    for (let a = 0; a <= 6; a++) {
      for (let b = 0; b <= a; b++) for (let c = 0; c <= b; c++) vectors.push(Int32Array.of(a, b, c));
    }
    const dominated = (x: Int32Array, y: Int32Array): boolean => {
      let excess = 0;
      return x.every((length, k) => {
        excess += length - y[k];
        return excess <= 0;
      });
    };
    const following = (q: Int32Array, event: (copy: Int32Array) => void): Int32Array => {
      const copy = q.slice();
      event(copy);
      return copy;
    };
    let steps = 0;
    for (const x of vectors) {
      for (const y of vectors.filter((candidate) => dominated(x, candidate))) {
        for (let r = 0; r < n; r++) {
          const served = [following(x, (q) => lower(q, r)), following(y, (q) => lower(q, r))] as const;
          const joined = following(y, (q) => raise(q, r, pieces));
          let kept =
            dominated(...served) &&
            dominated(
              following(x, (q) => raise(q, r, 1)),
              joined,
            );
          for (let j = 0; j < n; j++) {
            if (x[j] + pieces <= x[r])
              kept &&= dominated(
                following(x, (q) => raise(q, j, pieces)),
                joined,
              );
          }
          if (!kept) throw new Error(`broken at ${x} ≺ ${y}, rank ${r}`);
          steps++;
        }
      }
    }
    expect(steps).toBeGreaterThan(5000);
  });

  test('where a migrant may pass its origin, domination fails with a witness', () => {
    const policy: PolicySpec = { kind: 'table', thresholds: [0], K: 2, comparison: 'weak' };
    const report = coupleWithNoSharing({ n: 2, lambda: 0.1, policy, events: 20_000, uniform: uniformFrom(4) });
    expect(report).toMatchObject({ status: 'violated', landsBelowOrigin: false, events: 20_000 });
    const { policy: x, noSharing: y, k } = report.violation!;
    const sum = (q: readonly number[]) => q.slice(0, k).reduce((a, b) => a + b, 0);
    expect(sum(x)).toBeGreaterThan(sum(y));
    expect(report.maxExcess).toBeGreaterThan(0);
  });

  test('without sharing and K = 1 both systems are the same', () => {
    const report = coupleWithNoSharing({
      n: 4,
      lambda: '0.7',
      policy: { kind: 'none' },
      events: 5000,
      uniform: uniformFrom(7),
    });
    expect(report).toMatchObject({ status: 'dominated', migrations: 0, maxExcess: 0 });
    expect(report.meanWork.policy).toBe(report.meanWork.noSharing);
  });

  test('the dominating system has the mean work of n batch queues', () => {
    // M^K/M/1: E[pieces] = ρ(K+1)/(2(1−ρ)) with ρ = λK; K = 2, λ = 0.25, n = 3: 3·1.5.
    const policy: PolicySpec = { kind: 'abounce', C: 2, K: 2 };
    const report = coupleWithNoSharing({ n: 3, lambda: 0.25, policy, events: 400_000, uniform: uniformFrom(11) });
    expect(Math.abs(report.meanWork.noSharing - 4.5)).toBeLessThan(0.15);
  });

  test.each([
    [{ n: 1 }, 'n', 'n must be an integer ≥ 2, found 1'],
    [{ events: 0 }, 'events', 'events must be an integer ≥ 1, found 0'],
    [{ lambda: -1 }, 'lambda', 'lambda must be positive, found -1'],
  ])('%j is refused', (change, parameter, message) => {
    const base = { n: 2, lambda: 0.4, policy: { kind: 'none' } as const, events: 10, uniform: uniformFrom(1) };
    let caught: unknown;
    try {
      coupleWithNoSharing({ ...base, ...change });
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ name: 'DriftError', parameter, message });
  });
});
