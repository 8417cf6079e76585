import { describe, expect, it } from 'vitest';
import { ControlError } from '../../../src/science/control/controlError.ts';
import { optimalThresholds, type ThresholdOptions } from '../../../src/science/control/optimalThresholds.ts';
import { policyValue, tablePolicy } from '../../../src/science/control/thresholdValue.ts';
import { fixedPoint } from '../../../src/science/meanfield/fixedPoint.ts';
import { makePolicy } from '../../../src/science/policy/policy.ts';

const PAPER = { lambda: 0.75, K: 2, d: 10, objective: 'jobDelay' } as const;

function solved(options: ThresholdOptions) {
  const found = optimalThresholds(options);
  if (found.status !== 'optimal') throw new Error(found.reason);
  return found;
}

describe('the optimal thresholds of the mean field', () => {
  it.each([
    [PAPER, 3],
    [{ lambda: 0.6, K: 3, d: 2, objective: 'meanQueue' } as const, 3],
    [{ lambda: 0.9, K: 2, d: 10, objective: 'jobDelay' } as const, 2],
  ])('are the best of all tables of a box: %o', (problem, entries) => {
    const optimum = solved({ ...problem, entries });
    const { objective } = problem;
    const reach = optimum.thresholds.map((t) => [Math.max(0, t - 3), t + 3]);
    let best = { table: [] as number[], cost: Number.POSITIVE_INFINITY };
    let tables = 0;
    const visit = (table: number[]): void => {
      const m = table.length;
      if (m === entries) {
        const value = policyValue(problem, tablePolicy(problem, table));
        tables++;
        if (value !== null && value[objective] < best.cost) best = { table, cost: value[objective] };
        return;
      }
      for (let t = Math.max(reach[m][0], m, table[m - 1] ?? 0); t <= reach[m][1]; t++) visit([...table, t]);
    };
    visit([]);
    expect(tables).toBeGreaterThan(30);
    expect(optimum[objective]).toBeLessThanOrEqual(best.cost * (1 + 1e-12));
    expect(best.table).toEqual(optimum.thresholds);
  });

  it('are stationary: every arrival takes the cheaper of staying and migrating', () => {
    for (const lambda of [0.5, 0.75, 0.9]) {
      const { stationary, neighbours } = solved({ ...PAPER, lambda });
      expect(stationary).toBe(true);
      expect(neighbours.count).toBeGreaterThan(80);
      expect(neighbours.margin).toBeGreaterThanOrEqual(0);
    }
  });

  it('do not depend on the table they are searched from, as far as any queue meets them', () => {
    const reference = solved({ ...PAPER, entries: 4 });
    for (const start of [
      [2, 3, 4, 5],
      [9, 9, 9, 9],
      [3, 12, 20, 30],
    ]) {
      const found = solved({ ...PAPER, entries: 4, start });
      expect(found.thresholds.slice(0, 3)).toEqual(reference.thresholds.slice(0, 3));
      expect(found.jobDelay).toBeCloseTo(reference.jobDelay, 11);
    }
  });

  it('cost what their fixed point says, no more than any ABOUNCE or MBOUNCE', () => {
    const { thresholds, jobDelay, meanQueue } = solved(PAPER);
    const point = fixedPoint({ lambda: 0.75, policy: makePolicy({ kind: 'table', thresholds, d: 10, K: 2 }) });
    expect(point).toMatchObject({ status: 'converged', jobDelay, meanQueue });
    for (const spec of [
      { kind: 'abounce', C: 3 },
      { kind: 'mbounce', alpha: 5 },
      { kind: 'mbounce', alpha: 6 },
    ] as const) {
      const rival = policyValue(PAPER, makePolicy({ ...spec, d: 10, K: 2 }));
      expect(jobDelay).toBeLessThan(rival!.jobDelay);
    }
  });

  it('have a status where no table settles', () => {
    expect(optimalThresholds({ ...PAPER, lambda: 1 })).toEqual({
      status: 'unstable',
      reason: 'no table T(m) = m + C settles at an arrival rate of 1',
    });
  });

  it('refuses entries and starts that do not fit, and rates that are none', () => {
    expect(() => optimalThresholds({ ...PAPER, entries: 0 })).toThrow(
      new ControlError('entries', 'entries must be an integer from 1 to 32, found 0'),
    );
    expect(() => optimalThresholds({ ...PAPER, start: [2] })).toThrow('start must have 8 entries, found 1');
    expect(() => optimalThresholds({ ...PAPER, lambda: -1 })).toThrow('the arrival rate must be positive and finite');
  });
});
