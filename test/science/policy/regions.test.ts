import { describe, expect, test } from 'vitest';
import { rational, toNumber } from '../../../src/science/numeric/rational.ts';
import { makePolicy, type PolicySpec } from '../../../src/science/policy/policy.ts';
import {
  growthOf,
  noMigrationFraction,
  noMigrationLimit,
  noMigrationRegion,
} from '../../../src/science/policy/regions.ts';

const specs: PolicySpec[] = [
  { kind: 'none' },
  { kind: 'abounce', C: 2, K: 2 },
  { kind: 'abounce', C: 4, K: 2, comparison: 'weak' },
  { kind: 'mbounce', alpha: 1.1, K: 2 },
  { kind: 'mbounce', alpha: 2, K: 2, comparison: 'weak' },
  { kind: 'table', thresholds: [3, 3, 4], K: 1 },
  { kind: 'table', thresholds: [0], K: 2, comparison: 'weak' },
];

describe('the no-migration region of two queues (Figure 2)', () => {
  test('ABOUNCE(2): migration beyond a difference of 2, from the longer queue', () => {
    const rows = noMigrationRegion({ policy: makePolicy({ kind: 'abounce', C: 2, K: 2 }), size: 5 });
    const drawn = rows.map(({ migrates }) => ({ none: '.', 'from-1': '1', 'from-2': '2', both: 'b' })[migrates]);
    expect(Array.from({ length: 5 }, (_, q1) => drawn.slice(5 * q1, 5 * q1 + 5).join(''))).toEqual([
      '...22',
      '....2',
      '.....',
      '1....',
      '11...',
    ]);
  });

  test.each(specs)('%j: the counted fraction is that of the listed states', (spec) => {
    const policy = makePolicy(spec);
    for (const { size, free } of noMigrationFraction({ policy, sizes: [1, 2, 7, 40] })) {
      expect(noMigrationRegion({ policy, size }).filter(({ migrates }) => migrates === 'none')).toHaveLength(free);
    }
  });

  test.each(specs)('%j: the fraction approaches its limit like 1/size', (spec) => {
    const policy = makePolicy(spec);
    const limit = toNumber(noMigrationLimit(policy));
    for (const { size, fraction } of noMigrationFraction({ policy, sizes: [100, 1000, 10_000] })) {
      expect(Math.abs(fraction - limit)).toBeLessThan(30 / size);
    }
  });

  test('the limit is 0 for additive thresholds and 1 − 1/α for multiplicative ones', () => {
    expect(noMigrationLimit(makePolicy({ kind: 'abounce', C: 8, K: 2 }))).toEqual(rational(0));
    expect(noMigrationLimit(makePolicy({ kind: 'mbounce', alpha: 1.1, K: 2 }))).toEqual(rational(1, 11));
    expect(noMigrationLimit(makePolicy({ kind: 'mbounce', alpha: 3, K: 2 }))).toEqual(rational(2, 3));
  });
});

describe('growth of T', () => {
  test.each(specs)('%j: holds from its m on', (spec) => {
    const policy = makePolicy(spec);
    const growth = growthOf(policy);
    for (let m = growth.from; m < growth.from + 50; m++) {
      if (growth.kind === 'never') expect(policy.beta(m)).toBe(Number.POSITIVE_INFINITY);
      else if (growth.kind === 'additive') expect(policy.beta(m)).toBe(m + growth.gap);
      else expect(policy.threshold(m)).toEqual(rational(growth.alpha.num * BigInt(m), growth.alpha.den));
    }
  });
});
