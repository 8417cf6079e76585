import fc from 'fast-check';
import { Matrix, solve } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { type ExactResult, exactTwoQueues } from '../../../src/science/exact/twoQueues.ts';
import { makePolicy, type Policy, type PolicySpec } from '../../../src/science/policy/policy.ts';
import { anyPolicy } from '../meanfield/policies.ts';

function exact(options: Parameters<typeof exactTwoQueues>[0]): ExactResult {
  const result = exactTwoQueues(options);
  if (result.status !== 'exact') throw new Error(`${result.status}: ${result.reason}`);
  return result;
}

/** The joint law on {0 … L}² from its definition: P(min of d samples ≥ m) = (m_m/2)^d, no symmetry used. */
function denseOracle(policy: Policy, lambda: number, L: number): { joint: number[]; migrationFraction: number } {
  const width = L + 1;
  const size = width * width;
  const Q = Matrix.zeros(size, size);
  const leave = (from: number, a: number, b: number, rate: number) => {
    const to = Math.min(a, L) * width + Math.min(b, L);
    Q.set(to, from, Q.get(to, from) + rate);
    Q.set(from, from, Q.get(from, from) - rate);
  };
  const migrating = new Array<number>(size).fill(0);
  for (let a = 0; a <= L; a++) {
    for (let b = 0; b <= L; b++) {
      const from = a * width + b;
      if (a > 0) leave(from, a - 1, b, 1);
      if (b > 0) leave(from, a, b - 1, 1);
      for (const origin of [0, 1]) {
        const q = origin === 0 ? a : b;
        const atLeast = (m: number) =>
          policy.d === 'all' ? +(a >= m && b >= m) : ((+(a >= m) + +(b >= m)) / 2) ** policy.d;
        for (const m of new Set([a, b])) {
          const p = lambda * (atLeast(m) - atLeast(m + 1));
          if (p === 0) continue;
          if (q < policy.beta(m)) {
            leave(from, a + (origin === 0 ? 1 : 0), b + (origin === 1 ? 1 : 0), p);
          } else {
            migrating[from] += p / lambda / 2;
            const holders = (a === m ? 1 : 0) + (b === m ? 1 : 0);
            if (a === m) leave(from, a + policy.K, b, p / holders);
            if (b === m) leave(from, a, b + policy.K, p / holders);
          }
        }
      }
    }
  }
  for (let k = 0; k < size; k++) Q.set(size - 1, k, 1);
  const rhs = Matrix.zeros(size, 1);
  rhs.set(size - 1, 0, 1);
  const joint = solve(Q, rhs).to1DArray();
  return { joint, migrationFraction: joint.reduce((sum, mass, k) => sum + mass * migrating[k], 0) };
}

describe('exactTwoQueues', () => {
  it.each([
    // Science brief §5: n = 2, d = all, K = 2, λ = 0.75.
    [{ kind: 'abounce', C: 2 }, 3.2789420516, 4.0733248299, 0.0882189909],
    [{ kind: 'abounce', C: 3 }, 2.9417002968, 3.76021055, 0.0549359685],
    [{ kind: 'mbounce', alpha: '1.5' }, 3.0975995058, 3.8923267427, 0.0840053378],
    [{ kind: 'mbounce', alpha: 2 }, 2.8749407033, 3.6716480946, 0.0747819351],
    [{ kind: 'mbounce', alpha: 3 }, 2.7292940493, 3.5317938951, 0.0652433019],
  ] as [PolicySpec, number, number, number][])(
    'gives the reference values of %o',
    (spec, meanQueue, jobDelay, fraction) => {
      const result = exact({ lambda: '0.75', policy: makePolicy({ K: 2, d: 'all', ...spec }) });
      expect(Math.abs(result.meanQueue - meanQueue)).toBeLessThan(1e-9);
      expect(Math.abs(result.jobDelay - jobDelay)).toBeLessThan(1e-9);
      expect(Math.abs(result.migrationFraction - fraction)).toBeLessThan(1e-9);
      expect(result.edgeMass).toBeLessThan(1e-13);
      // Flow balance: s₁ = λ(1 + (K−1)p_b).
      expect(result.tails[1]).toBeCloseTo(0.75 * (1 + result.migrationFraction), 11);
    },
  );

  it.each([
    [0.5, 0.7131603756],
    [0.75, 1.8360401451],
    [0.9, 4.9274215391],
  ])('gives join-the-shortest-queue at λ = %d', (lambda, meanQueue) => {
    const result = exact({ lambda, policy: makePolicy({ kind: 'sq' }) });
    expect(Math.abs(result.meanQueue - meanQueue)).toBeLessThan(1e-9);
    expect(Math.abs(result.jobDelay - meanQueue / lambda)).toBeLessThan(1e-9); // Little's law
  });

  it('gives independent M/M/1 queues without sharing', () => {
    const { joint, tails, jobDelay } = exact({ lambda: 0.6, policy: makePolicy({ kind: 'none', d: 3 }) });
    const width = joint.levels + 1;
    for (const [a, b] of [
      [0, 0],
      [3, 1],
      [7, 9],
    ]) {
      expect(joint.probabilities[a * width + b] / (0.16 * 0.6 ** (a + b))).toBeCloseTo(1, 9);
    }
    expect(tails[5]).toBeCloseTo(0.6 ** 5, 11);
    expect(jobDelay).toBeCloseTo(2.5, 9);
  });

  it('agrees with a small dense solve by ml-matrix for any policy and d', () => {
    const levels = 9;
    const policies = fc
      .tuple(anyPolicy, fc.boolean())
      .map(([policy, all]) => (all ? makePolicy({ ...policy.spec, d: 'all' }) : policy));
    fc.assert(
      fc.property(policies, fc.double({ min: 0.05, max: 0.12, noNaN: true }), (policy, lambda) => {
        const { joint, migrationFraction } = exact({ lambda, policy, levels });
        const oracle = denseOracle(policy, lambda, levels);
        oracle.joint.forEach((mass, k) => {
          expect(Math.abs(joint.probabilities[k] - mass)).toBeLessThan(1e-13);
        });
        expect(migrationFraction).toBeCloseTo(oracle.migrationFraction, 12);
      }),
      { numRuns: 25, seed: 8 },
    );
  });

  it('converges with the box and to d = all with d', () => {
    const result = (d: number | 'all', levels: number) =>
      exact({ lambda: 0.6, policy: makePolicy({ kind: 'abounce', C: 2, K: 2, d }), levels });
    expect(result('all', 60).meanQueue).toBeCloseTo(result('all', 80).meanQueue, 10);
    expect(result(40, 60).meanQueue).toBeCloseTo(result('all', 60).meanQueue, 9);
  });

  it('gives a status, never a number, for unstable rates and boxes beyond reach', () => {
    const policy = makePolicy({ kind: 'abounce', C: 2, K: 2 });
    const unstable = exactTwoQueues({ lambda: 0.895, policy });
    expect(unstable.status).toBe('unstable');
    expect(unstable).not.toHaveProperty('meanQueue');
    expect(exactTwoQueues({ lambda: 1, policy: makePolicy({ kind: 'none' }) }).status).toBe('unstable');
    const tooWide = exactTwoQueues({ lambda: 0.98, policy: makePolicy({ kind: 'none' }) });
    expect(tooWide.status).toBe('undecided');
    expect(tooWide).not.toHaveProperty('meanQueue');
    expect(() => exactTwoQueues({ lambda: -1, policy })).toThrow('positive and finite, found -1');
    expect(() => exactTwoQueues({ lambda: 0.5, policy, levels: 1 })).toThrow('levels must be an integer ≥ K = 2');
  });
});
