import { expect, it } from 'vitest';
import coupling from '../../stages/coupling.ts';
import { problemsOf, rowOf, runKind } from './runKind.ts';

const PARAMS = { n: 20, lambda: 0.49, policy: { kind: 'abounce', C: 2, d: 2, K: 2 }, events: 20_000 };

it('finds the sums of the longest queues dominated after every event, with migrations among them', async () => {
  const row = rowOf((await runKind(coupling, PARAMS)).summary);
  expect(row).toMatchObject({ status: 'dominated', events: 20_000, violations: 0 });
  expect(row.migrations).toBeGreaterThan(100);
  expect(row.maxExcess).toBeLessThanOrEqual(0);
  expect(row.meanWork).toBeLessThan(row.meanWorkNoSharing as number);
});

it('finds where a policy that lands above its origin is not dominated', async () => {
  // β(m) = m < m + K: a migrant's pieces pile up beyond the length that it found.
  const policy = { kind: 'table', thresholds: [0], K: 2, comparison: 'weak' };
  const row = rowOf((await runKind(coupling, { n: 2, lambda: 0.1, policy, events: 20_000 })).summary);
  expect(row.status).toBe('violated');
  expect(row.violations).toBeGreaterThan(0);
  expect(row.maxExcess).toBeGreaterThan(0);
});

it('depends on its seed alone', async () => {
  const run = async (seed: string) => rowOf((await runKind(coupling, PARAMS, { seed })).summary);
  expect(await run('a')).toEqual(await run('a'));
  expect(await run('a')).not.toEqual(await run('b'));
});

it('needs λ < 1', () => {
  expect(problemsOf(coupling, { ...PARAMS, lambda: 1 })).toEqual([
    { path: '/lambda', message: 'lambda must be below the service rate 1, found 1' },
  ]);
});
