import { describe, expect, it } from 'vitest';
import { dormandPrince } from '../../../src/science/numeric/dormandPrince.ts';

describe('dormandPrince', () => {
  const oscillator = (tolerance: number) => {
    const integrator = dormandPrince(
      (_, y, out) => {
        out[0] = y[1];
        out[1] = -y[0];
      },
      0,
      Float64Array.from([1, 0]),
      tolerance,
    );
    while (integrator.t < 10) if (!integrator.advance(10)) throw new Error('stopped');
    return { error: Math.abs(integrator.y[0] - Math.cos(10)), steps: integrator.accepted };
  };

  it('follows cos t to the tolerance, with fifth-order growth of the steps', () => {
    const coarse = oscillator(1e-6);
    const fine = oscillator(1e-11);
    expect(coarse.error).toBeLessThan(1e-4);
    expect(fine.error).toBeLessThan(1e-9);
    expect(fine.steps / coarse.steps).toBeLessThan(20); // 10^(5/5) = 10 by theory
    expect(fine.steps).toBeGreaterThan(coarse.steps);
  });

  it('lands on the requested times exactly', () => {
    const integrator = dormandPrince((_, y, out) => out.fill(-y[0]), 0, Float64Array.from([1]), 1e-9);
    for (const time of [0.1, 0.1 + 1e-9, 1, 3]) {
      while (integrator.t < time) expect(integrator.advance(time)).toBe(true);
      expect(integrator.t).toBe(time);
      expect(integrator.y[0]).toBeCloseTo(Math.exp(-time), 8);
    }
  });

  it('gives up on a solution that ceases to exist', () => {
    const blowUp = dormandPrince((_, y, out) => out.fill(y[0] * y[0]), 0, Float64Array.from([1]), 1e-8);
    let going = true;
    for (let k = 0; going && k < 100_000 && blowUp.t < 2; k++) going = blowUp.advance(2);
    expect(going).toBe(false);
    expect(blowUp.t).toBeLessThan(1.001);
  });
});
