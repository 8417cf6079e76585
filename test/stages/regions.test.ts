import { expect, it } from 'vitest';
import { rowsOf } from '../../src/tables/rows.ts';
import regions from '../../stages/regions.ts';
import { numbers, runKind } from './runKind.ts';

it('draws the regions of Figure 2 from the thresholds themselves', async () => {
  const { states } = await runKind(regions, { policy: { kind: 'abounce', C: 3, K: 2 }, size: 8 });
  expect(states.rows).toBe(64);
  for (const { q1, q2, migrates, origin } of rowsOf(states)) {
    const difference = (q1 as number) - (q2 as number);
    expect(migrates).toBe(Math.abs(difference) > 3); // strictly
    expect(origin).toBe(difference > 3 ? 'from-1' : difference < -3 ? 'from-2' : 'none');
  }
});

it('has a vanishing share without migration under a constant, and 1 − 1/α under a factor', async () => {
  const share = async (policy: object) => (await runKind(regions, { policy })).fractions;
  const additive = await share({ kind: 'abounce', C: 3, K: 2 });
  expect(numbers(additive, 'size')).toEqual([10, 100, 1000, 10_000]);
  expect(numbers(additive, 'limit')).toEqual([0, 0, 0, 0]);
  // A strip of 2C + 1 diagonals: ((2C + 1)N − C(C + 1))/N²
  for (const [at, N] of [10, 100, 1000, 10_000].entries())
    expect(numbers(additive, 'fraction')[at]).toBeCloseTo((7 * N - 12) / (N * N), 12);
  const multiplicative = await share({ kind: 'mbounce', alpha: '5/2', K: 2 });
  expect(numbers(multiplicative, 'limit')[0]).toBe(0.6);
  expect(numbers(multiplicative, 'fraction')[3]).toBeCloseTo(0.6, 3);
  expect(numbers(await share({ kind: 'none' }), 'fraction')).toEqual([1, 1, 1, 1]);
});

it('reads α exactly', async () => {
  const at = (alpha: number | string) => runKind(regions, { policy: { kind: 'mbounce', alpha, K: 1 }, size: 60 });
  expect(await at(1.1)).toEqual(await at('11/10'));
});
