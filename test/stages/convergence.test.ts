import { expect, it } from 'vitest';
import { rowsOf } from '../../src/tables/rows.ts';
import { tableFrom } from '../../src/tables/tableFrom.ts';
import convergence from '../../stages/convergence.ts';
import { given } from './given.ts';

const n = [10, 30, 100, 300, 1000];

/** Simulated values at mean field 2, V = 4 and a second term of order 2, with one n that had no steady state. */
const rows = (policy: string) => ({
  policy: n.map(() => policy),
  n,
  meanQueue: n.map((x) => 2 + 4 / x + 30 / x ** 2),
  meanQueueLo: n.map((x) => (x === 1000 ? null : 2 + 4 / x + 30 / x ** 2 - 1e-4)),
  meanQueueHi: n.map((x) => (x === 1000 ? null : 2 + 4 / x + 30 / x ** 2 + 1e-4)),
  replicates: n.map(() => 8),
  meanField: n.map(() => 2),
  refined: n.map((x) => 2 + 4 / x),
  // Not given at the least n, as where its tensors were too many.
  secondOrder: n.map((x) => (x === 10 ? null : 2 + 4 / x + 29 / x ** 2)),
});

const run = async (params: object) => {
  const table = tableFrom(rows('ABOUNCE(3)'), convergence.inputs.rows.schema, 'rows');
  const result = await convergence.run(
    given(
      { confidence: 0.95, meanFieldFrom: 1, refinedFrom: 1, secondOrderFrom: 1, within: 0.01, ...params },
      { rows: table },
    ),
  );
  const read = (name: 'errors' | 'orders') => rowsOf(tableFrom(result[name], convergence.outputs[name].schema, name));
  return { errors: read('errors'), orders: read('orders') };
};

it('gives each approximation its errors and its order', async () => {
  const { errors, orders } = await run({ meanFieldFrom: 100 });
  expect(orders.map(({ approximation }) => approximation)).toEqual(['mean field', 'refined', 'second order']);
  const [meanField, refined, secondOrder] = orders;
  // Two points are left of the mean field from n = 100 on.
  expect(meanField).toMatchObject({ status: 'too few points', order: null, points: 2, from: 100, withinFrom: 300 });
  expect(refined).toMatchObject({ status: 'fitted', points: 4 });
  expect(refined.order).toBeCloseTo(2, 3);
  expect(refined.amplitude).toBeCloseTo(15, 2);
  expect(secondOrder).toMatchObject({ points: 3 });
  expect(secondOrder.order).toBeCloseTo(2, 3);
  const last = errors.find((error) => error.approximation === 'refined' && error.n === 300)!;
  expect(last.fitted).toBeCloseTo(15 / 300 ** 2, 7);
});

it('leaves out what had no steady state', async () => {
  const { errors } = await run({});
  expect(errors.map((error) => error.n)).not.toContain(1000);
  expect(errors).toHaveLength(11);
});
