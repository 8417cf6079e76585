import { describe, expect, it } from 'vitest';
import { ControlError } from '../../../src/science/control/controlError.ts';
import {
  type BoundaryOptions,
  type OptimalBoundary,
  optimalBoundary,
} from '../../../src/science/control/optimalBoundary.ts';
import type { Objective } from '../../../src/science/control/pairControl.ts';
import { exactTwoQueues } from '../../../src/science/exact/twoQueues.ts';
import { makePolicy } from '../../../src/science/policy/policy.ts';

function solved(options: BoundaryOptions): OptimalBoundary {
  const found = optimalBoundary(options);
  if (found.status !== 'optimal') throw new Error(found.reason);
  return found;
}

/**
 * The least cost by value iteration on ordered pairs, where every arrival may join either queue: its own as one job, the other as K
 * pieces, also to the longer one and on a tie. Shares nothing with the code under test but the box.
 */
function valueIteration(lambda: number, K: number, objective: Objective, levels: number): number {
  const side = levels + 1;
  const own = objective === 'jobDelay' ? 1 / 2 : 0;
  const clip = (q: number): number => Math.min(levels, q);
  const rate = 2 + 2 * lambda;
  let value = new Float64Array(side * side);
  for (;;) {
    const next = new Float64Array(side * side);
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let a = 0; a <= levels; a++) {
      for (let b = 0; b <= levels; b++) {
        const at = (x: number, y: number): number => value[x * side + y];
        const first = Math.min(
          own * (a + 1) + lambda * at(clip(a + 1), b),
          own * (b + K) + lambda * at(a, clip(b + K)),
        );
        const second = Math.min(
          own * (b + 1) + lambda * at(a, clip(b + 1)),
          own * (a + K) + lambda * at(clip(a + K), b),
        );
        const holding = objective === 'meanQueue' ? (a + b) / 2 : 0;
        next[a * side + b] = (holding + first + second + at(Math.max(0, a - 1), b) + at(a, Math.max(0, b - 1))) / rate;
        const step = (next[a * side + b] - at(a, b)) * rate;
        least = Math.min(least, step);
        most = Math.max(most, step);
      }
    }
    if (most - least < 1e-9) return (least + most) / 2;
    const origin = next[0];
    value = next.map((v) => v - origin);
  }
}

