import { describe, expect, it } from 'vitest';
import theorem2 from '../../stages/theorem-2.ts';
import threshold from '../../stages/threshold.ts';
import { problemsOf, rowOf, runKind } from './runKind.ts';

const pair = (K: number, C: number, comparison = 'strict') => ({ kind: 'abounce', C, d: 'all', K, comparison });
const sampled = { kind: 'abounce', C: 2, d: 10, K: 2 };

describe('the exact threshold of two queues', () => {
  // science brief §3 and §5
  it.each([
    [2, 2, 'strict', 0.894104],
    [2, 2, 'weak', 0.846558],
    [2, 3, 'strict', 0.9194],
    [2, 4, 'strict', 0.935003],
    [3, 3, 'strict', 0.865808],
    [4, 4, 'strict', 0.859595],
    [2, 10, 'strict', 0.970006],
  ])('for K = %d, C = %d, %s', async (K, C, comparison, lambda) => {
    const { summary } = await runKind(threshold, { method: 'exact', n: 2, policy: pair(K, C, comparison) });
    const { lambdaCritical, lo, hi, status } = rowOf(summary);
    expect(lambdaCritical).toBeCloseTo(lambda, 6);
    expect(lo).toBeLessThanOrEqual(lambdaCritical as number);
    expect((hi as number) - (lo as number)).toBeLessThan(1e-12);
    expect(status).toBe('found');
  });
});

it('is exact for three queues too, and lower there than for two', async () => {
  const { summary } = await runKind(threshold, { method: 'exact', n: 3, policy: pair(2, 2) });
  const { lambdaCritical, lo, hi, status } = rowOf(summary);
  expect(status).toBe('found');
  expect(lambdaCritical).toBeLessThan(0.894104);
  expect((hi as number) - (lo as number)).toBeLessThan(1e-9);
});

it('has the mean field’s threshold of Figure 3’s policy at 0.783, and none for a multiplicative one', async () => {
  const { summary } = await runKind(threshold, { method: 'mean-field', policy: sampled });
  expect(rowOf(summary).lambdaCritical).toBeCloseTo(0.783, 3); // science brief §5
  const multiplicative = await runKind(threshold, {
    method: 'mean-field',
    policy: { kind: 'mbounce', alpha: 2, d: 10, K: 2 },
  });
  expect(rowOf(multiplicative.summary)).toEqual({ lambdaCritical: 1, lo: 1, hi: 1, status: 'no-threshold' });
});

it('brackets the exact threshold of two queues, and Figure 3’s, by the saturated system', async () => {
  const saturated = (n: number, policy: object) =>
    runKind(threshold, { method: 'saturated', n, policy, events: 200_000, repetitions: 6, confidence: 0.99 });
  const two = rowOf((await saturated(2, pair(2, 2))).summary);
  expect(two.status).toBe('converged');
  expect(two.lo).toBeLessThan(0.894104);
  expect(two.hi).toBeGreaterThan(0.894104);
  const hundred = rowOf((await saturated(100, sampled)).summary);
  expect(hundred.lo).toBeGreaterThan(0.77); // Figure 3: stable at 0.77, unstable at 0.79
  expect(hundred.hi).toBeLessThan(0.79);
});

it('lists the three rates around Theorem 2', async () => {
  const { summary } = await runKind(theorem2, { policy: pair(2, 2) });
  const { printed, exact, repaired } = rowOf(summary);
  expect([printed, exact, repaired].map((rate) => (rate as number).toFixed(6))).toEqual([
    '0.886618',
    '0.894104',
    '0.901086',
  ]);
});

describe('what the kinds refuse', () => {
  it.each([
    [{ method: 'exact', n: 6, policy: pair(2, 2) }, '/n', 'method: exact is for 2 to 5 queues, found n = 6'],
    [{ method: 'saturated', policy: sampled }, '', 'method: saturated needs n, the number of queues'],
    [
      { method: 'mean-field', policy: pair(2, 2) },
      '/policy/d',
      'method: mean-field needs a finite number d of sampled queues',
    ],
    [
      { method: 'mean-field', policy: { kind: 'abounce', C: 2 } },
      '/policy',
      'method: mean-field needs a finite number d of sampled queues',
    ],
  ])('%o', (params, path, message) => {
    expect(problemsOf(threshold, params)).toEqual([{ path, message }]);
  });

  it('Theorem 2 for what it does not speak of', () => {
    expect(problemsOf(theorem2, { policy: { kind: 'mbounce', alpha: 2, d: 3 } })).toEqual([
      { path: '/policy/kind', message: 'Theorem 2 speaks of abounce only' },
      { path: '/policy/d', message: 'Theorem 2 has d: all' },
    ]);
  });
});
