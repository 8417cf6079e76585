import { describe, expect, it } from 'vitest';
import { rowsOf } from '../../src/tables/rows.ts';
import drift from '../../stages/drift.ts';
import { problemsOf, resolved, rowOf, runKind } from './runKind.ts';

const additive = { kind: 'abounce', C: 2, d: 'all', K: 2 };
const multiplicative = (alpha: number | string) => ({ kind: 'mbounce', alpha, d: 'all', K: 2 });

describe('Theorem 2', () => {
  // science brief §3: on the diagonal the drift of the printed V is −C(1 − λ)/(1 + λ)
  it.each([
    ['9/10', '-2/19'],
    [0.95, '-2/39'],
    ['99/100', '-2/199'],
  ])('as printed is refuted on the diagonal at λ = %s', async (lambda, worst) => {
    const { summary, states } = await runKind(drift, {
      function: 'theorem2-printed',
      lambda,
      policy: additive,
      box: 10,
    });
    const row = rowOf(summary);
    expect(row.verdict).toBe('refuted');
    expect(row.worstDriftExact).toBe(worst);
    expect(row.worstState).toBe('(1, 1)');
    expect(row.violations).toBeGreaterThanOrEqual(9);
    const diagonal = rowsOf(states).filter(({ q1, q2 }) => q1 === q2 && q1 !== 0);
    expect(diagonal.every(({ violates }) => violates === true)).toBe(true);
    expect(states.rows).toBe(100);
  });

  it('as repaired is certified above λ̃ = 0.901086 and not below', async () => {
    const at = async (lambda: string) =>
      rowOf((await runKind(drift, { function: 'theorem2-repaired', lambda, policy: additive, box: 10 })).summary);
    expect(await at('0.9011')).toMatchObject({
      verdict: 'certified',
      conclusion: 'null-recurrent-or-transient',
      violations: 0,
    });
    expect(await at('0.9010')).toMatchObject({ verdict: 'refuted', conclusion: 'none' });
  });
});

it('certifies Theorem 3 for two queues with an exact count of the exceptional states', async () => {
  const { summary, states } = await runKind(drift, {
    function: 'theorem3',
    lambda: 0.9,
    policy: multiplicative(2),
    box: 20,
  });
  const row = rowOf(summary);
  expect(row).toMatchObject({
    verdict: 'certified',
    conclusion: 'positive-recurrent',
    exceptionalSetComplete: true,
    boundHolds: true,
  });
  const listed = rowsOf(states).filter((state) => (state.drift as number) >= 0).length;
  expect(row.exceptionalSetSize).toBeGreaterThanOrEqual(listed);
});

it('reads λ and α exactly: 1.1 and 11/10 give the same bytes', async () => {
  const at = (lambda: unknown, alpha: number | string) =>
    runKind(drift, { function: 'theorem3', lambda, policy: multiplicative(alpha), box: 6 });
  expect(await at(0.5, 1.1)).toEqual(await at('1/2', '11/10'));
});

it('lists no states of more than two queues', async () => {
  const { summary, states } = await runKind(drift, {
    function: 'theorem1',
    lambda: 0.3,
    policy: additive,
    n: 3,
    box: 6,
  });
  expect(states.rows).toBe(0);
  expect(rowOf(summary).worstState).toMatch(/^\(\d+, \d+, \d+\)$/);
});

describe('what the drift kind refuses', () => {
  const given = { function: 'theorem2-printed', lambda: 0.9, policy: additive, box: 10 };

  it.each([
    [{ box: 1001 }, '/box', 'box^n may be at most 1000000 states: with n = 2 a box of at most 1000, found 1001'],
    [
      { function: 'total-work', n: 3, box: 101 },
      '/box',
      'box^n may be at most 1000000 states: with n = 3 a box of at most 100, found 101',
    ],
    [{ n: 3 }, '/n', 'the function of Theorem 2 is defined for n = 2, found n = 3'],
    [{ lambda: 1 }, '/lambda', 'lambda must be below the service rate 1, found 1'],
    [
      { policy: multiplicative(2) },
      '/policy',
      'the function of Theorem 2 needs an integer C ≥ 0 (the policy has none), found undefined',
    ],
    [{ function: 'theorem3' }, '/policy', 'the function of Theorem 3 needs alpha > 1 (the policy has none)'],
    [{ policy: { ...additive, K: 3 } }, '/policy/C', 'ABOUNCE needs C ≥ K, found C = 2 with K = 3'],
  ])('%o', (params, path, message) => {
    expect(problemsOf(drift, { ...given, ...params })).toEqual([{ path, message }]);
  });

  it('a function that does not exist', () => {
    expect(() => resolved(drift, { ...given, function: 'theorem4' })).toThrow(
      '/function must be equal to one of the allowed values',
    );
  });
});
