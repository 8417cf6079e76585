import { expect, it } from 'vitest';
import { rowsOf } from '../../src/tables/rows.ts';
import fixedPoint from '../../stages/fixed-point.ts';
import transient from '../../stages/transient.ts';
import { numbers, problemsOf, rowOf, runKind } from './runKind.ts';

const policy = { kind: 'mbounce', alpha: 3, d: 10, K: 2 };

it('starts empty, rises, and settles in the fixed point', async () => {
  const times = [0, 1, 4, 16, 400];
  const { summary, path, tails } = await runKind(transient, { lambda: 0.75, policy, times });
  const rest = rowOf((await runKind(fixedPoint, { lambda: 0.75, policy })).summary);
  const rows = rowsOf(summary);
  expect(rows.map(({ time, status }) => [time, status])).toEqual(times.map((time) => [time, 'completed']));
  expect(rows[0]).toMatchObject({ meanQueue: 0, jobDelay: 1, migrationFraction: 0, residual: 0.75 });
  expect(rows[4].meanQueue).toBeCloseTo(rest.meanQueue as number, 7);
  expect(rows[4].jobDelay).toBeCloseTo(rest.jobDelay as number, 7);
  expect(rows[4].migrationFraction).toBeCloseTo(rest.migrationFraction as number, 7);
  const residual = numbers(summary, 'residual');
  expect(residual.every((value, at) => at === 0 || value < residual[at - 1])).toBe(true);
  expect(numbers(summary, 'truncationError').every((height) => height < 1e-12)).toBe(true);
  expect(numbers(path, 'meanQueue')).toEqual(numbers(summary, 'meanQueue'));
  const last = rowsOf(tails).filter(({ time }) => time === 400);
  expect(last[1].tail).toBeCloseTo(0.939398, 6); // science brief §5
  expect(last[1].logTail).toBe(Math.log(last[1].tail as number));
  expect(
    rowsOf(tails)
      .filter(({ tail }) => tail === 0)
      .every(({ logTail }) => logTail === null),
  ).toBe(true);
});

it('loses arrivals with the printed equations only', async () => {
  const integral = { lambda: 0.75, policy: { ...policy, alpha: 2 }, times: [10] };
  const leak = async (equations: string) =>
    rowOf((await runKind(transient, { ...integral, equations })).summary).leak as number;
  expect(Math.abs(await leak('policy'))).toBeLessThan(1e-9);
  expect(Math.abs(await leak('corrected'))).toBeLessThan(1e-9);
  expect(await leak('printed')).toBeGreaterThan(0.01);
});

it('grows where there is no fixed point', async () => {
  const { path } = await runKind(transient, {
    lambda: 0.9,
    policy: { kind: 'abounce', C: 2, d: 10, K: 2 },
    times: [0, 100, 200, 300],
  });
  const queue = numbers(path, 'meanQueue');
  expect(queue[3] - queue[2]).toBeGreaterThan(0.9 * (queue[2] - queue[1]));
});

it('refuses times that decrease, at the first such time, and fractional α in print', () => {
  expect(problemsOf(transient, { lambda: 0.75, policy, times: [0, 2, 1, 3, 2] })).toEqual([
    { path: '/times/2', message: 'times must not decrease' },
  ]);
  const printed = { lambda: 0.75, policy: { ...policy, alpha: 1.5 }, equations: 'printed', times: [0] };
  expect(problemsOf(transient, printed)).toEqual([
    { path: '/policy/alpha', message: 'equation (1) is printed for integral α, found 3/2' },
  ]);
});
