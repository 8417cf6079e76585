import { expect, it } from 'vitest';
import { rowsOf } from '../../src/tables/rows.ts';
import testFunction from '../../stages/test-function.ts';
import { numbers, problemsOf, resolved, rowOf, runKind } from './runKind.ts';

const policy = { kind: 'abounce', C: 2, d: 'all', K: 2 };

it('finds and certifies a function where Theorem 2 denies that there is one', async () => {
  const found = await runKind(testFunction, { lambda: '887/1000', policy, side: 'stable', breakpoints: 7 });
  expect(rowOf(found.summary)).toMatchObject({
    status: 'certified-stable',
    conclusion: 'positive-recurrent',
    marginExact: '83/44030',
    provesFrom: 0,
    exceptionalSetSize: 15,
    // K (1 + the steepest slope, 16/35)
    jumpBound: 2 * (51 / 35),
  });
  const rows = rowsOf(found.function);
  expect(rows.map(({ side, D }) => [side, D])).toEqual([0, 1, 2, 3, 4, 5, 6].map((D) => ['stable', D]));
  expect(rows.map(({ slopeExact }) => slopeExact)).toEqual(['2/35', '6/35', '2/7', '9/35', '2/7', '11/35', '16/35']);
  expect(rows.map(({ valueExact }) => valueExact)).toEqual(['0', '2/35', '8/35', '18/35', '27/35', '37/35', '48/35']);
  const [slope, value] = ['slope', 'value'].map((column) => numbers(found.function, column));
  for (let D = 0; D < 6; D++) expect(value[D + 1]).toBeCloseTo(value[D] + slope[D], 14);
});

it('says that none exists, and how far the best is from it', async () => {
  const { summary, function: none } = await runKind(testFunction, {
    lambda: 0.89,
    policy,
    side: 'stable',
    breakpoints: 4,
  });
  const row = rowOf(summary);
  expect(row).toMatchObject({ status: 'none-exists', conclusion: 'none', margin: null, provesTo: null });
  expect(row.bestMargin).toBeLessThan(0);
  expect(none.rows).toBe(0);
});

it('takes rates at and above 1', async () => {
  const { summary } = await runKind(testFunction, {
    lambda: 1,
    policy: { kind: 'none' },
    side: 'unstable',
    breakpoints: 3,
  });
  // At λ = 1 the total work of two queues that do not share has no drift, and no function makes it one.
  expect(rowOf(summary)).toMatchObject({ status: 'none-exists', bestMargin: 0 });
});

it('refuses what has no meaning', () => {
  const given = { lambda: 0.5, policy, side: 'stable', breakpoints: 4 };
  const close = { kind: 'mbounce', alpha: '1000001/1000000', K: 2 };
  expect(problemsOf(testFunction, { ...given, lambda: 0 })).toEqual([
    { path: '/lambda', message: 'lambda must be positive, found 0' },
  ]);
  expect(problemsOf(testFunction, { ...given, policy: close })[0]).toMatchObject({
    path: '/policy',
    message: expect.stringContaining('α is too close to 1'),
  });
  expect(() => resolved(testFunction, { ...given, breakpoints: 65 })).toThrow('/breakpoints must be <= 64');
  expect(() => resolved(testFunction, { ...given, side: 'both' })).toThrow('/side must be equal to one of');
});
