import fc from 'fast-check';
import { expect, it } from 'vitest';
import { plannedLooks } from '../../src/engine/looks.ts';

it('looks grow by one half, and a short last step is joined to the one before', () => {
  expect(plannedLooks(4, 20)).toEqual([4, 6, 9, 14, 20]);
  expect(plannedLooks(4, 15)).toEqual([4, 6, 9, 15]);
  expect(plannedLooks(2, 3)).toEqual([2, 3]);
  expect(plannedLooks(7, 7)).toEqual([7]);
  expect(plannedLooks(4, 1_000_000)).toHaveLength(31);
});

it('looks go from the least number of replicates to the most, in steps of no more than the replicates so far', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 500 }), fc.nat(5000), (min, more) => {
      const looks = plannedLooks(min, min + more);
      expect([looks[0], looks.at(-1)]).toEqual([min, min + more]);
      for (let at = 1; at < looks.length; at++) {
        expect(looks[at]).toBeGreaterThan(looks[at - 1]);
        expect(looks[at]).toBeLessThanOrEqual(2 * looks[at - 1]);
        if (at < looks.length - 1) expect(looks[at]).toBe(looks[at - 1] + Math.ceil(looks[at - 1] / 2));
      }
    }),
  );
});
