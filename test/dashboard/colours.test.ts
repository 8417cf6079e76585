import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extent, RAMP, scaleOf } from '../../src/dashboard/page/colours.ts';

/** Relative luminance, as WCAG 2 defines it. */
function luminance(pixel: number): number {
  const [red, green, blue] = [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255].map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe('the colours of values', () => {
  it('get lighter from the least to the greatest, so that they can be told apart in grey', () => {
    const steps = Array.from(RAMP, luminance);
    expect(steps.every((value, at) => at === 0 || value >= steps[at - 1] - 1e-3)).toBe(true);
    expect(steps[255] - steps[0]).toBeGreaterThan(0.7);
  });

  it('keep the order of any values, and use the whole scale', () => {
    const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), { minLength: 2 });
    fc.assert(
      fc.property(values, (given) => {
        const range = extent(given)!;
        const { step } = scaleOf(range);
        const sorted = [...given].sort((a, b) => a - b).map(step);
        expect(sorted.every((place, at) => place >= 0 && place <= 255 && (at === 0 || place >= sorted[at - 1]))).toBe(
          true,
        );
        if (range[1] > range[0]) expect([sorted[0], sorted.at(-1)]).toEqual([0, 255]);
      }),
    );
  });

  it('are of logarithms where one value would outshine all others, and of what is a number', () => {
    expect(scaleOf([1, 64]).isLogarithmic).toBe(true);
    expect(scaleOf([1, 4]).isLogarithmic).toBe(false);
    expect(scaleOf([-1, 64]).isLogarithmic).toBe(false);
    expect(extent([Number.NaN, 2, Number.POSITIVE_INFINITY, -1])).toEqual([-1, 2]);
    expect(extent([Number.NaN])).toBeUndefined();
  });
});
