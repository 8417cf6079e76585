import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { erlangMixture } from '../../../src/science/delay/erlangMixture.ts';

const geometric = (rho: number, length: number) =>
  Float64Array.from({ length }, (_, k) => (k === 0 ? 0 : (1 - rho) * rho ** (k - 1)));

describe('a mixture of Erlang laws', () => {
  it('is the exponential law of M/M/1 for geometric weights, far into the tail', () => {
    const { tail, density, quantile, mean } = erlangMixture(geometric(0.75, 1200));
    expect(mean).toBeCloseTo(4, 10);
    for (const t of [0, 0.1, 1, 10, 100, 200]) {
      expect(tail(t) / Math.exp(-t / 4)).toBeCloseTo(1, 11);
      expect(density(t) / (Math.exp(-t / 4) / 4)).toBeCloseTo(1, 11);
    }
    for (const p of [1e-6, 0.5, 0.9, 0.99, 0.999, 1 - 1e-9]) {
      expect(quantile(p) / (-4 * Math.log1p(-p))).toBeCloseTo(1, 8);
    }
  });

  it('is one Erlang law for one weight: 1 − P(3, t) = e^{−t}(1 + t + t²/2)', () => {
    const { tail, quantile } = erlangMixture([0, 0, 0, 1]);
    for (const t of [0.5, 3, 20]) expect(tail(t)).toBeCloseTo(Math.exp(-t) * (1 + t + (t * t) / 2), 14);
    // χ²(6)/2 at 95 %: 12.591587244 from Abramowitz and Stegun's table 26.8
    expect(quantile(0.95)).toBeCloseTo(12.591587244 / 2, 9);
  });

  it('does not underflow where e^{−t} does', () => {
    const weights = new Float64Array(2001);
    weights[2000] = 1;
    const { tail, quantile } = erlangMixture(weights);
    expect(tail(1000)).toBeCloseTo(1, 12);
    expect(quantile(0.5)).toBeGreaterThan(1999.6);
    expect(quantile(0.5)).toBeLessThan(1999.7); // k − 1/3 + O(1/k)
  });

  it('has a tail that falls from 1 and is minus the integral of its density', () => {
    const weights = fc
      .array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 12 })
      .filter((w) => w.some((x) => x > 0))
      .map((w) => [0, ...w].map((x) => x / w.reduce((a, b) => a + b)));
    fc.assert(
      fc.property(weights, fc.double({ min: 0.01, max: 30, noNaN: true }), (w, t) => {
        const { tail, density, quantile } = erlangMixture(w);
        const h = 1e-4;
        expect(tail(0)).toBeCloseTo(1, 12);
        expect((tail(t - h / 2) - tail(t + h / 2)) / h).toBeCloseTo(density(t), 6);
        fc.pre(tail(t) > 1e-6 && tail(t) < 1 - 1e-6);
        expect(quantile(1 - tail(t))).toBeCloseTo(t, 5);
      }),
    );
  });

  it('refuses weights that are none, and questions without an answer', () => {
    expect(() => erlangMixture([0, 0.5])).toThrow('the weights must sum to 1, found 0.5');
    expect(() => erlangMixture([0, 1.5, -0.5])).toThrow('found -0.5 at 2 stages');
    expect(() => erlangMixture([0.5, 0.5])).toThrow('a delay has at least one stage');
    expect(() => erlangMixture([0, 1]).quantile(1)).toThrow('strictly between 0 and 1, found 1');
    expect(() => erlangMixture([0, 1]).tail(-1)).toThrow('nonnegative and finite, found -1');
  });
});
