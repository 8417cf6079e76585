import { expect, it } from 'vitest';
import { rowsOf } from '../../src/tables/rows.ts';
import stability from '../../stages/stability.ts';
import { problemsOf, rowOf, runKind } from './runKind.ts';

const additive = { kind: 'abounce', C: 2, d: 10, K: 2 };

it('tells how a fixed point attracts, and certifies where it is', async () => {
  const { summary, spectrum } = await runKind(stability, { lambda: 0.75, policy: additive });
  const row = rowOf(summary);
  expect(row).toMatchObject({ status: 'attracting', certificate: 'certified', leadingIm: 0 });
  expect(row.meanQueue).toBeCloseTo(2.23536, 5); // science brief §5
  expect(row.meanQueueError).toBeLessThan(1e-11);
  expect((row.relaxationTime as number) * -(row.leadingRe as number)).toBeCloseTo(1, 12);
  expect(rowsOf(spectrum)[0]).toEqual({ k: 1, re: row.leadingRe, im: 0 });
  expect(spectrum.rows).toBe(16);
});

it('says that there is no fixed point, with no number beside it', async () => {
  const { summary, spectrum } = await runKind(stability, { lambda: 0.8, policy: additive });
  expect(rowOf(summary)).toMatchObject({
    status: 'unstable',
    certificate: 'unstable',
    leadingRe: null,
    relaxationTime: null,
    meanQueueError: null,
  });
  expect(spectrum.rows).toBe(0);
});

it('keeps to a spectrum where nothing is certified', async () => {
  const { summary } = await runKind(stability, { lambda: 0.5, policy: { kind: 'none', d: 1 } });
  expect(rowOf(summary)).toMatchObject({ status: 'attracting', certificate: 'not certified', meanQueue: null });
});

it('refuses what has no mean field', () => {
  expect(problemsOf(stability, { lambda: 0.5, policy: { ...additive, d: 'all' } })).toEqual([
    {
      path: '/policy/d',
      message: 'the mean-field equations need a finite number d of sampled queues, found d = all',
    },
  ]);
  expect(problemsOf(stability, { lambda: 1, policy: additive })).toEqual([
    { path: '/lambda', message: expect.stringContaining('below the service rate 1') },
  ]);
});
