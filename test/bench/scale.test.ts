import { expect, it } from 'vitest';
import { benchScale, linearFit, linesOf, ratiosOf } from '../../bench/scale.mjs';

it('measures every tool that is here on a small DAG', async () => {
  const found = await benchScale({ sizes: [8], rounds: () => 1, tools: ['driftline', 'ninja', 'make'] });
  const own = found.rows.filter(({ tool }) => tool === 'driftline');
  expect(own.map(({ what }) => what)).toEqual(['cold', 'nothing to do', 'status', 'one cell changed']);
  for (const { seconds } of found.rows) expect(seconds).toBeGreaterThan(0);
  const here = 3 - found.missing.length;
  expect(found.rows).toHaveLength(4 + 3 * (here - 1));
  expect(linesOf(found).length).toBeGreaterThanOrEqual(3 * (here - 1));
});

it('fits a line on relative errors, and says how far the points are from it', () => {
  const exact = linearFit([1, 10, 100].map((x) => [x, 2 + 3 * x]));
  expect(exact.start).toBeCloseTo(2, 10);
  expect(exact.perCell).toBeCloseTo(3, 10);
  expect(exact.largestDeviation).toBeLessThan(1e-9);
  const square = linearFit([1, 10, 100].map((x) => [x, x * x]));
  expect(square.largestDeviation).toBeGreaterThan(0.5);
});

it('takes ratios to the same thing done by another on the same DAG', () => {
  const row = (tool: string, what: string, seconds: number) => ({ tool, what, seconds, cells: 8, rounds: 1 });
  expect(ratiosOf([row('driftline', 'cold', 3), row('ninja', 'cold', 2), row('ninja', 'nothing to do', 1)])).toEqual([
    { cells: 8, what: 'cold', against: 'ninja', ratio: 1.5 },
  ]);
});
