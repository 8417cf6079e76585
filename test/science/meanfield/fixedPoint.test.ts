import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance, type BranchPoint, followBranch, fullLevels } from '../../../src/science/meanfield/branch.ts';
import { meanFieldModel } from '../../../src/science/meanfield/equations.ts';
import { type FixedPointSummary, fixedPoint } from '../../../src/science/meanfield/fixedPoint.ts';
import { transient } from '../../../src/science/meanfield/transient.ts';
import { makePolicy } from '../../../src/science/policy/policy.ts';
import { anyPolicy, paperPolicy } from './policies.ts';

function converged(options: Parameters<typeof fixedPoint>[0]): FixedPointSummary {
  const point = fixedPoint(options);
  if (point.status !== 'converged') throw new Error(`${point.status}: ${point.reason}`);
  return point;
}

const expectTails = (point: FixedPointSummary, tails: number[]) =>
  tails.forEach((tail, k) => {
    expect(Math.abs(point.tails[k + 1] - tail)).toBeLessThan(6e-7);
  });

describe('fixedPoint', () => {
  it.each([
    // Science brief §5: mean-field E[q] at λ = 0.75, K = 2, d = 10.
    [{ kind: 'abounce', C: 2 }, 2.23536],
    [{ kind: 'abounce', C: 3 }, 2.08997],
    [{ kind: 'mbounce', alpha: 2 }, 2.23536],
    [{ kind: 'mbounce', alpha: 3 }, 2.23282],
    [{ kind: 'mbounce', alpha: 6 }, 2.09066],
  ] as const)('gives the reference mean queue of %o', (spec, meanQueue) => {
    const point = converged({ lambda: '3/4', policy: paperPolicy(spec) });
    expect(Math.abs(point.meanQueue - meanQueue)).toBeLessThan(6e-6);
    expect(point.residual).toBeLessThan(1e-14);
    expect(point.truncationError).toBeLessThan(1e-15);
    expect(Math.abs(point.tails[1] - 0.75 * (1 + point.migrationFraction))).toBeLessThan(1e-14);
  });

  it('gives the reference tails', () => {
    const additive = converged({ lambda: 0.75, policy: paperPolicy({ kind: 'abounce', C: 2 }) });
    expectTails(additive, [0.939734, 0.749597, 0.417469, 0.123577, 0.004983]);
    const multiplicative = converged({ lambda: 0.75, policy: paperPolicy({ kind: 'mbounce', alpha: 3 }) });
    expectTails(multiplicative, [0.939398, 0.748776, 0.416412, 0.122912, 0.005107, 0.000212]);
  });

  it('gives the reference fixed points of equations (1) and (2) as printed, with the flow they leak', () => {
    const one = converged({ lambda: 0.75, policy: paperPolicy({ kind: 'mbounce', alpha: 2 }), equations: 'printed' });
    expectTails(one, [0.982628, 0.865276, 0.463141, 0.000191]);
    expect(Math.abs(one.meanQueue - 2.311236)).toBeLessThan(6e-7);
    const two = converged({ lambda: 0.75, policy: paperPolicy({ kind: 'abounce', C: 2 }), equations: 'printed' });
    expectTails(two, [0.893562, 0.540111, 0.001126]);
    expect(Math.abs(two.meanQueue - 1.4348)).toBeLessThan(6e-7);
    // Flow balance with the leak: s₁ = λ(1 + (K−1)p_b) − leak.
    for (const { tails, migrationFraction, leak } of [one, two]) {
      expect(leak).toBeGreaterThan(0.1);
      expect(tails[1]).toBeCloseTo(0.75 * (1 + migrationFraction) - leak, 12);
    }
  });

  it('gives the closed form of SQ(D), also where tails underflow', () => {
    for (const [lambda, D, delay] of [
      [0.9, 2, 2.614057],
      [0.9, 3, 2.027856],
      [0.99, 2, 5.431997],
      [0.99, 3, 3.857847],
    ]) {
      const point = converged({ lambda, policy: makePolicy({ kind: 'sq', d: D - 1 }) });
      expect(Math.abs(point.jobDelay - delay)).toBeLessThan(6e-7);
      expect(point.pieceSojourn).toBeCloseTo(point.jobDelay, 10);
      point.logTails.forEach((log, i) => {
        const exact = ((D ** i - 1) / (D - 1)) * Math.log(lambda);
        expect(Math.abs(log - exact)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(exact)));
      });
      expect(point.logTails[point.logTails.length - 1]).toBeLessThan(-700);
    }
  });

  it('gives M/M/1 without sharing, near saturation too', () => {
    for (const lambda of [0.3, 0.75, 0.97]) {
      const point = converged({ lambda, policy: paperPolicy({ kind: 'none' }) });
      expect(point.meanQueue / (lambda / (1 - lambda))).toBeCloseTo(1, 11);
      expect(point.jobDelay * (1 - lambda)).toBeCloseTo(1, 11);
      expect(point.migrationFraction).toBe(0);
      for (const i of [1, 10, 500]) expect(point.logTails[i] / (i * Math.log(lambda))).toBeCloseTo(1, 12);
    }
  });

  it('is where a long transient from empty ends', () => {
    for (const policy of [
      paperPolicy({ kind: 'abounce', C: 3 }),
      paperPolicy({ kind: 'mbounce', alpha: '1.5', K: 3, d: 2 }),
      makePolicy({ kind: 'table', thresholds: [2, 2, 5], K: 2, d: 4, comparison: 'weak' }),
    ]) {
      const point = converged({ lambda: 0.6, policy });
      const { tails, status } = transient({ lambda: 0.6, policy, times: [300], tolerance: 1e-11 });
      expect(status).toBe('completed');
      point.tails.forEach((tail, i) => {
        expect(Math.abs(tail - (tails[0][i] ?? 0))).toBeLessThan(1e-9);
      });
    }
  });

  it('solves the balance to relative accuracy in every level, for any policy at a low rate', () => {
    fc.assert(
      fc.property(anyPolicy, fc.double({ min: 0.02, max: 0.24, noNaN: true }), (policy, lambda) => {
        const { logTails, tails } = converged({ lambda, policy });
        const { stay, origin, K, d } = meanFieldModel(policy).tables(logTails.length + policy.K);
        const s = (i: number) => (i < logTails.length ? Math.exp(logTails[i]) : 0);
        for (let i = 1; i < Math.min(logTails.length - 1, 12) && logTails[i + 1] > -60; i++) {
          let gain = lambda * (s(i - 1) - s(i)) * s(stay[i]) ** d;
          for (let k = Math.max(0, K - i); k < K; k++) {
            const m = i - K + k;
            if (origin[i * K + k] >= 0) gain += lambda * (s(m) ** d - s(m + 1) ** d) * s(origin[i * K + k]);
          }
          expect(gain / (s(i) - s(i + 1))).toBeCloseTo(1, 10);
          if (tails.length > i) expect(tails[i] / s(i)).toBeCloseTo(1, 12);
        }
      }),
      { numRuns: 120, seed: 7 },
    );
  });

  it('gives a status, never a number, where there is no fixed point', () => {
    const additive = fixedPoint({ lambda: 0.79, policy: paperPolicy({ kind: 'abounce', C: 2 }) });
    expect(additive.status).toBe('unstable');
    expect(additive).not.toHaveProperty('meanQueue');
    expect(fixedPoint({ lambda: 1, policy: paperPolicy({ kind: 'none' }) }).status).toBe('unstable');
    expect(fixedPoint({ lambda: '7/5', policy: paperPolicy({ kind: 'mbounce', alpha: 2 }) }).status).toBe('unstable');
    // The weak comparison is unstable already at 0.75 (science brief §5).
    const weak = fixedPoint({ lambda: 0.75, policy: paperPolicy({ kind: 'abounce', C: 2 }), equations: 'corrected' });
    expect(weak.status).toBe('unstable');
  });

  it('finds high fronts of multiplicative thresholds near saturation', () => {
    const point = converged({ lambda: 0.9, policy: paperPolicy({ kind: 'mbounce', alpha: '1.5' }) });
    expect(point.tails[1]).toBeCloseTo(0.9 * (1 + point.migrationFraction), 12);
    expect(point.meanQueue).toBeGreaterThan(5);
    expect(point.residual).toBeLessThan(1e-12);
  });

  it('follows a high front, whose levels below are full to a double, close to saturation', () => {
    for (const [lambda, spec] of [
      [0.99, { kind: 'mbounce', alpha: '1.1', d: 2, K: 2 }],
      [0.98, { kind: 'mbounce', alpha: '1.05', d: 4, K: 2 }],
      [0.99, { kind: 'mbounce', alpha: 3, d: 2, K: 2 }],
    ] as const) {
      const point = converged({ lambda, policy: makePolicy(spec) });
      expect(point.residual).toBeLessThan(1e-13);
      expect(point.truncationError).toBeLessThan(1e-10);
      expect(point.tails[1]).toBeCloseTo(lambda * (1 + point.migrationFraction), 12);
      expect(point.tails.every((s, i) => i === 0 || s <= point.tails[i - 1] + 1e-12)).toBe(true);
    }
  });

  it('has the same fixed point where full levels are solved for and where they are not', () => {
    // At 0.95 the march from empty settles within its levels; the branch stretches its way there.
    const policy = makePolicy({ kind: 'mbounce', alpha: '1.1', d: 2, K: 2 });
    const model = meanFieldModel(policy);
    const { tails, meanQueue } = converged({ lambda: 0.95, policy });
    let last: BranchPoint | undefined;
    for (const point of followBranch(model)) {
      if (point.lambda > 0.95) break;
      last = point;
    }
    const there = advance(model, last!, meanQueue - last!.meanQueue)!;
    expect(fullLevels(there.s)).toBeGreaterThan(50);
    expect(there.lambda).toBeCloseTo(0.95, 11);
    there.s.forEach((s, i) => {
      expect(Math.abs(s - (tails[i] ?? 0))).toBeLessThan(1e-10);
    });
  });

  it('reports what a short truncation costs', () => {
    const point = converged({ lambda: 0.75, policy: paperPolicy({ kind: 'abounce', C: 2 }), truncation: 4 });
    expect(point.tails.length).toBe(5);
    expect(point.truncationError).toBeGreaterThan(1e-6);
    expect(() => fixedPoint({ lambda: 0.5, policy: paperPolicy({ kind: 'none' }), truncation: 1.5 })).toThrow(
      'truncation',
    );
    expect(() => fixedPoint({ lambda: 0, policy: paperPolicy({ kind: 'none' }) })).toThrow('arrival rate');
  });
});
