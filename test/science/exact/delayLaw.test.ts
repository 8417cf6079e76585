import { describe, expect, it } from 'vitest';
import { erlangMixture } from '../../../src/science/delay/erlangMixture.ts';
import { exactDelayLaw } from '../../../src/science/exact/delayLaw.ts';
import { exactTwoQueues } from '../../../src/science/exact/twoQueues.ts';
import { makePolicy } from '../../../src/science/policy/policy.ts';
import { simulate } from '../../../src/science/sim/simulate.ts';

function exactLaw(policy: ReturnType<typeof makePolicy>) {
  const exact = exactTwoQueues({ lambda: 0.75, policy });
  if (exact.status !== 'exact') throw new Error(exact.reason);
  return { exact, weights: exactDelayLaw(policy, exact) };
}

describe('the exact law of the delay of two queues', () => {
  it('has the mean that was computed without it, for each policy', () => {
    for (const spec of [
      { kind: 'abounce', C: 2, K: 2 },
      { kind: 'mbounce', alpha: 2, K: 2, d: 3 },
      { kind: 'sq' },
    ] as const) {
      const { exact, weights } = exactLaw(makePolicy(spec));
      expect(erlangMixture(weights).mean).toBeCloseTo(exact.jobDelay, 10);
    }
  });

  it('is exponential without sharing', () => {
    const { quantile } = erlangMixture(exactLaw(makePolicy({ kind: 'none' })).weights);
    for (const p of [0.5, 0.9, 0.99, 0.999]) expect(quantile(p)).toBeCloseTo(-4 * Math.log(1 - p), 6);
  });

  it('is what a simulation records', () => {
    const spec = { kind: 'abounce', C: 2, K: 2 } as const;
    const { delayLaw } = simulate({ n: 2, lambda: 0.75, policy: spec, events: 2 ** 23, seed: 'd5'.repeat(32) });
    const { weights } = exactLaw(makePolicy(spec));
    for (let k = 0; k < 12; k++) expect(delayLaw[k]).toBeCloseTo(weights[k], 2);
    for (const p of [0.5, 0.9, 0.99]) {
      const ratio = erlangMixture(delayLaw).quantile(p) / erlangMixture(weights).quantile(p);
      expect(Math.abs(ratio - 1)).toBeLessThan(0.03);
    }
  });
});
