import { describe, expect, it } from 'vitest';
import { type Certificate, certifyFixedPoint } from '../../../src/science/meanfield/certificate.ts';
import { fixedPoint } from '../../../src/science/meanfield/fixedPoint.ts';
import { makePolicy } from '../../../src/science/policy/policy.ts';
import { paperPolicy } from './policies.ts';

function certified(options: Parameters<typeof certifyFixedPoint>[0]): Certificate {
  const result = certifyFixedPoint(options);
  if (result.status !== 'certified') throw new Error(`${result.status}: ${result.reason}`);
  return result;
}

describe('certifyFixedPoint', () => {
  it('encloses the closed form of SQ(D) at every level', () => {
    for (const D of [2, 3, 5]) {
      for (const lambda of [0.25, 0.5, 0.875, 0.96875]) {
        const { tails, radius, weight, meanQueueError, meanQueue } = certified({
          lambda,
          policy: makePolicy({ kind: 'sq', d: D - 1 }),
        });
        let mean = 0;
        for (let i = 1; i < tails.length + 3; i++) {
          const exact = lambda ** ((D ** i - 1) / (D - 1));
          mean += exact;
          expect(Math.abs(exact - (tails[i] ?? 0))).toBeLessThanOrEqual(radius * weight ** -i);
        }
        expect(Math.abs(mean - meanQueue)).toBeLessThanOrEqual(meanQueueError);
        expect(radius).toBeLessThan(1e-10);
      }
    }
  });

  it.each([
    // Science brief §5: mean-field E[q] at λ = 0.75, K = 2, d = 10.
    [{ kind: 'abounce', C: 2 }, 2.23536],
    [{ kind: 'abounce', C: 3 }, 2.08997],
    [{ kind: 'mbounce', alpha: 3 }, 2.23282],
    [{ kind: 'mbounce', alpha: 6 }, 2.09066],
  ] as const)('bounds the mean queue of %o to 10⁻¹¹', (spec, meanQueue) => {
    const policy = paperPolicy(spec);
    const certificate = certified({ lambda: '3/4', policy });
    expect(Math.abs(certificate.meanQueue - meanQueue)).toBeLessThan(6e-6);
    expect(certificate.meanQueueError).toBeLessThan(1e-11);
    expect(certificate.contraction).toBeLessThan(0.5);
    const point = fixedPoint({ lambda: '3/4', policy });
    if (point.status !== 'converged') throw new Error(point.status);
    expect(Math.abs(point.meanQueue - certificate.meanQueue)).toBeLessThan(1e-13);
  });

  it('needs a wider ball near the threshold, and says so where it has no proof', () => {
    const at = (lambda: number) => certified({ lambda, policy: paperPolicy({ kind: 'abounce', C: 2 }) }).meanQueueError;
    expect(at(0.78)).toBeGreaterThan(at(0.75));
    const none = certifyFixedPoint({ lambda: 0.5, policy: paperPolicy({ kind: 'none' }) });
    expect(none).toMatchObject({ status: 'not certified', reason: expect.any(String) });
    expect(certifyFixedPoint({ lambda: 0.8, policy: paperPolicy({ kind: 'abounce', C: 2 }) }).status).toBe('unstable');
  });
});
