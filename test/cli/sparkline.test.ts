import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sparkline } from '../../src/cli/sparkline.ts';

describe('a sparkline', () => {
  it('is as high as the values are', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 20, true)).toEqual({ line: '▁▂▃▄▅▆▇█', least: 0, most: 7, log: false });
    expect(sparkline([7, 0, 7], 20, true)?.line).toBe('█▁█');
  });

  it('has characters of ASCII where there are no others', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 20, false)?.line).toBe('_.-~=+*#');
  });

  it('shows orders of magnitude where values have many', () => {
    expect(sparkline([1, 1e-2, 1e-4, 1e-6], 20, true)).toEqual({ line: '█▆▃▁', least: 1e-6, most: 1, log: true });
    expect(sparkline([1, 1e-6, 0], 20, true)?.log).toBe(false);
  });

  it('leaves a gap where values are missing, and is none where they do not differ', () => {
    expect(sparkline([1, null, Number.NaN, 2], 20, true)?.line).toBe('▁  █');
    expect(sparkline([3, 3, null], 20, true)).toBeUndefined();
    expect(sparkline([], 20, true)).toBeUndefined();
  });

  it('takes the mean of the rows that share a character', () => {
    expect(sparkline([0, 0, 8, 8, 0, 8], 3, true)?.line).toBe('▁█▅');
  });

  it('is as long as it may be, and never longer than there are rows; its ends are the least and the most', () => {
    fc.assert(
      fc.property(fc.array(fc.double()), fc.integer({ min: 1, max: 80 }), fc.boolean(), (values, width, unicode) => {
        const finite = values.filter((value) => Number.isFinite(value));
        const drawn = sparkline(values, width, unicode);
        expect(drawn === undefined).toBe(finite.length === 0 || Math.min(...finite) === Math.max(...finite));
        if (drawn === undefined) return;
        expect([...drawn.line]).toHaveLength(Math.min(width, values.length));
        expect([drawn.least, drawn.most]).toEqual([Math.min(...finite), Math.max(...finite)]);
        if (width < values.length) return;
        const [low, high] = unicode ? ['▁', '█'] : ['_', '#'];
        values.forEach((value, at) => {
          if (value === drawn.least) expect([...drawn.line][at]).toBe(low);
          if (value === drawn.most) expect([...drawn.line][at]).toBe(high);
        });
      }),
    );
  });
});
