import { describe, expect, it } from 'vitest';
import type { AnyStage } from '../../../src/engine/describe.ts';
import certifiedRates from '../../../stages/certified-rates.ts';
import coupling from '../../../stages/coupling.ts';
import drift from '../../../stages/drift.ts';
import exact from '../../../stages/exact.ts';
import fixedPoint from '../../../stages/fixed-point.ts';
import lemma from '../../../stages/lemma.ts';
import regions from '../../../stages/regions.ts';
import simulate from '../../../stages/simulate.ts';
import testFunction from '../../../stages/test-function.ts';
import theorem2 from '../../../stages/theorem-2.ts';
import threshold from '../../../stages/threshold.ts';
import transient from '../../../stages/transient.ts';
import { problemsOf, resolved } from '../runKind.ts';

/** What each kind needs besides its policy. */
const KINDS: readonly (readonly [name: string, kind: AnyStage, others: object])[] = [
  ['simulate', simulate, { n: 10, lambda: 0.5, events: 1000 }],
  ['fixed-point', fixedPoint, { lambda: 0.5 }],
  ['transient', transient, { lambda: 0.5, times: [1] }],
  ['exact', exact, { lambda: 0.5 }],
  ['threshold', threshold, { method: 'saturated', n: 10 }],
  ['drift', drift, { function: 'total-work', lambda: 0.5, box: 4 }],
  ['regions', regions, {}],
  ['coupling', coupling, { n: 4, lambda: 0.5, events: 100 }],
  ['lemma', lemma, { lambda: 0.5 }],
  ['theorem-2', theorem2, {}],
  ['test-function', testFunction, { lambda: 0.5, side: 'stable', breakpoints: 2 }],
  ['certified-rates', certifiedRates, { breakpoints: 2 }],
];

/** Policies that are wrong in themselves, where, and what is said. */
const WRONG: readonly (readonly [policy: object, path: string, message: string])[] = [
  [{ kind: 'abounce', C: 2, K: 3 }, '/policy/C', 'ABOUNCE needs C ≥ K, found C = 2 with K = 3'],
  [{ kind: 'abounce', K: 2 }, '/policy', 'ABOUNCE needs an integer C, found undefined'],
  [{ kind: 'abounce', C: 2, d: 0 }, '/policy/d', 'd must be an integer ≥ 1 or "all", found 0'],
  [{ kind: 'abounce', C: 2, K: 0 }, '/policy/K', 'K must be an integer ≥ 1, found 0'],
  [{ kind: 'mbounce', alpha: 1 }, '/policy/alpha', 'MBOUNCE needs alpha > 1, found 1'],
  [{ kind: 'mbounce', alpha: '9/10' }, '/policy/alpha', 'MBOUNCE needs alpha > 1, found 9/10'],
  [
    { kind: 'mbounce', alpha: '1/0' },
    '/policy/alpha',
    'alpha: expected a decimal such as 1.1 or a fraction such as 11/10, found "1/0"',
  ],
  [{ kind: 'mbounce' }, '/policy', 'MBOUNCE needs a factor alpha > 1'],
  [{ kind: 'table' }, '/policy', 'a table policy needs thresholds T(0), T(1), …'],
  [{ kind: 'table', thresholds: [2, 1] }, '/policy/thresholds', 'thresholds must not decrease, found T(1) = 1 after 2'],
];

describe.each(KINDS)('a wrong policy of %s', (_, kind, others) => {
  it.each(WRONG)('%o', (policy, path, message) => {
    expect(problemsOf(kind, { ...others, policy })[0]).toEqual({ path, message });
  });

  it('has parameters of another policy', () => {
    const policy = { kind: 'mbounce', alpha: 2, C: 3, thresholds: [1], d: 5 };
    expect(problemsOf(kind, { ...others, policy }).slice(0, 2)).toEqual([
      { path: '/policy/C', message: 'C has no meaning for mbounce' },
      { path: '/policy/thresholds', message: 'thresholds has no meaning for mbounce' },
    ]);
  });

  it('is of a kind that does not exist, or has words where numbers belong', () => {
    const refuse = (policy: object) => () => resolved(kind, { ...others, policy });
    expect(refuse({ kind: 'abounced', C: 2 })).toThrow('/policy/kind must be equal to one of the allowed values');
    expect(refuse({ kind: 'abounce', C: 2.5 })).toThrow('/policy/C must be integer');
    expect(refuse({ kind: 'abounce', C: 2, d: 'every' })).toThrow('/policy/d must be equal to constant');
    expect(refuse({ kind: 'mbounce', alpha: 'two' })).toThrow('/policy/alpha must match pattern');
    expect(refuse({ kind: 'abounce', C: 2, sampled: 3 })).toThrow('/policy must NOT have additional properties');
  });
});

it('has no problems where a policy is right', () => {
  const right = { kind: 'abounce', C: 2, d: 2, K: 2 };
  for (const [name, kind, others] of KINDS) {
    const policy = name === 'theorem-2' ? { ...right, d: 'all' } : right;
    expect([name, problemsOf(kind, { ...others, policy })]).toEqual([name, []]);
  }
});
