import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Packable, pack } from '../../../src/executors/slurm/packing.ts';

const packable = fc.record(
  { seconds: fc.double({ min: 0, max: 100, noNaN: true }), alone: fc.boolean() },
  { requiredKeys: [] },
);
const takes = ({ seconds = Number.POSITIVE_INFINITY, alone }: Packable): number =>
  alone ? Number.POSITIVE_INFINITY : seconds;

const packed = (check: (packs: readonly (readonly number[])[], actions: readonly Packable[], limit: number) => void) =>
  fc.assert(
    fc.property(fc.array(packable), fc.double({ min: 1, max: 60, noNaN: true }), (actions, limit) =>
      check(pack(actions, limit, 8), actions, limit),
    ),
  );

describe('packing', () => {
  it('gives each action to one job', () => {
    packed((packs, actions) => {
      expect(packs.flat().sort((a, b) => a - b)).toEqual(actions.map((_, at) => at));
    });
  });

  it('keeps the order within a job, and of the first actions of jobs', () => {
    packed((packs) => {
      for (const own of packs) expect(own).toEqual([...own].sort((a, b) => a - b));
      const firsts = packs.map(([first]) => first);
      expect(firsts).toEqual([...firsts].sort((a, b) => a - b));
    });
  });

  it('lets several share a job only if they take no longer than it is packed for, and are not too many', () => {
    packed((packs, actions, limit) => {
      for (const own of packs.filter(({ length }) => length > 1)) {
        expect(own.reduce((sum, at) => sum + takes(actions[at]), 0)).toBeLessThanOrEqual(limit);
        expect(own.length).toBeLessThanOrEqual(8);
      }
    });
  });

  it('leaves no job so empty that the first action of the next one of short actions had had room', () => {
    packed((packs, actions, limit) => {
      const short = packs.filter((own) => takes(actions[own[0]]) <= limit);
      for (let at = 1; at < short.length; at++) {
        const before = short[at - 1].reduce((sum, each) => sum + takes(actions[each]), 0);
        expect(before + takes(actions[short[at][0]]) > limit || short[at - 1].length === 8).toBe(true);
      }
    });
  });
});
