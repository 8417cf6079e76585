import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { format, rational } from '../../../src/science/numeric/rational.ts';
import { betaTable, makePolicy, PolicyError, type PolicySpec, thetaTable } from '../../../src/science/policy/policy.ts';

const comparison = fc.constantFrom('strict' as const, 'weak' as const);
const anyPolicy: fc.Arbitrary<PolicySpec> = fc.oneof(
  fc.record({ kind: fc.constant('none' as const), comparison }),
  fc.record({ kind: fc.constant('sq' as const), K: fc.integer({ min: 1, max: 4 }), comparison }),
  fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 5 }), comparison)
    .map(([K, extra, c]) => ({ kind: 'abounce' as const, K, C: K + extra, comparison: c })),
  fc
    .tuple(fc.integer({ min: 101, max: 700 }), fc.integer({ min: 1, max: 4 }), comparison)
    .map(([hundredths, K, c]) => ({ kind: 'mbounce' as const, alpha: `${hundredths}/100`, K, comparison: c })),
  fc.tuple(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 6 }), comparison).map(([gaps, c]) => {
    let t = 0;
    const thresholds = gaps.map((gap, m) => {
      t = Math.max(t, m + gap);
      return t;
    });
    return { kind: 'table' as const, thresholds, comparison: c };
  }),
);

describe('β and θ', () => {
  test('are dual: β(m) > q exactly when m ≥ θ(q), and both are nondecreasing', () => {
    fc.assert(
      fc.property(anyPolicy, fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }), (spec, m, q) => {
        const policy = makePolicy(spec);
        expect(policy.beta(m) > q).toBe(m >= policy.theta(q));
        expect(policy.beta(m + 1)).toBeGreaterThanOrEqual(policy.beta(m));
        expect(policy.theta(q + 1)).toBeGreaterThanOrEqual(policy.theta(q));
      }),
      { numRuns: 500 },
    );
  });

  test('β(m) is the shortest length q that meets q > T(m), or q ≥ T(m) under the weak comparison', () => {
    fc.assert(
      fc.property(anyPolicy, fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 200 }), (spec, m, q) => {
        const policy = makePolicy(spec);
        const t = policy.threshold(m);
        const left = BigInt(q) * (t?.den ?? 1n);
        const migrates = t !== null && (spec.comparison === 'weak' ? left >= t.num : left > t.num);
        expect(q >= policy.beta(m)).toBe(migrates);
      }),
      { numRuns: 500 },
    );
  });

  test('as tables', () => {
    const policy = makePolicy({ kind: 'mbounce', alpha: 1.5, K: 2 });
    // T = 2, 3, 4, 5, 6, 7.5, 9: max(1.5 m, m + 2).
    expect(Array.from(betaTable(policy, 7))).toEqual([3, 4, 5, 6, 7, 8, 10]);
    expect(Array.from(thetaTable(policy, 8))).toEqual([0, 0, 0, 1, 2, 3, 4, 5]);
    expect(Array.from(betaTable(makePolicy({ kind: 'none' }), 2))).toEqual([0x7fffffff, 0x7fffffff]);
    expect(Array.from(thetaTable(makePolicy({ kind: 'none' }), 2))).toEqual([0, 0]);
  });
});

