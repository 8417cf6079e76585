import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { controlledInterval } from '../../../src/science/stats/controlVariates.ts';
import { tInterval } from '../../../src/science/stats/interval.ts';
import { proportionInterval } from '../../../src/science/stats/proportion.ts';
import { normals } from './series.ts';

const vector = (length: number) =>
  fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: length, maxLength: length });

describe('control variates', () => {
  it('without a control are Student’s interval', () => {
    fc.assert(
      fc.property(vector(6), (values) => {
        const [plain, controlled] = [tInterval(values), controlledInterval(values, [])];
        expect(controlled.mean).toBeCloseTo(plain.mean, 12);
        expect(controlled.halfWidth).toBeCloseTo(plain.halfWidth, 10);
      }),
    );
  });

  it('take out what the controls explain: an exact linear relation leaves no error', () => {
    const [a, b] = [normals('a'), normals('b')];
    const controls = [Array.from({ length: 8 }, a), Array.from({ length: 8 }, () => 1e-4 * b())];
    const values = controls[0].map((x, r) => 7 + 2 * x - 3e4 * controls[1][r]);
    const { mean, halfWidth, coefficients, df } = controlledInterval(values, controls);
    expect(mean).toBeCloseTo(7, 10);
    expect(halfWidth).toBeLessThan(1e-9);
    expect(coefficients[0]).toBeCloseTo(2, 10);
    expect(coefficients[1] / -3e4).toBeCloseTo(1, 10);
    expect(df).toBe(5);
  });

  it('are the intercept of the least-squares fit with its textbook standard error', () => {
    // One control: se² = σ̂²(1/R + c̄²/S), by hand for c = −1, 0, 1, 2 and y = 1, 3, 2, 6: slope 1.4, intercept 2.3
    const { mean, standardError, df } = controlledInterval([1, 3, 2, 6], [[-1, 0, 1, 2]]);
    expect(mean).toBeCloseTo(2.3, 12);
    const residuals = [1 - 0.9, 3 - 2.3, 2 - 3.7, 6 - 5.1];
    const variance = residuals.reduce((sum, e) => sum + e * e, 0) / 2;
    expect(standardError).toBeCloseTo(Math.sqrt(variance * (1 / 4 + 0.25 / 5)), 12);
    expect(df).toBe(2);
  });

  it('hold the mean as often as they say with few normal replications, and gain what correlation allows', () => {
    const next = normals('coverage of controls');
    let held = 0;
    let [plainWidth, width] = [0, 0];
    const repetitions = 4000;
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const controls = [0, 1].map(() => Array.from({ length: 8 }, next));
      const values = controls[0].map((x, r) => 1 + x + 0.5 * controls[1][r] + 0.5 * next());
      const { lo, hi, halfWidth } = controlledInterval(values, controls);
      if (lo <= 1 && 1 <= hi) held++;
      width += halfWidth;
      plainWidth += tInterval(values).halfWidth;
    }
    const { lo, hi } = proportionInterval(held, repetitions, 0.999);
    expect(lo).toBeLessThan(0.95);
    expect(hi).toBeGreaterThan(0.95);
    // Var y = 1.5 against 0.25; two coefficients cost degrees of freedom
    expect(width / plainWidth).toBeLessThan(0.6);
  });

  it('refuse too few replications, lengths that differ and controls that determine one another', () => {
    expect(() =>
      controlledInterval(
        [1, 2, 3],
        [
          [1, 2, 3],
          [3, 1, 2],
        ],
      ),
    ).toThrow('2 controls need at least 4 replications, found 3');
    expect(() => controlledInterval([1, 2, 3], [[1, 2]])).toThrow('a value for each of the 3 replications');
    expect(() => controlledInterval([1, 2, 3], [[1, 1, 1]])).toThrow('determine one another, or one does not vary');
    expect(() => controlledInterval([1, Number.NaN, 3], [])).toThrow('replication 1 is NaN');
  });
});
