import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixedPoint } from '../../../src/science/meanfield/fixedPoint.ts';
import { meanFieldThreshold } from '../../../src/science/meanfield/threshold.ts';
import { transient } from '../../../src/science/meanfield/transient.ts';
import { makePolicy } from '../../../src/science/policy/policy.ts';
import { anyPolicy, paperPolicy } from './policies.ts';

describe('meanFieldThreshold', () => {
  const figure3 = paperPolicy({ kind: 'abounce', C: 2 });

  it('is 0.783 in the setting of Figure 3 (science brief §5)', () => {
    const { status, lambdaCritical, lo, hi, standingFrom } = meanFieldThreshold({ policy: figure3 });
    expect(status).toBe('found');
    expect(Math.abs(lambdaCritical! - 0.783)).toBeLessThan(5e-4);
    expect(hi! - lo!).toBeLessThan(1e-10);
    expect(standingFrom!).toBeLessThan(lambdaCritical!);
  });

  it('separates the statuses of fixedPoint', () => {
    for (const policy of [
      figure3,
      makePolicy({ kind: 'abounce', C: 3, K: 3, d: 4 }),
      makePolicy({ kind: 'sq', K: 2, d: 2 }),
    ]) {
      const { lambdaCritical } = meanFieldThreshold({ policy });
      expect(fixedPoint({ lambda: lambdaCritical! - 1e-5, policy }).status).toBe('converged');
      expect(fixedPoint({ lambda: lambdaCritical! + 1e-5, policy }).status).toBe('unstable');
    }
  });

  it('agrees with the statuses of fixedPoint for any additive policy and rate', () => {
    const additive = anyPolicy.filter(({ spec, K }) => K > 1 && spec.kind !== 'none' && spec.kind !== 'mbounce');
    fc.assert(
      fc.property(additive, fc.double({ min: 0.1, max: 0.98, noNaN: true }), (policy, lambda) => {
        const { status, largestFixedPoint } = meanFieldThreshold({ policy });
        expect(status).toBe('found');
        expect(fixedPoint({ lambda, policy }).status).toBe(lambda <= largestFixedPoint! ? 'converged' : 'unstable');
      }),
      { numRuns: 60, seed: 9 },
    );
  });

  it('separates transients that settle from transients that rise for ever', () => {
    const { lambdaCritical } = meanFieldThreshold({ policy: figure3 });
    const growth = (lambda: number) => {
      const { meanQueue } = transient({ lambda, policy: figure3, times: [900, 1200], tolerance: 1e-7 });
      return (meanQueue[1] - meanQueue[0]) / 300;
    };
    expect(growth(lambdaCritical! - 0.003)).toBeLessThan(1e-4);
    expect(growth(lambdaCritical! + 0.003)).toBeGreaterThan(1e-3);
  });

  it('knows that the weak comparison loses more', () => {
    const { lambdaCritical } = meanFieldThreshold({
      policy: paperPolicy({ kind: 'abounce', C: 2, comparison: 'weak' }),
    });
    expect(lambdaCritical!).toBeLessThan(0.75);
  });

  it('gives a table the threshold of its additive end', () => {
    const table = meanFieldThreshold({ policy: paperPolicy({ kind: 'table', thresholds: [5, 5, 5] }) });
    const additive = meanFieldThreshold({ policy: paperPolicy({ kind: 'abounce', C: 3 }) });
    expect(Math.abs(table.lambdaCritical! - additive.lambdaCritical!)).toBeLessThan(1e-9);
    expect(Math.abs(additive.largestFixedPoint! - additive.lambdaCritical!)).toBeLessThan(1e-11);
    // T(0) = 5 protects the empty system above λ_c, where crowds no longer disperse.
    expect(table.largestFixedPoint!).toBeGreaterThan(table.lambdaCritical! + 1e-3);
    const lambda = (table.largestFixedPoint! + table.lambdaCritical!) / 2;
    const policy = paperPolicy({ kind: 'table', thresholds: [5, 5, 5] });
    const crowded = Float64Array.from({ length: 31 }, (_, i) => (i < 20 ? 1 : 0));
    const [empty, crowd] = (['empty', crowded] as const).map((initial) =>
      transient({ lambda, policy, initial, times: [400, 800], tolerance: 1e-7 }),
    );
    expect(Math.abs(empty.meanQueue[1] - empty.meanQueue[0])).toBeLessThan(0.01);
    expect(crowd.meanQueue[1] - crowd.meanQueue[0]).toBeGreaterThan(0.5);
  });

  it('has none for multiplicative thresholds, free migration and no sharing', () => {
    for (const policy of [
      paperPolicy({ kind: 'mbounce', alpha: '1.1' }),
      paperPolicy({ kind: 'sq', K: 1 }),
      paperPolicy({ kind: 'none' }),
    ]) {
      expect(meanFieldThreshold({ policy })).toMatchObject({ status: 'no-threshold', lambdaCritical: 1 });
    }
    expect(() => meanFieldThreshold({ policy: paperPolicy({ kind: 'sq', d: 'all' }) })).toThrow('found d = all');
  });
});
