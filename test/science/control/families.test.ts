import { describe, expect, it } from 'vitest';
import {
  additiveFamily,
  bestMeanField,
  bestPair,
  flooredFamily,
  multiplicativeFamily,
} from '../../../src/science/control/families.ts';
import { exactTwoQueues } from '../../../src/science/exact/twoQueues.ts';
import { makePolicy } from '../../../src/science/policy/policy.ts';

const PAIR = { lambda: 0.75, K: 2, d: 'all', levels: 60 } as const;

describe('families of policies', () => {
  it('list every C, and every factor up to a denominator once, in order', () => {
    expect(additiveFamily(2, 'all', 5).map(({ C }) => C)).toEqual([2, 3, 4, 5]);
    expect(multiplicativeFamily(2, 'all', 3, 3).map(({ alpha }) => alpha)).toEqual(
      '4/3 3/2 5/3 2 7/3 5/2 8/3 3'.split(' '),
    );
  });

  it('stand for all real factors as far as short queues matter', () => {
    const fine = multiplicativeFamily(2, 10, 6, 3).map(({ spec }) => makePolicy(spec));
    for (let k = 0; k < 400; k++) {
      const alpha = 4 / 3 + (k * (6 - 4 / 3)) / 400;
      const policy = makePolicy({ kind: 'mbounce', alpha, d: 10, K: 2 });
      expect(fine.some((other) => [0, 1, 2, 3].every((m) => other.beta(m) === policy.beta(m)))).toBe(true);
    }
  });

  it('with a floor are max(αm, m + C), and MBOUNCE where the floor is K', () => {
    const [member] = flooredFamily(2, 'all', 5, 4, 1).slice(-1);
    const policy = makePolicy(member.spec);
    expect([0, 1, 2, 3].map((m) => policy.beta(m) - 1)).toEqual([5, 6, 8, 12]);
    for (const [k, { spec }] of flooredFamily(2, 'all', 2, 4, 2).entries()) {
      const twin = makePolicy(multiplicativeFamily(2, 'all', 4, 2)[k].spec);
      for (let m = 0; m < 16; m++) expect(makePolicy(spec).beta(m)).toBe(twin.beta(m));
    }
  });

  it.each([
    ['additive', additiveFamily(2, 'all', 12)],
    ['multiplicative', multiplicativeFamily(2, 'all', 9, 2)],
  ])('have the best member that a full search by the exact law finds: %s', (_, family) => {
    const costs = family.map(({ spec }) => {
      const exact = exactTwoQueues({ lambda: 0.75, policy: makePolicy(spec), tolerance: 1e-9 });
      return exact.status === 'exact' ? exact.jobDelay : Number.POSITIVE_INFINITY;
    });
    const best = bestPair(PAIR, family, 'jobDelay')!;
    expect(best.spec).toEqual(family[costs.indexOf(Math.min(...costs))].spec);
    expect(best.jobDelay).toBe(Math.min(...costs));
  });

  it('have no best member where none settles', () => {
    expect(bestPair({ ...PAIR, lambda: 0.95 }, additiveFamily(2, 'all', 2), 'jobDelay')).toBeNull();
    const problem = { lambda: 0.95, K: 2, d: 10, objective: 'jobDelay' } as const;
    expect(bestMeanField(problem, additiveFamily(2, 10, 2))).toBeNull();
  });

  it('have the mean field’s best member: α = 5 for the system of Figure 5', () => {
    const problem = { lambda: 0.75, K: 2, d: 10, objective: 'jobDelay' } as const;
    expect(bestMeanField(problem, multiplicativeFamily(2, 10, 12, 1))).toMatchObject({ alpha: '5' });
    expect(bestMeanField(problem, additiveFamily(2, 10, 12))).toMatchObject({ C: 3 });
    expect(() => bestMeanField({ ...problem, lambda: 0 }, [])).toThrow('the arrival rate must be positive');
  });

  it('refuse bounds without members', () => {
    expect(() => additiveFamily(3, 'all', 2)).toThrow('the largest C must be an integer ≥ K = 3, found 2');
    expect(() => multiplicativeFamily(2, 'all', 1.5, 1)).toThrow('the largest α must be an integer ≥ 2, found 1.5');
    expect(() => multiplicativeFamily(2, 'all', 3, 0)).toThrow(
      'the largest denominator must be an integer from 1 to 12',
    );
    expect(() => flooredFamily(2, 'all', -1, 3, 1)).toThrow('the floor C must be an integer ≥ 0, found -1');
  });
});
