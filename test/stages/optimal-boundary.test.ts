import { describe, expect, it } from 'vitest';
import { makePolicy } from '../../src/science/policy/policy.ts';
import { rowsOf } from '../../src/tables/rows.ts';
import exact from '../../stages/exact.ts';
import optimalBoundary from '../../stages/optimal-boundary.ts';
import optimalThresholds from '../../stages/optimal-thresholds.ts';
import { numbers, problemsOf, rowOf, runKind } from './runKind.ts';

describe('the optimal boundary of two queues', () => {
  it('stands beside the best of each family, which costs what its exact law says', async () => {
    const { thresholds, rules, summary } = await runKind(optimalBoundary, {
      lambda: 0.6,
      K: 3,
      largestC: 8,
      largestAlpha: 12,
    });
    expect(rowOf(summary)).toMatchObject({ status: 'optimal', isThreshold: true, isMonotone: true, gap: 0 });
    const rows = rowsOf(rules);
    expect(rows.map(({ rule }) => rule)).toEqual(['optimal', 'additive', 'multiplicative', 'floored']);
    expect(rows[0]).toMatchObject({ excess: 0, C: null, alpha: null, policy: null });
    for (const row of rows.slice(1)) {
      expect(row.excess).toBeGreaterThan(-1e-6);
      const policy = JSON.parse(row.policy as string);
      const { summary: law } = await runKind(exact, { lambda: 0.6, policy });
      expect(rowOf(law).jobDelay).toBeCloseTo(row.jobDelay as number, 6);
    }
    // T(0) = 4 here, where MBOUNCE has its floor K = 3
    const first = rowsOf(thresholds).filter(({ m }) => m === 0);
    expect(first.map(({ rule, threshold }) => [rule, threshold])).toEqual([
      ['optimal', 4],
      ['additive', rows[1].C],
      ['multiplicative', 3],
      ['floored', 4],
    ]);
  });

  it('is for the mean queue where that is asked for', async () => {
    const run = async (objective: string) => {
      const { rules } = await runKind(optimalBoundary, { lambda: 0.5, K: 2, objective, largestC: 4, largestAlpha: 6 });
      return rowsOf(rules)[0] as { meanQueue: number; jobDelay: number };
    };
    const [queue, delay] = [await run('meanQueue'), await run('jobDelay')];
    expect(queue.meanQueue).toBeLessThan(delay.meanQueue);
    expect(delay.jobDelay).toBeLessThan(queue.jobDelay);
  });

  it('refuses what has no answer, at its place', () => {
    const problems = (params: object) => problemsOf(optimalBoundary, { lambda: 0.5, K: 2, ...params });
    expect(problems({ lambda: 1 })).toEqual([
      { path: '/lambda', message: 'lambda must be below the service rate 1, found 1' },
    ]);
    expect(problems({ K: 30 })).toEqual([{ path: '/largestC', message: 'largestC must be at least K = 30, found 24' }]);
  });
});

describe('the optimal thresholds of the mean field', () => {
  it('stand beside the best of each family', async () => {
    const { thresholds, rules, summary } = await runKind(optimalThresholds, {
      lambda: 0.75,
      K: 2,
      d: 10,
      entries: 4,
      largestC: 8,
      largestAlpha: 8,
    });
    expect(rowOf(summary)).toMatchObject({ status: 'optimal', stationary: true });
    expect(rowsOf(rules).map(({ rule, C, alpha }) => [rule, C, alpha])).toEqual([
      ['optimal', null, null],
      ['additive', 3, null],
      ['multiplicative', null, 5],
      ['floored', 2, 5],
    ]);
    expect(numbers(rules, 'excess').every((excess) => excess >= 0)).toBe(true);
    const own = rowsOf(thresholds).filter(({ rule }) => rule === 'optimal');
    const policy = makePolicy(JSON.parse(rowsOf(rules)[0].policy as string));
    expect(own.map(({ m, threshold }) => [m, threshold])).toEqual([0, 1, 2, 3].map((m) => [m, policy.beta(m) - 1]));
  });
});
