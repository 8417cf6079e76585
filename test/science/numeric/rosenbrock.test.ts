import { describe, expect, it } from 'vitest';
import { rosenbrock } from '../../../src/science/numeric/rosenbrock.ts';

/** y′ = −y² from 1, which is 1/(1 + t): a scalar whose Jacobian changes. */
const decay = (tolerance: number) => {
  const integrator = rosenbrock(
    (y, out) => out.fill(-y[0] * y[0]),
    (y, shift) => (rhs) => {
      rhs[0] /= shift + 2 * y[0];
    },
    0,
    Float64Array.of(1),
    tolerance,
  );
  while (integrator.t < 5) if (!integrator.advance(5)) throw new Error('stopped');
  return { error: Math.abs(integrator.y[0] - 1 / 6), steps: integrator.accepted };
};

describe('rosenbrock', () => {
  it('follows a smooth solution to the tolerance, with the steps of a method of order 4', () => {
    const coarse = decay(1e-6);
    const fine = decay(1e-10);
    expect(coarse.error).toBeLessThan(1e-5);
    expect(fine.error).toBeLessThan(1e-9);
    // An embedded error of order 4 in h: 10⁴ finer takes 10 times the steps.
    expect(fine.steps / coarse.steps).toBeGreaterThan(4);
    expect(fine.steps / coarse.steps).toBeLessThan(20);
  });

  it('has order 4: halving a fixed step divides the error by 16', () => {
    const errorAt = (h: number) => {
      const integrator = rosenbrock(
        (y, out) => out.fill(-y[0] * y[0]),
        (y, shift) => (rhs) => {
          rhs[0] /= shift + 2 * y[0];
        },
        0,
        Float64Array.of(1),
        1,
      );
      for (let k = 1; k * h < 1 + h / 2; k++) {
        integrator.step = h;
        if (!integrator.advance(k * h)) throw new Error('stopped');
      }
      return Math.abs(integrator.y[0] - 1 / 2);
    };
    expect(Math.log2(errorAt(1 / 16) / errorAt(1 / 32))).toBeGreaterThan(3.7);
    expect(Math.log2(errorAt(1 / 16) / errorAt(1 / 32))).toBeLessThan(4.6);
  });

  it('takes steps far beyond the fastest rate', () => {
    // y₁ follows cos t at a rate of 10⁶; y₂ = t, so that the system is autonomous.
    const integrator = rosenbrock(
      (y, out) => {
        out[0] = -1e6 * (y[0] - Math.cos(y[1])) - Math.sin(y[1]);
        out[1] = 1;
      },
      (y, shift) => (rhs) => {
        rhs[1] /= shift;
        rhs[0] = (rhs[0] + (-1e6 * Math.sin(y[1]) - Math.cos(y[1])) * rhs[1]) / (shift + 1e6);
      },
      0,
      Float64Array.of(1, 0),
      1e-7,
    );
    while (integrator.t < 10) expect(integrator.advance(10)).toBe(true);
    expect(integrator.y[0]).toBeCloseTo(Math.cos(10), 6);
    expect(integrator.accepted).toBeLessThan(1000);
  });

  it('gives up on a solution that ceases to exist', () => {
    const blowUp = rosenbrock(
      (y, out) => out.fill(y[0] * y[0]),
      (y, shift) => (rhs) => {
        rhs[0] /= shift - 2 * y[0];
      },
      0,
      Float64Array.of(1),
      1e-8,
    );
    let going = true;
    for (let k = 0; going && k < 100_000 && blowUp.t < 2; k++) going = blowUp.advance(2);
    expect(going).toBe(false);
    expect(blowUp.t).toBeLessThan(1.001);
  });
});