describe('the optimal boundary of two queues', () => {
  // science brief §5, λ = 0.75, K = 2, d = all: two rules, each the best for one objective
  it.each([
    ['meanQueue', 2.638669],
    ['jobDelay', 3.461233],
  ] as const)('has the reference %s %d', (objective, expected) => {
    expect(solved({ lambda: '3/4', K: 2, objective })[objective]).toBeCloseTo(expected, 6);
  });

  it.each([
    ['meanQueue', 0.6, 2],
    ['jobDelay', 0.6, 2],
    ['jobDelay', 0.5, 3],
  ] as const)('costs what value iteration over all actions finds: %s, λ = %d, K = %d', (objective, lambda, K) => {
    const levels = 32;
    const found = solved({ lambda, K, objective, levels });
    expect(found[objective]).toBeCloseTo(valueIteration(lambda, K, objective, levels), 6);
  });

  it('is the best of all small boundaries by their exact laws', () => {
    const optimum = solved({ lambda: 0.5, K: 2, objective: 'jobDelay', tolerance: 1e-12 });
    const [t0, t1, t2, ...more] = optimum.shape.thresholds;
    expect([t0, t1, t2]).toEqual([1, 4, 7]);
    const costs = new Map<string, number>();
    for (let a = 0; a <= 3; a++) {
      for (let b = Math.max(a, 3); b <= 5; b++) {
        for (let c = Math.max(b, 6); c <= 8; c++) {
          const policy = makePolicy({ kind: 'table', thresholds: [a, b, c, ...more], K: 2 });
          const exact = exactTwoQueues({ lambda: 0.5, policy, tolerance: 1e-12 });
          if (exact.status === 'exact') costs.set(`${a} ${b} ${c}`, exact.jobDelay);
        }
      }
    }
    expect(costs.size).toBe(4 * 3 * 3);
    const [best] = [...costs].sort(([, x], [, y]) => x - y);
    expect(best[0]).toBe('1 4 7');
    // Beyond the thresholds that are known the table goes on with slope one, hence not to every digit.
    expect(best[1]).toBeCloseTo(optimum.jobDelay, 7);
    expect(best[1]).toBeGreaterThan(optimum.jobDelay - 1e-11);
  });

  it('does not depend on its box: another one has the same thresholds and cost', () => {
    const small = solved({ lambda: 0.75, K: 2, objective: 'jobDelay', levels: 60 });
    const large = solved({ lambda: 0.75, K: 2, objective: 'jobDelay', levels: 90 });
    expect(small.shape.thresholds).toEqual([2, 6, 12, 23]);
    expect(large.shape.thresholds.slice(0, 4)).toEqual(small.shape.thresholds);
    expect(large.jobDelay).toBeCloseTo(small.jobDelay, 7);
    expect(small.edgeMass).toBeGreaterThan(large.edgeMass);
    expect(Math.abs(large.change)).toBeLessThan(1e-7);
  });

  it('is a threshold rule that never falls, and proves that none is better in its box', () => {
    for (const K of [2, 3, 4]) {
      const { shape, gap, edgeMass } = solved({ lambda: 0.7, K, objective: 'jobDelay' });
      expect(shape).toMatchObject({ isThreshold: true, isMonotone: true, exceptions: 0 });
      expect(shape.thresholds.length).toBeGreaterThan(1);
      expect(gap).toBeLessThan(1e-9);
      expect(edgeMass).toBeLessThan(1e-10);
    }
  });

  it('joins the shorter queue where migration is free, and stays where both are equal', () => {
    const { meanQueue, shape } = solved({ lambda: 0.75, K: 1, objective: 'meanQueue' });
    expect(meanQueue).toBeCloseTo(1.8360401451, 8); // science brief §5: JSQ, n = 2
    // From a queue longer by one, migrating only exchanges the queues' names; a tie stays, as there is no longer queue.
    expect(shape.thresholds.slice(0, 8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('sees less and costs more with fewer samples', () => {
    const cost = (d: number | 'all') => solved({ lambda: 0.7, K: 2, d, objective: 'jobDelay' }).jobDelay;
    expect(cost(1)).toBeGreaterThan(cost(3));
    expect(cost(3)).toBeGreaterThan(cost('all'));
    expect(cost(40)).toBeCloseTo(cost('all'), 9);
  });

  it('evaluates a policy for d = 2 as the exact solution of two queues does', () => {
    const optimum = solved({ lambda: 0.5, K: 2, d: 2, objective: 'jobDelay', tolerance: 1e-12 });
    const policy = makePolicy({ kind: 'table', thresholds: optimum.shape.thresholds, d: 2, K: 2 });
    const exact = exactTwoQueues({ lambda: 0.5, policy });
    if (exact.status !== 'exact') throw new Error(exact.reason);
    expect(exact.jobDelay).toBeCloseTo(optimum.jobDelay, 6);
    expect(exact.migrationFraction).toBeCloseTo(optimum.migrationFraction, 6);
  });

  it('answers a box that was asked for with the mass at its edge', () => {
    const found = solved({ lambda: 0.9, K: 2, objective: 'jobDelay', levels: 30 });
    expect(found.model.levels).toBe(30);
    expect(found.edgeMass).toBeGreaterThan(1e-4);
    expect(Math.abs(found.change)).toBeGreaterThan(1e-3);
  });

  it('has a status where the box that is needed would be too large', () => {
    expect(optimalBoundary({ lambda: 0.995, K: 2, objective: 'jobDelay' })).toEqual({
      status: 'undecided',
      reason: 'at least 2296 levels would be needed, more than the 320 that fit',
      levels: 0,
      edgeMass: null,
    });
  });

  it.each([
    [{ lambda: 1 }, 'lambda', 'the arrival rate must be between 0 and 1, the service rate, found 1'],
    [{ lambda: Number.NaN }, 'lambda', 'the arrival rate must be between 0 and 1, the service rate, found NaN'],
    [{ lambda: 'much' }, 'lambda', 'the arrival rate must be between 0 and 1, the service rate, found much'],
    [{ K: 1.5 }, 'K', 'K must be an integer ≥ 1, found 1.5'],
    [{ d: 0 }, 'd', 'd must be an integer ≥ 1 or "all", found 0'],
    [{ levels: 3 }, 'levels', 'levels must be an integer from 2K = 4 to 320, found 3'],
  ])('refuses %o', (wrong, parameter, message) => {
    const refused = () => optimalBoundary({ lambda: 0.5, K: 2, objective: 'jobDelay', ...wrong });
    expect(refused).toThrow(new ControlError(parameter, message));
    expect(refused).toThrow(expect.objectContaining({ parameter }));
  });
});
