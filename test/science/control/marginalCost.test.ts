import { describe, expect, it } from 'vitest';
import { marginalCosts, prices } from '../../../src/science/control/marginalCost.ts';
import type { Objective } from '../../../src/science/control/pairControl.ts';
import { pricesAt } from '../../../src/science/control/thresholdValue.ts';
import { meanFieldModel } from '../../../src/science/meanfield/equations.ts';
import { fixedPoint } from '../../../src/science/meanfield/fixedPoint.ts';
import { factorLu, solveLu } from '../../../src/science/numeric/lu.ts';
import { makePolicy } from '../../../src/science/policy/policy.ts';

const B = 16;
const K = 2;
const d = 3;
const lambda = 0.75;

/** u(m, q): the probability that an arrival at length q with shortest sampled length m migrates. */
type Rule = (m: number, q: number) => number;

const p = (s: Float64Array, m: number): number => s[m] ** d - (s[m + 1] ?? 0) ** d;
const x = (s: Float64Array, q: number): number => s[q] - (s[q + 1] ?? 0);

/** ds_i/dt, i = 1 … B, of a randomised rule, arrival by arrival: nothing of the index tables of equations.ts. */
function flow(rule: Rule, s: Float64Array): Float64Array {
  const out = new Float64Array(B);
  for (let q = 0; q <= B; q++) {
    if (q >= 1) out[q - 1] -= x(s, q);
    for (let m = 0; m <= B; m++) {
      const rate = lambda * p(s, m) * x(s, q);
      const migrates = rule(m, q);
      if (q + 1 <= B) out[q] += rate * (1 - migrates);
      for (let i = m + 1; i <= Math.min(B, m + K); i++) out[i - 1] += rate * migrates;
    }
  }
  return out;
}

/** The objective at the fixed point of a randomised rule, by Newton's method with a numerical Jacobian. */
function cost(rule: Rule, start: Float64Array, objective: Objective): number {
  const s = Float64Array.from(start);
  for (let step = 0; step < 6; step++) {
    const here = flow(rule, s);
    const matrix = new Float64Array(B * B);
    for (let j = 1; j <= B; j++) {
      const by = 1e-7;
      const up = Float64Array.from(s);
      const down = Float64Array.from(s);
      up[j] += by;
      down[j] -= by;
      const [above, below] = [flow(rule, up), flow(rule, down)];
      for (let i = 0; i < B; i++) matrix[i * B + j - 1] = (above[i] - below[i]) / (2 * by);
    }
    const change = solveLu(factorLu(matrix, B), here);
    for (let i = 1; i <= B; i++) s[i] -= change[i - 1];
  }
  if (objective === 'meanQueue') return s.slice(1).reduce((sum, tail) => sum + tail, 0);
  let delay = 0;
  for (let q = 0; q <= B; q++) {
    for (let m = 0; m <= B; m++) {
      delay += p(s, m) * x(s, q) * ((1 - rule(m, q)) * (q + 1) + rule(m, q) * (m + K));
    }
  }
  return delay;
}

describe('marginal costs', () => {
  const policy = makePolicy({ kind: 'table', thresholds: [2, 4, 7], d, K });
  const rule: Rule = (m, q) => Number(q >= policy.beta(m));
  const point = fixedPoint({ lambda, policy, truncation: B });
  if (point.status !== 'converged') throw new Error(point.reason);
  const { tails } = point;

  it.each(['jobDelay', 'meanQueue'] as const)(
    'are the derivative of %s by any decision: finite differences',
    (objective) => {
      const tables = meanFieldModel(policy).tables(B + 1);
      const costs = marginalCosts(tables, lambda, tails, objective);
      const priced = prices(costs!, lambda, K, objective);
      for (const [m, q] of [
        [0, 2],
        [0, 3],
        [1, 4],
        [1, 5],
        [2, 7],
        [0, 0],
        [1, 1],
        [3, 5],
      ]) {
        const by = 1e-3;
        const moved =
          (sign: number): Rule =>
          (a, b) =>
            rule(a, b) + (a === m && b === q ? sign * by : 0);
        const slope = (cost(moved(1), tails, objective) - cost(moved(-1), tails, objective)) / (2 * by);
        const predicted = p(tails, m) * x(tails, q) * (priced.migrate[m] - priced.stay[q]);
        expect(Math.abs(slope - predicted)).toBeLessThan(1e-8 + 1e-5 * Math.abs(predicted));
      }
    },
  );

  it('rise with the length that a piece makes: a longer queue is dearer', () => {
    const { stay, migrate } = pricesAt({ lambda, d, K, objective: 'jobDelay' }, policy, tails)!;
    for (let q = 1; q < 40; q++) expect(stay[q]).toBeGreaterThan(stay[q - 1]);
    for (let m = 1; m < 40; m++) expect(migrate[m]).toBeGreaterThan(migrate[m - 1]);
  });

  it('are q + 1 pieces’ worth without sharing: W_i = i/(1 − λ) for E[q] in a single queue', () => {
    // One more piece at length i keeps Σ s larger by one for the i/(1 − λ) that the queue takes to empty.
    const alone = makePolicy({ kind: 'none', d, K });
    const levels = 120;
    const s = Float64Array.from({ length: levels + 1 }, (_, i) => lambda ** i);
    const costs = marginalCosts(meanFieldModel(alone).tables(levels + 1), lambda, s, 'meanQueue')!;
    for (let i = 1; i < 10; i++) expect(costs[i]).toBeCloseTo(i / (1 - lambda), 6);
  });
});
