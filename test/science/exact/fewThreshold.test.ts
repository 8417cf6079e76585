import { describe, expect, it } from 'vitest';
import { fewQueuesThreshold } from '../../../src/science/exact/fewThreshold.ts';
import { exactThreshold } from '../../../src/science/exact/threshold.ts';
import { makePolicy, type PolicySpec } from '../../../src/science/policy/policy.ts';
import { saturatedThreshold } from '../../../src/science/sim/saturatedThreshold.ts';

function found(n: number, spec: PolicySpec): { lambdaCritical: number; lo: number; hi: number } {
  const result = fewQueuesThreshold({ n, policy: makePolicy(spec) });
  if (result.status !== 'found') throw new Error(result.status);
  const { lambdaCritical, lo, hi } = result;
  return { lambdaCritical: lambdaCritical!, lo: lo!, hi: hi! };
}

describe('fewQueuesThreshold', () => {
  it.each([
    { kind: 'abounce', C: 2, K: 2 },
    { kind: 'abounce', C: 2, K: 2, comparison: 'weak' },
    { kind: 'abounce', C: 4, K: 4, d: 1 },
    { kind: 'abounce', C: 7, K: 3, d: 2 },
    { kind: 'table', thresholds: [1, 3, 3, 9], K: 2 },
    { kind: 'sq', K: 2 },
  ] as const)('is the induced chain’s threshold for two queues: %o', (spec) => {
    const pair = exactThreshold({ policy: makePolicy(spec) });
    expect(Math.abs(found(2, spec).lambdaCritical - pair.lambdaCritical)).toBeLessThan(1e-11);
  });

  it.each([
    [3, { kind: 'abounce', C: 2, K: 2 }],
    [3, { kind: 'abounce', C: 3, K: 3, d: 1 }],
    [4, { kind: 'abounce', C: 2, K: 2, comparison: 'weak' }],
  ] as const)('lies in the interval of a simulated saturated system of %d queues under %o', (n, spec) => {
    const { lambdaCritical } = found(n, spec);
    const { lo, hi } = saturatedThreshold({
      n,
      policy: spec,
      events: 1_000_000,
      replicates: 8,
      seed: '4c'.repeat(32),
      confidence: 0.999,
    });
    expect(hi - lo).toBeLessThan(0.004);
    expect(lambdaCritical).toBeGreaterThan(lo);
    expect(lambdaCritical).toBeLessThan(hi);
  });

  it('is 1/K where every arrival migrates, and 1 where none does or it costs nothing', () => {
    expect(found(3, { kind: 'table', thresholds: [0], K: 3, comparison: 'weak' }).lambdaCritical).toBeCloseTo(1 / 3, 9);
    for (const spec of [
      { kind: 'mbounce', alpha: 2, K: 2 },
      { kind: 'sq', K: 1 },
      { kind: 'none', K: 2 },
    ] as const) {
      expect(fewQueuesThreshold({ n: 3, policy: makePolicy(spec) })).toMatchObject({
        status: 'no-threshold',
        lambdaCritical: 1,
      });
    }
  });

  it('is undecided, without numbers, where the differences do not fit', () => {
    const policy = makePolicy({ kind: 'abounce', C: 30, K: 2 });
    expect(fewQueuesThreshold({ n: 5, policy })).toMatchObject({ status: 'undecided', lambdaCritical: null, lo: null });
    expect(() => fewQueuesThreshold({ n: 0, policy })).toThrow('n must be a positive integer, found 0');
  });
});
