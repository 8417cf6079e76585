import { Solver } from 'odex';
import { describe, expect, it } from 'vitest';
import { meanFieldModel } from '../../../src/science/meanfield/equations.ts';
import { fixedPoint } from '../../../src/science/meanfield/fixedPoint.ts';
import { derivative } from '../../../src/science/meanfield/rightHandSide.ts';
import { transient } from '../../../src/science/meanfield/transient.ts';
import { makePolicy } from '../../../src/science/policy/policy.ts';
import { simulate } from '../../../src/science/sim/simulate.ts';
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

  it.each([
    { lambda: 0.9, spec: { kind: 'mbounce', alpha: 3 } },
    { lambda: 0.78, spec: { kind: 'abounce', C: 2 } },
    { lambda: 0.65, spec: { kind: 'abounce', C: 2, d: 50 } },
  ] as const)('is the same by both methods, which share no step: $spec at $lambda', ({ lambda, spec }) => {
    const options = { lambda, policy: paperPolicy(spec), times: [1, 10, 300], tolerance: 1e-9 };
    const explicit = transient({ ...options, method: 'explicit' });
    const implicit = transient({ ...options, method: 'implicit' });
    expect([explicit.method, implicit.method, implicit.status]).toEqual(['explicit', 'implicit', 'completed']);
    expect(implicit.steps).toBeLessThan(explicit.steps);
    options.times.forEach((_, k) => {
      expect(Math.abs(implicit.meanQueue[k] - explicit.meanQueue[k])).toBeLessThan(1e-8);
    });
  });

  it('goes on for 10⁵ mean service times, to the fixed point', () => {
    const policy = paperPolicy({ kind: 'abounce', C: 2 });
    const { meanQueue, method, steps } = transient({ lambda: 0.78, policy, times: [1e5] });
    expect(method).toBe('implicit');
    expect(steps).toBeLessThan(5000);
    const point = fixedPoint({ lambda: 0.78, policy });
    expect(point.status === 'converged' && Math.abs(point.meanQueue - meanQueue[0]) < 1e-7).toBe(true);
  });

  it('is the path of very many simulated queues', () => {
    const spec = { kind: 'mbounce', alpha: 3, d: 10, K: 2 } as const;
    const n = 100_000;
    const options = { n, lambda: 0.75, policy: spec, events: 1_750_000, seed: '5'.repeat(64), path: { points: 8 } };
    const { path } = simulate(options);
    const times = Array.from(path.time);
    const { meanQueue } = transient({ lambda: 0.75, policy: makePolicy(spec), times, method: 'implicit' });
    expect(times.at(-1)).toBeGreaterThan(8.5);
    // Fluctuations are of order 1/√n = 0.003.
    meanQueue.forEach((value, k) => {
      expect(Math.abs(value - path.meanQueue[k])).toBeLessThan(0.02);
    });
    expect(meanQueue.at(-1)).toBeGreaterThan(1.5);
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
