import { describe, expect, it } from 'vitest';
import { exactTwoQueues } from '../../../src/science/exact/twoQueues.ts';
import { makePolicy } from '../../../src/science/policy/policy.ts';
import { generator128 } from '../../../src/science/random/xoshiro128pp.ts';
import { OccupancyChain, TooLongError } from '../../../src/science/rare/occupancyChain.ts';
import { rareTails } from '../../../src/science/rare/splitting.ts';
import { simulate } from '../../../src/science/sim/simulate.ts';

const SEED = '4a'.repeat(32);
const ABOUNCE = makePolicy({ kind: 'abounce', C: 2, K: 2 });
const OPTIONS = { n: 2, lambda: 0.5, policy: ABOUNCE, events: 100_000, effort: 100, replications: 16, seed: SEED };

describe('the chain in its tail counts', () => {
  it('has the tails of the kernel, which is other code with other random numbers', () => {
    const policy = makePolicy({ kind: 'mbounce', alpha: 2, K: 3, d: 4 });
    const chain = new OccupancyChain(20, 0.6, policy, generator128(SEED, 'chain'));
    for (let event = 0; event < 100_000; event++) chain.step();
    chain.takeTimes();
    const events = 1_500_000;
    for (let event = 0; event < events; event++) chain.step();
    const { queue, longest } = chain.takeTimes();
    const { tails } = simulate({ n: 20, lambda: 0.6, policy, events: 2 ** 24, seed: SEED });
    for (let i = 1; i <= 4; i++) expect(Math.abs(queue[i] / (20 * events) / tails[i] - 1), `${i}`).toBeLessThan(0.03);
    expect(longest[0]).toBe(events);
    expect(longest[3]).toBeGreaterThanOrEqual(queue[3] / 20);
  });

  it('goes on from a state that was put back, and counts its time with its weight', () => {
    const chain = new OccupancyChain(2, 0.5, ABOUNCE, generator128(SEED, 'chain'));
    while (chain.longest < 3) chain.step();
    const state = chain.save();
    while (chain.longest > 0) chain.step();
    chain.takeTimes();
    chain.restore(state);
    expect(chain.save()).toEqual(state);
    chain.weight = 4;
    chain.step();
    const { queue, longest } = chain.takeTimes();
    expect(Array.from(queue)).toEqual(Array.from(state, (count) => 4 * count));
    expect(Array.from(longest)).toEqual([4, 4, 4, 4]);
  });

  it('says of an unstable system that it is one', () => {
    const chain = new OccupancyChain(1, 20, makePolicy({ kind: 'none' }), generator128(SEED, 'chain'));
    expect(() => {
      for (let event = 0; event < 10_000; event++) chain.step();
    }).toThrow(TooLongError);
  });
});

describe('splitting', () => {
  it('gives the exact tails of two queues to 1e-12, within its bands', () => {
    const exact = exactTwoQueues({ lambda: 0.5, policy: ABOUNCE, levels: 60 });
    if (exact.status !== 'exact') throw new Error(exact.reason);
    const { queue, longest, base } = rareTails(OPTIONS);
    expect(base).toBeGreaterThan(2);
    expect(queue.at(-1)!.probability).toBeLessThan(3e-12);
    const width = exact.levels + 1;
    const either = (i: number): number => {
      let sum = 0; // from the rare end, so that small terms are not lost
      for (let at = width * width - 1; at >= 0; at--) {
        if (Math.max(Math.floor(at / width), at % width) >= i) sum += exact.joint.probabilities[at];
      }
      return sum;
    };
    for (let i = 1; i < queue.length; i++) {
      expect(queue[i].lo, `queue ${i}`).toBeLessThan(exact.tails[i]);
      expect(queue[i].hi, `queue ${i}`).toBeGreaterThan(exact.tails[i]);
      expect(longest[i].lo, `longest ${i}`).toBeLessThan(either(i));
      expect(longest[i].hi, `longest ${i}`).toBeGreaterThan(either(i));
      expect(Math.abs(queue[i].probability / exact.tails[i] - 1)).toBeLessThan(0.35);
    }
  });

  it('gives the same by climbing all jobs, a height that has little to do with one queue of two', () => {
    const exact = exactTwoQueues({ lambda: 0.5, policy: ABOUNCE, levels: 60 });
    if (exact.status !== 'exact') throw new Error(exact.reason);
    const { queue, longest } = rareTails({ ...OPTIONS, climb: 'jobs', effort: 60, replications: 12 });
    expect(queue[0]).toEqual({ probability: 1, lo: 1, hi: 1 });
    expect(queue.at(-1)!.probability).toBeLessThan(1e-4);
    for (let i = 1; i < queue.length; i++) {
      expect(queue[i].lo, `queue ${i}`).toBeLessThan(exact.tails[i]);
      expect(queue[i].hi, `queue ${i}`).toBeGreaterThan(exact.tails[i]);
      expect(longest[i].probability).toBeGreaterThan(queue[i].probability);
    }
  });

  it('follows many queues that become long only together, where climbing the longest does not', () => {
    const policy = makePolicy({ kind: 'abounce', C: 2, K: 2, d: 10 });
    const together = { ...OPTIONS, n: 40, lambda: 0.7, policy, effort: 30, replications: 8, floor: 1e-7 };
    const { queue } = rareTails({ ...together, climb: 'jobs' });
    expect(rareTails({ ...together, climb: 'longest' }).queue.length).toBeLessThan(queue.length);
    const { tails } = simulate({ n: 40, lambda: 0.7, policy, events: 2 ** 25, seed: SEED });
    for (let i = 1; i <= 5; i++) {
      expect(queue[i].lo, `${i}`).toBeLessThan(1.1 * tails[i]);
      expect(queue[i].hi, `${i}`).toBeGreaterThan(0.9 * tails[i]);
    }
  });

  it('gives λ^i for one queue', () => {
    const { queue } = rareTails({ ...OPTIONS, n: 1, policy: makePolicy({ kind: 'none' }), effort: 250 });
    expect(queue.length).toBeGreaterThan(37);
    queue.slice(1).forEach(({ lo, hi, probability }, at) => {
      expect(lo).toBeLessThan(0.5 ** (at + 1));
      expect(hi).toBeGreaterThan(0.5 ** (at + 1));
      expect(Math.abs(probability / 0.5 ** (at + 1) - 1)).toBeLessThan(0.35);
    });
  });

  it('is the same for the same seed, and no level less with a higher floor', () => {
    const small = { ...OPTIONS, events: 50_000, effort: 100, replications: 8, floor: 1e-4 };
    expect(rareTails(small)).toEqual(rareTails(small));
    expect(rareTails({ ...small, floor: 1e-2 }).queue.length).toBeLessThan(rareTails(small).queue.length);
  });

  it('refuses options out of range', () => {
    expect(() => rareTails({ ...OPTIONS, replications: 1 })).toThrow(
      'replications must be an integer of at least 2, found 1',
    );
    expect(() => rareTails({ ...OPTIONS, floor: 0 })).toThrow('floor must lie strictly between 0 and 1, found 0');
    expect(() => rareTails({ ...OPTIONS, lambda: 0 })).toThrow('the arrival rate must be positive, found 0');
  });
});
