import { describe, expect, it } from 'vitest';
import { fixedPoint } from '../../../src/science/meanfield/fixedPoint.ts';
import { type Stability, type StabilityOptions, stability } from '../../../src/science/meanfield/stability.ts';
import { transient } from '../../../src/science/meanfield/transient.ts';
import { makePolicy } from '../../../src/science/policy/policy.ts';
import { paperPolicy } from './policies.ts';

function found(options: StabilityOptions): Stability {
  const result = stability(options);
  if (!('leading' in result)) throw new Error(`${result.status}: ${result.reason}`);
  return result;
}

describe('stability', () => {
  it('gives the spectrum of M/M/1 without sharing, whose gap falls to (1 − √λ)²', () => {
    const policy = makePolicy({ kind: 'none', d: 1 });
    const gap = (1 - Math.sqrt(0.5)) ** 2;
    const gaps = [30, 60, 120].map((truncation) => {
      const { spectrum, leading } = found({ lambda: 0.5, policy, truncation });
      spectrum.re.forEach((re, k) => {
        // The truncated birth-death matrix has −(1 + λ) + 2√λ cos(kπ/(B + 1)).
        const exact = -1.5 + 2 * Math.sqrt(0.5) * Math.cos(((k + 1) * Math.PI) / (truncation + 1));
        expect(Math.abs(re - exact)).toBeLessThan(1e-12);
      });
      return -leading.re - gap;
    });
    expect(gaps[0]).toBeGreaterThan(0);
    // Doubling the levels quarters what is left.
    expect(gaps[0] / gaps[1]).toBeCloseTo(4, 0);
    expect(gaps[1] / gaps[2]).toBeCloseTo(4, 0);
  });

  it.each([
    { lambda: 0.75, spec: { kind: 'abounce', C: 2 } },
    { lambda: 0.77, spec: { kind: 'abounce', C: 2 } },
    { lambda: 0.75, spec: { kind: 'mbounce', alpha: 3 } },
  ] as const)('is the rate at which the transient settles: $spec at $lambda', ({ lambda, spec }) => {
    const policy = paperPolicy(spec);
    const { status, leading, relaxationTime, truncationChange } = found({ lambda, policy });
    expect(status).toBe('attracting');
    expect(leading.im).toBe(0);
    expect(truncationChange).toBeLessThan(1e-12);
    const point = fixedPoint({ lambda, policy });
    if (point.status !== 'converged') throw new Error(point.status);
    const times = [8, 10].map((k) => k * relaxationTime);
    const { meanQueue } = transient({ lambda, policy, times, tolerance: 1e-12 });
    const rate = Math.log((point.meanQueue - meanQueue[0]) / (point.meanQueue - meanQueue[1])) / (times[1] - times[0]);
    expect(rate / -leading.re).toBeCloseTo(1, 2);
  });

  it('slows down without bound towards the threshold', () => {
    const times = [0.7, 0.75, 0.78, 0.783].map(
      (lambda) => found({ lambda, policy: paperPolicy({ kind: 'abounce', C: 2 }) }).relaxationTime,
    );
    expect(times[0]).toBeLessThan(times[1]);
    expect(times[3]).toBeGreaterThan(5 * times[2]);
  });

  it('passes on that there is no fixed point, and does not start what it cannot afford', () => {
    expect(stability({ lambda: 0.8, policy: paperPolicy({ kind: 'abounce', C: 2 }) }).status).toBe('unstable');
    const wide = stability({ lambda: 0.97, policy: makePolicy({ kind: 'none', d: 1 }) });
    expect(wide).toMatchObject({ status: 'undecided', reason: expect.stringContaining('levels') });
  });
});
