import { describe, expect, it } from 'vitest';
import { plannedLooks } from '../../../src/engine/looks.ts';
import { tCritical } from '../../../src/science/numeric/studentT.ts';
import { tInterval } from '../../../src/science/stats/interval.ts';
import { nominalConfidence } from '../../../src/science/stats/nominalConfidence.ts';
import { lookAt } from '../../../src/science/stats/sequential.ts';
import { normals, uniforms } from './series.ts';

describe('a look', () => {
  const values = [1, 2, 3, 4, 5];

  it('is the textbook interval at the confidence that the looks leave to each', () => {
    const look = lookAt(values, { width: { absolute: 3 }, confidence: 0.95, looks: [5, 7, 10] });
    expect(look.confidence).toBe(nominalConfidence(0.95, [5, 7, 10]));
    expect([look.mean, look.n]).toEqual([3, 5]);
    expect(look.halfWidth).toBeCloseTo(tCritical(look.confidence, 4) * Math.sqrt(0.5), 12);
    // t(0.975, 4) = 2.776445105198 (R: qt(0.975, 4))
    const once = lookAt(values, { width: { absolute: 3 }, confidence: 0.95, looks: [5] });
    expect(once.halfWidth).toBeCloseTo(2.776445105198 * Math.sqrt(0.5), 9);
    expect(look.relative).toBeCloseTo(look.halfWidth / 3, 14);
    expect(once.confidence).toBe(0.95);
  });

  it('is narrow at the width that is asked for, absolute or relative to the mean', () => {
    const isNarrow = (width: { absolute: number } | { relative: number }, sign = 1) =>
      lookAt(
        values.map((value) => sign * value),
        { width, confidence: 0.95, looks: [5, 7, 10] },
      ).isNarrow;
    const { halfWidth, relative } = lookAt(values, { width: { absolute: 1 }, confidence: 0.95, looks: [5, 7, 10] });
    expect([isNarrow({ absolute: halfWidth }), isNarrow({ absolute: halfWidth * 0.999 })]).toEqual([true, false]);
    expect([isNarrow({ relative }), isNarrow({ relative: relative * 0.999 })]).toEqual([true, false]);
    expect(isNarrow({ relative }, -1)).toBe(true);
  });

  it('is never narrow relative to a mean of 0, and always where nothing varies', () => {
    const rule = { width: { relative: 1e9 }, confidence: 0.95, looks: [2, 5] };
    expect(lookAt([-1, 1], rule)).toMatchObject({ mean: 0, relative: Number.POSITIVE_INFINITY, isNarrow: false });
    expect(lookAt([2, 2], { ...rule, width: { relative: 1e-9 } }).isNarrow).toBe(true);
  });

  it('refuses a value that is no number', () => {
    expect(() => lookAt([1, Number.NaN], { width: { absolute: 1 }, confidence: 0.95, looks: [2, 5] })).toThrow(
      RangeError,
    );
  });
});

describe('the interval at which one stops', () => {
  const COUNTS = plannedLooks(4, 20);
  const REPETITIONS = 4000;
  const CONFIDENCE = 0.95;

  /**
   * How often it holds the mean of the values, and how often one stopped before the last look. `looks` is what the
   * confidence allows for: none is what must not be done.
   */
  function coverage(draw: () => number, mean: number, relative: number, looks: readonly number[]) {
    let held = 0;
    let early = 0;
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      const values = Array.from({ length: COUNTS.at(-1)! }, draw);
      for (const count of COUNTS) {
        const look = lookAt(values.slice(0, count), { width: { relative }, confidence: CONFIDENCE, looks });
        if (!look.isNarrow && count < COUNTS.at(-1)!) continue;
        if (look.lo <= mean && mean <= look.hi) held++;
        if (count < COUNTS.at(-1)!) early++;
        break;
      }
    }
    return { held: held / REPETITIONS, early: early / REPETITIONS };
  }

  const normal = () => {
    const next = normals('sequential');
    return () => 10 + next();
  };
  const exponential = () => {
    const next = uniforms('sequential');
    return () => -Math.log(1 - next());
  };
  /** Three standard deviations of the fraction of repetitions in which an event of probability 0.95 occurs. */
  const NOISE = 3 * Math.sqrt((0.95 * 0.05) / REPETITIONS);

  it.each([0.07, 0.09, 0.14])('holds the mean of normal values as often as it says, at relative width %d', (width) => {
    const { held, early } = coverage(normal(), 10, width, COUNTS);
    expect(early).toBeGreaterThan(0.3);
    expect(held).toBeGreaterThan(CONFIDENCE - NOISE);
    expect(held).toBeLessThan(nominalConfidence(CONFIDENCE, COUNTS) + NOISE);
  });

  it('would hold it less often with the whole confidence at every look', () => {
    const { held, early } = coverage(normal(), 10, 0.06, []);
    expect(early).toBeGreaterThan(0.3);
    expect(held).toBeLessThan(CONFIDENCE - NOISE);
  });

  // Student's interval of a few skewed values lies too low where they are low by chance, which is also where it is
  // narrow. Measured with this generator: 91.3 % and 91.0 % for a nominal 95 %, against 87.8 % and 87.2 %. With a fixed number
  // of exponential values it is 88.1 % for 4, 89.8 % for 9 and 91.8 % for 20.
  it.each([0.8, 1])('falls short for exponential values, but no more than of a fixed number, at width %d', (width) => {
    const looked = coverage(exponential(), 1, width, COUNTS);
    const whole = coverage(exponential(), 1, width, []);
    const draw = exponential();
    let held = 0;
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      const { lo, hi } = tInterval(Array.from({ length: 9 }, draw), CONFIDENCE);
      if (lo <= 1 && 1 <= hi) held++;
    }
    expect(looked.early).toBeGreaterThan(0.3);
    expect(looked.held).toBeLessThan(CONFIDENCE - 3 * NOISE);
    expect(looked.held).toBeGreaterThan(held / REPETITIONS);
    expect(whole.held).toBeLessThan(looked.held - 0.02);
  });
});
