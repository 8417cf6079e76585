import { describe, expect, it } from 'vitest';
import { bisect } from '../../../src/science/numeric/bisect.ts';

describe('bisect', () => {
  it('brackets √2 between adjacent doubles', () => {
    const { lo, hi } = bisect((x) => x * x < 2, 1, 2);
    expect(hi - lo).toBeLessThanOrEqual(2 ** -52);
    expect(lo * lo).toBeLessThan(2);
    expect(hi * hi).toBeGreaterThanOrEqual(2);
  });

  it('stops at the tolerance', () => {
    const { lo, hi } = bisect((x) => x < 0.3, 0, 1, 0.01);
    expect(hi - lo).toBeLessThanOrEqual(0.01);
    expect(lo).toBeLessThan(0.3);
    expect(hi).toBeGreaterThanOrEqual(0.3);
  });

  it('refuses ends that do not bracket', () => {
    expect(() => bisect(() => true, 0, 1)).toThrow('must fail at the upper end 1');
    expect(() => bisect(() => false, 0, 1)).toThrow('must hold at the lower end 0');
  });
});
