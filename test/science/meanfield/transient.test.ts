import { Solver } from 'odex';
import { describe, expect, it } from 'vitest';
import { meanFieldModel } from '../../../src/science/meanfield/equations.ts';
import { derivative } from '../../../src/science/meanfield/rightHandSide.ts';
import { transient } from '../../../src/science/meanfield/transient.ts';
import { paperPolicy } from './policies.ts';

describe('transient', () => {
  it('agrees with odex', () => {
    const policy = paperPolicy({ kind: 'mbounce', alpha: 3 });
    const levels = 32; // as many as the run starts with
    const tables = meanFieldModel(policy).tables(levels);
    const oracle = new Solver(levels + 1);
    oracle.absoluteTolerance = 1e-12;
    oracle.relativeTolerance = 1e-12;
    const slope = (_: number, y: number[]) => {
      const s = Float64Array.from(y);
      return Array.from(derivative(tables, 0.75, s, new Float64Array(levels + 1), new Float64Array(levels + 2)));
    };
    const empty = Array.from({ length: levels + 1 }, (_, i) => (i === 0 ? 1 : 0));
    const times = [0.5, 2, 7, 20];
    const run = transient({ lambda: 0.75, policy, times, tolerance: 1e-11 });
    times.forEach((time, k) => {
      const { y } = oracle.solve(slope, 0, empty, time);
      y.forEach((tail, i) => {
        expect(Math.abs(run.tails[k][i] - tail)).toBeLessThan(1e-9);
      });
    });
  });

  it('relaxes to M/M/1 and keeps its exact mean-queue balance d E[q]/dt = λ − s₁ on the way', () => {
    const policy = paperPolicy({ kind: 'none' });
    const h = 1e-3;
    const times = [5 - h, 5, 5 + h, 400];
    const { tails, meanQueue, status } = transient({ lambda: 0.6, policy, times, tolerance: 1e-12 });
    expect(status).toBe('completed');
    expect((meanQueue[2] - meanQueue[0]) / (2 * h)).toBeCloseTo(0.6 - tails[1][1], 6);
    expect(meanQueue[3]).toBeCloseTo(1.5, 8);
    for (const i of [1, 5, 20]) expect(tails[3][i]).toBeCloseTo(0.6 ** i, 9);
  });

  it('stays at a fixed point it is started from', () => {
    const initial = Float64Array.from({ length: 120 }, (_, i) => 0.75 ** i);
    const { tails } = transient({ lambda: 0.75, policy: paperPolicy({ kind: 'none' }), initial, times: [10] });
    for (const i of [1, 10, 40]) expect(tails[0][i]).toBeCloseTo(0.75 ** i, 9);
  });

  it('extends the truncation as an unstable system grows without bound', () => {
    const policy = paperPolicy({ kind: 'abounce', C: 2 });
    const { meanQueue, tails } = transient({ lambda: 0.85, policy, times: [100, 200, 300], tolerance: 1e-8 });
    const [first, second] = [meanQueue[1] - meanQueue[0], meanQueue[2] - meanQueue[1]];
    expect(first).toBeGreaterThan(3);
    expect(second).toBeGreaterThan(3);
    expect(tails[2].length).toBeGreaterThan(33);
  });

  it('starts at its initial state and refuses what is none', () => {
    const policy = paperPolicy({ kind: 'none' });
    expect(transient({ lambda: 0.5, policy, times: [0] }).meanQueue).toEqual([0]);
    expect(() => transient({ lambda: 0.5, policy, times: [2, 1] })).toThrow('nondecreasing, found 1 at position 1');
    expect(() => transient({ lambda: 0.5, policy, times: [1], initial: [1, 0.5, 0.6] })).toThrow('s_2 = 0.6');
    expect(() => transient({ lambda: 0.5, policy, times: [1], initial: [0.5] })).toThrow('s_0 = 1');
  });
});
