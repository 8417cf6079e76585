import { expect, it } from 'vitest';
import rareTail from '../../stages/rare-tail.ts';
import { digest, numbers, problemsOf, runKind } from './runKind.ts';

const PAIR = {
  n: 2,
  lambda: 0.5,
  policy: { kind: 'abounce', C: 2, K: 2 },
  events: 50_000,
  effort: 100,
  repetitions: 8,
};

it('gives tails that fall, with bands above 0, and the same bytes for the same seed', async () => {
  const { tails } = await runKind(rareTail, { ...PAIR, floor: 1e-6 });
  expect(digest((await runKind(rareTail, { ...PAIR, floor: 1e-6 })).tails)).toBe(digest(tails));
  const tail = numbers(tails, 'tail');
  expect(numbers(tails, 'i')).toEqual(tail.map((_, i) => i));
  expect(tail[0]).toBe(1);
  expect(tail.at(-1)).toBeLessThan(1e-4);
  tail.forEach((value, i) => {
    expect(numbers(tails, 'lo')[i]).toBeGreaterThan(0);
    expect(numbers(tails, 'lo')[i]).toBeLessThanOrEqual(value);
    expect(numbers(tails, 'hi')[i]).toBeGreaterThanOrEqual(value);
    expect(numbers(tails, 'longest')[i]).toBeGreaterThanOrEqual(value);
  });
});

it('refuses a rate that no policy can bear, and a policy that is none', () => {
  expect(problemsOf(rareTail, { ...PAIR, lambda: 1 })).toEqual([
    { path: '/lambda', message: 'lambda must be below the service rate 1, found 1' },
  ]);
  expect(problemsOf(rareTail, { ...PAIR, policy: { kind: 'abounce', K: 2 } })[0].path).toBe('/policy');
});

it('says that a system is unstable instead of giving tails', async () => {
  const unstable = { ...PAIR, lambda: 0.99, events: 1_000_000, effort: 10, repetitions: 2 };
  await expect(runKind(rareTail, unstable)).rejects.toThrow('the system is unstable at this arrival rate');
});
