import { describe, expect, it } from 'vitest';
import coverage from '../../stages/coverage.ts';
import { digest, numbers, problemsOf, runKind } from './runKind.ts';

const PAIR = { n: 2, lambda: 0.5, policy: { kind: 'sq' }, repetitions: 20, events: 8192, runEvents: 8192 };

describe('the coverage kind', () => {
  it('counts for each method and measure, the same for the same seed', async () => {
    const [one, same, other] = await Promise.all(['a', 'a', 'b'].map((seed) => runKind(coverage, PAIR, { seed })));
    expect(digest(one.coverage)).toBe(digest(same.coverage));
    expect(digest(one.coverage)).not.toBe(digest(other.coverage));
    expect(one.coverage.rows).toBe(13);
    numbers(one.coverage, 'coverage').forEach((value, row) => {
      expect(numbers(one.coverage, 'lo')[row]).toBeLessThanOrEqual(value);
      expect(numbers(one.coverage, 'hi')[row]).toBeGreaterThanOrEqual(value);
      const missed = numbers(one.coverage, 'below')[row] + numbers(one.coverage, 'above')[row];
      expect(value + missed).toBeCloseTo(1, 12);
    });
  });

  it.each([
    [{ ...PAIR, lambda: 1 }, '/lambda', 'lambda must be below the service rate 1, found 1'],
    [{ ...PAIR, looks: [4, 4, 8] }, '/looks', 'looks must increase and end with the 8 replications, found 4, 4, 8'],
    [{ ...PAIR, looks: [4, 6] }, '/looks', 'looks must increase and end with the 8 replications, found 4, 6'],
    [{ ...PAIR, policy: { kind: 'abounce', C: 1, K: 2 } }, '/policy/C', 'ABOUNCE needs C ≥ K, found C = 1 with K = 2'],
  ])('refuses %o', (params, path, message) => {
    expect(problemsOf(coverage, params)).toEqual([{ path, message }]);
  });

  it('refuses a rate at which two queues are unstable', () => {
    const [problem] = problemsOf(coverage, { ...PAIR, lambda: 0.9, policy: { kind: 'abounce', C: 2, K: 2 } });
    expect(problem.path).toBe('/lambda');
    expect(problem.message).toMatch(/^lambda must be below the threshold 0\.8941\d+, found 0\.9$/);
  });
});
