import fc from 'fast-check';
import { Matrix, solve } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { exactFewQueues, type FewQueuesResult } from '../../../src/science/exact/fewQueues.ts';
import { orderedStateCount, orderedStates } from '../../../src/science/exact/orderedQueues.ts';
import { exactTwoQueues } from '../../../src/science/exact/twoQueues.ts';
import { makePolicy, type Policy } from '../../../src/science/policy/policy.ts';
import { simulate } from '../../../src/science/sim/simulate.ts';
import { tInterval } from '../../../src/science/stats/interval.ts';
import { anyPolicy } from '../meanfield/policies.ts';

function exact(options: Parameters<typeof exactFewQueues>[0]): FewQueuesResult {
  const result = exactFewQueues(options);
  if (result.status !== 'exact') throw new Error(`${result.status}: ${result.reason}`);
  return result;
}

/** The law of three queues on {0 … L}³ from its definition, queue by queue and sample by sample; no symmetry used. */
function denseOracle(policy: Policy, lambda: number, L: number) {
  const width = L + 1;
  const size = width ** 3;
  const at = (q: readonly number[]) => q.reduce((sum, length) => sum * width + Math.min(length, L), 0);
  const Q = Matrix.zeros(size, size);
  const migrating = new Array<number>(size).fill(0);
  const samples = Array.from({ length: policy.d === 'all' ? 1 : 3 ** policy.d }, (_, code) =>
    policy.d === 'all' ? [0, 1, 2] : Array.from({ length: policy.d }, (_, k) => Math.floor(code / 3 ** k) % 3),
  );
  for (let from = 0; from < size; from++) {
    const q = [Math.floor(from / width / width), Math.floor(from / width) % width, from % width];
    const leave = (queue: number, jobs: number, rate: number) => {
      const to = at(q.map((length, k) => (k === queue ? length + jobs : length)));
      Q.set(to, from, Q.get(to, from) + rate);
      Q.set(from, from, Q.get(from, from) - rate);
    };
    q.forEach((length, k) => {
      if (length > 0) leave(k, -1, 1);
    });
    for (let origin = 0; origin < 3; origin++) {
      for (const sampled of samples) {
        const rate = lambda / samples.length;
        const least = Math.min(...sampled.map((k) => q[k]));
        if (q[origin] < policy.beta(least)) leave(origin, 1, rate);
        else {
          migrating[from] += rate / lambda / 3;
          leave(sampled.find((k) => q[k] === least)!, policy.K, rate);
        }
      }
    }
  }
  for (let k = 0; k < size; k++) Q.set(size - 1, k, 1);
  const rhs = Matrix.zeros(size, 1);
  rhs.set(size - 1, 0, 1);
  const pi = solve(Q, rhs).to1DArray();
  // A fixed one of equally short queues is joined here, so that the queues differ by name: their mean does not.
  const tails = Array.from({ length: width }, (_, i) =>
    pi.reduce((sum, mass, k) => {
      const q = [Math.floor(k / width / width), Math.floor(k / width) % width, k % width];
      return sum + (mass * q.filter((length) => length >= i).length) / 3;
    }, 0),
  );
  return { tails, migrationFraction: pi.reduce((sum, mass, k) => sum + mass * migrating[k], 0) };
}

describe('orderedStates', () => {
  it('numbers all ordered lengths once, by the longest', () => {
    for (const [width, levels] of [
      [1, 7],
      [2, 6],
      [3, 5],
      [4, 4],
    ]) {
      const states = orderedStates(width, levels);
      expect(states.size).toBe(orderedStateCount(width, levels));
      let longest = 0;
      for (let state = 0; state < states.size; state++) {
        const lengths = states.lengths.subarray(state * width, (state + 1) * width);
        expect(states.indexOf(lengths)).toBe(state);
        expect([...lengths]).toEqual([...lengths].sort((a, b) => b - a));
        expect(lengths[0]).toBeGreaterThanOrEqual(longest);
        longest = lengths[0];
      }
      expect(longest).toBe(levels);
    }
  });
});

