import { describe, expect, it } from 'vitest';
import { exactPair } from '../../../src/science/exact/pair.ts';
import { exactThreshold } from '../../../src/science/exact/threshold.ts';
import type { ExactMeasures } from '../../../src/science/exact/twoQueues.ts';
import { exactTwoQueues } from '../../../src/science/exact/twoQueues.ts';
import { exactUnboundedPair } from '../../../src/science/exact/unboundedPair.ts';
import { makePolicy, type PolicySpec } from '../../../src/science/policy/policy.ts';

function exact(lambda: number, spec: PolicySpec): ExactMeasures {
  const result = exactUnboundedPair({ lambda, policy: makePolicy(spec) });
  if (result.status !== 'exact') throw new Error(`${result.status}: ${result.reason}`);
  return result;
}

const ABOUNCE = { kind: 'abounce', C: 2, K: 2 } as const;

describe('exactUnboundedPair', () => {
  it.each([
    [0.75, ABOUNCE],
    [0.7, { ...ABOUNCE, comparison: 'weak', d: 2 }],
    [0.6, { kind: 'abounce', C: 5, K: 3, d: 1 }],
    [0.5, { kind: 'abounce', C: 4, K: 4 }],
    [0.5, { kind: 'table', thresholds: [1, 3, 3, 9], K: 2, d: 2 }],
    [0.2, { kind: 'table', thresholds: [0], K: 3, comparison: 'weak' }],
    [0.8, { kind: 'sq', d: 1 }],
    [0.6, { kind: 'sq', K: 3 }],
  ] as [number, PolicySpec][])('is the law in a large box at λ = %d under %o', (lambda, spec) => {
    const free = exact(lambda, spec);
    const box = exactTwoQueues({ lambda, policy: makePolicy(spec) });
    if (box.status !== 'exact') throw new Error(box.reason);
    for (const name of ['meanQueue', 'jobDelay', 'pieceSojourn', 'migrationFraction'] as const) {
      expect(Math.abs(free[name] / (box[name] || 1) - (box[name] ? 1 : 0)), name).toBeLessThan(1e-11);
    }
    for (const i of [0, 1, 2, 5, 9, 14]) {
      expect(Math.abs(free.tails[i] / box.tails[i] - 1)).toBeLessThan(1e-9);
    }
    expect(free.edgeMass).toBeLessThan(1e-13);
  });

  it('follows two queues to within 0.0005 of their threshold, where E[q] ~ constant/(λ_c − λ)', () => {
    const { lambdaCritical } = exactThreshold({ policy: makePolicy(ABOUNCE) });
    const at = (gap: number) => exact(lambdaCritical - gap, ABOUNCE);
    const [far, near] = [at(0.002), at(0.0005)];
    expect((near.meanQueue * 0.0005) / (far.meanQueue * 0.002)).toBeCloseTo(1, 3);
    for (const [gap, { tails, migrationFraction }] of [
      [0.002, far],
      [0.0005, near],
    ] as const) {
      // Flow balance, which the solver is not told of: s₁ = λ(1 + p_b).
      expect(Math.abs(tails[1] - (lambdaCritical - gap) * (1 + migrationFraction))).toBeLessThan(1e-12);
    }
    expect(near.meanQueue).toBeGreaterThan(900);
  });

  it('is what the pair falls back to where no box is large enough, without the joint law', () => {
    const boxed = exactPair({ lambda: 0.8, policy: makePolicy(ABOUNCE) });
    const free = exactPair({ lambda: 0.892, policy: makePolicy(ABOUNCE) });
    expect([boxed.status, free.status]).toEqual(['exact', 'exact']);
    expect(boxed).toHaveProperty('joint');
    expect(free).not.toHaveProperty('joint');
    expect(exactPair({ lambda: 0.98, policy: makePolicy({ kind: 'none' }) }).status).toBe('undecided');
    expect(exactPair({ lambda: 0.895, policy: makePolicy(ABOUNCE) }).status).toBe('unstable');
  });

  it('gives a status, never a number, where λ is too high or too close', () => {
    const policy = makePolicy(ABOUNCE);
    for (const [lambda, status] of [
      [0.895, 'unstable'],
      [0.8941042, 'undecided'],
    ] as const) {
      const result = exactUnboundedPair({ lambda, policy });
      expect(result.status).toBe(status);
      expect(result).not.toHaveProperty('meanQueue');
    }
    const many = exactUnboundedPair({ lambda: 0.3, policy: makePolicy({ kind: 'abounce', C: 20, K: 20 }) });
    expect(many.status).toBe('undecided');
    expect(() => exactUnboundedPair({ lambda: 0, policy })).toThrow('positive and finite, found 0');
    const multiplicative = makePolicy({ kind: 'mbounce', alpha: 2, K: 2 });
    expect(() => exactUnboundedPair({ lambda: 0.5, policy: multiplicative })).toThrow('no additive threshold');
  });
});