describe('thresholds', () => {
  test('α = 1.1 is 11/10: at m = 10 the double decides otherwise', () => {
    const policy = makePolicy({ kind: 'mbounce', alpha: 1.1, K: 1, comparison: 'weak' });
    expect(policy.threshold(10)).toEqual(rational(11));
    expect(policy.beta(10)).toBe(11);
    // In doubles α·10 stays 11 but the smallest q with q/10 ≥ 1.1 + ulp, the exact double's reading, is 12.
    const exactDouble = rational(2476979795053773n, 2251799813685248n);
    const ofDouble = makePolicy({ kind: 'mbounce', alpha: format(exactDouble), K: 1, comparison: 'weak' });
    expect(ofDouble.beta(10)).toBe(12);
  });

  test('strict and weak differ by one exactly where T(m) is an integer', () => {
    const of = (c: 'strict' | 'weak') => makePolicy({ kind: 'mbounce', alpha: '3/2', K: 1, comparison: c });
    const differences = Array.from({ length: 8 }, (_, m) => of('strict').beta(m) - of('weak').beta(m));
    // T = 1, 2, 3, 4.5, 6, 7.5, 9, 10.5.
    expect(differences).toEqual([1, 1, 1, 0, 1, 0, 1, 0]);
  });

  test('SQ with K = 1 joins any strictly shorter queue; a table grows by one past its end', () => {
    const sq = makePolicy({ kind: 'sq' });
    expect([0, 1, 5].map((m) => sq.beta(m))).toEqual([1, 2, 6]);
    const table = makePolicy({ kind: 'table', thresholds: [1, '5/2'] });
    expect([0, 1, 2, 3].map((m) => format(table.threshold(m)!))).toEqual(['1', '5/2', '7/2', '9/2']);
  });

  test('no sharing never migrates', () => {
    const none = makePolicy({ kind: 'none' });
    expect(none.threshold(0)).toBeNull();
    expect(none.beta(3)).toBe(Number.POSITIVE_INFINITY);
  });

  test.each<[PolicySpec, string]>([
    [{ kind: 'none' }, 'no sharing'],
    [{ kind: 'sq' }, 'JSQ'],
    [{ kind: 'sq', d: 1 }, 'SQ(2)'],
    [{ kind: 'abounce', C: 2, d: 10 }, 'ABOUNCE(C=2, d=10)'],
    [{ kind: 'mbounce', alpha: '11/10' }, 'MBOUNCE(α=1.1, d=all)'],
    [{ kind: 'table', thresholds: [1] }, 'table(d=all)'],
  ])('%j is called %s', (spec, label) => {
    expect(makePolicy(spec).label).toBe(label);
  });
});

describe('a policy that does not exist', () => {
  test.each<[PolicySpec, string, string]>([
    [{ kind: 'none', d: 0 }, 'd', 'd must be an integer ≥ 1 or "all", found 0'],
    [{ kind: 'none', d: 1.5 }, 'd', 'd must be an integer ≥ 1 or "all", found 1.5'],
    [{ kind: 'none', K: 0 }, 'K', 'K must be an integer ≥ 1, found 0'],
    [{ kind: 'abounce' }, 'C', 'ABOUNCE needs an integer C, found undefined'],
    [{ kind: 'abounce', C: 2.5 }, 'C', 'ABOUNCE needs an integer C, found 2.5'],
    [{ kind: 'abounce', C: 1, K: 2 }, 'C', 'ABOUNCE needs C ≥ K, found C = 1 with K = 2'],
    [{ kind: 'mbounce' }, 'alpha', 'MBOUNCE needs a factor alpha > 1'],
    [{ kind: 'mbounce', alpha: 1 }, 'alpha', 'MBOUNCE needs alpha > 1, found 1'],
    [{ kind: 'mbounce', alpha: '9/10' }, 'alpha', 'MBOUNCE needs alpha > 1, found 9/10'],
    [
      { kind: 'mbounce', alpha: 'two' },
      'alpha',
      'alpha: expected a decimal such as 1.1 or a fraction such as 11/10, found "two"',
    ],
    [{ kind: 'table' }, 'thresholds', 'a table policy needs thresholds T(0), T(1), …'],
    [{ kind: 'table', thresholds: [0, 0.5] }, 'thresholds', 'T(1) = 1/2 is below m = 1'],
    [{ kind: 'table', thresholds: [4, 3] }, 'thresholds', 'thresholds must not decrease, found T(1) = 3 after 4'],
    [
      { kind: 'table', thresholds: ['x'] },
      'thresholds',
      'thresholds: expected a decimal such as 1.1 or a fraction such as 11/10, found "x"',
    ],
    [{ kind: 'jsq' as 'sq' }, 'kind', 'unknown policy "jsq": expected none, sq, abounce, mbounce or table'],
  ])('%j names its parameter', (spec, parameter, message) => {
    expect(() => makePolicy(spec)).toThrow(PolicyError);
    try {
      makePolicy(spec);
    } catch (error) {
      expect(error).toMatchObject({ name: 'PolicyError', parameter, message });
    }
  });
});