describe('exactFewQueues', () => {
  it('agrees with a dense solve of three named queues by ml-matrix for any policy and d', () => {
    const levels = 5;
    // Every sample is enumerated, so few of them.
    const policies = fc
      .tuple(anyPolicy, fc.constantFrom(1, 2, 3, 'all' as const))
      .filter(([policy]) => policy.K <= levels)
      .map(([policy, d]) => makePolicy({ ...policy.spec, d }));
    fc.assert(
      fc.property(policies, fc.double({ min: 0.05, max: 0.12, noNaN: true }), (policy, lambda) => {
        const { tails, migrationFraction } = exact({ n: 3, lambda, policy, levels });
        const oracle = denseOracle(policy, lambda, levels);
        oracle.tails.forEach((tail, i) => {
          expect(Math.abs(tails[i] - tail)).toBeLessThan(1e-12);
        });
        expect(migrationFraction).toBeCloseTo(oracle.migrationFraction, 12);
      }),
      { numRuns: 8, seed: 3 },
    );
  });

  it('is the pair where n = 2', () => {
    for (const spec of [
      { kind: 'abounce', C: 2, K: 2 },
      { kind: 'mbounce', alpha: 1.5, K: 2, d: 2 },
      { kind: 'sq', K: 1, d: 1 },
    ] as const) {
      const policy = makePolicy(spec);
      const few = exact({ n: 2, lambda: 0.6, policy });
      const pair = exactTwoQueues({ lambda: 0.6, policy });
      if (pair.status !== 'exact') throw new Error(pair.reason);
      for (const name of ['meanQueue', 'jobDelay', 'pieceSojourn', 'migrationFraction'] as const) {
        expect(few[name]).toBeCloseTo(pair[name], 10);
      }
      for (const i of [0, 1, 5, 12]) expect(few.tails[i]).toBeCloseTo(pair.tails[i], 12);
    }
  });

  it('is the product of three M/M/1 laws without sharing', () => {
    const { meanQueue, jobDelay, tails, longest, edgeMass, residual } = exact({
      n: 3,
      lambda: 0.5,
      policy: makePolicy({ kind: 'none' }),
    });
    expect(meanQueue).toBeCloseTo(1, 10);
    expect(jobDelay).toBeCloseTo(2, 10);
    tails.slice(0, 20).forEach((tail, i) => {
      expect(tail).toBeCloseTo(0.5 ** i, 12);
    });
    for (const i of [1, 4, 9]) expect(longest[i]).toBeCloseTo((1 - 0.5 ** (i + 1)) ** 3 - (1 - 0.5 ** i) ** 3, 11);
    expect(edgeMass).toBeLessThan(1e-12);
    expect(residual).toBeLessThan(1e-13);
  });

  it.each([
    [3, { kind: 'abounce', C: 2, K: 2, d: 2 }],
    [4, { kind: 'mbounce', alpha: 2, K: 2 }],
  ] as const)('lies in the interval of a simulation of %d queues under %o', (n, spec) => {
    const { meanQueue, jobDelay, migrationFraction, flowImbalance } = exact({
      n,
      lambda: 0.5,
      policy: makePolicy(spec),
    });
    expect(flowImbalance).toBeLessThan(1e-12);
    const runs = Array.from({ length: 6 }, (_, k) =>
      simulate({ n, lambda: 0.5, policy: spec, events: 2 ** 21, seed: `${k}`.repeat(64) }),
    );
    for (const [name, value] of Object.entries({ meanQueue, jobDelay, migrationFraction })) {
      const { lo, hi, halfWidth } = tInterval(
        runs.map((run) => run[name as 'meanQueue']),
        0.999,
      );
      expect(halfWidth / value, name).toBeLessThan(0.03);
      expect(value, name).toBeGreaterThan(lo);
      expect(value, name).toBeLessThan(hi);
    }
  });

  it('gives a status, never a number, for unstable rates and boxes beyond reach', () => {
    const policy = makePolicy({ kind: 'abounce', C: 2, K: 2 });
    const unstable = exactFewQueues({ n: 3, lambda: 0.8567, policy });
    expect(unstable.status).toBe('unstable');
    expect(unstable).not.toHaveProperty('meanQueue');
    expect(exactFewQueues({ n: 3, lambda: 1, policy: makePolicy({ kind: 'none' }) }).status).toBe('unstable');
    expect(() => exactFewQueues({ n: 3, lambda: 0, policy })).toThrow('positive and finite, found 0');
    expect(() => exactFewQueues({ n: 1, lambda: 0.5, policy })).toThrow('n must be an integer ≥ 2, found 1');
    expect(() => exactFewQueues({ n: 3, lambda: 0.5, policy, levels: 113 })).toThrow('from K = 2 to 112 for 3 queues');
  });
});
