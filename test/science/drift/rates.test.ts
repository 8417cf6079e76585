import { describe, expect, test } from 'vitest';
import { certifiedRates } from '../../../src/science/drift/rates.ts';
import { searchCertificate } from '../../../src/science/drift/search.ts';
import { bracket, lambdaRepaired, repairedPolynomial } from '../../../src/science/drift/thresholds.ts';
import { exactThreshold } from '../../../src/science/exact/threshold.ts';
import { add, format, rational, sub, toNumber } from '../../../src/science/numeric/rational.ts';
import { makePolicy, type PolicySpec } from '../../../src/science/policy/policy.ts';

const abounce = (K: number, C: number, others: Partial<PolicySpec> = {}): PolicySpec => ({
  kind: 'abounce',
  K,
  C,
  ...others,
});

describe('the threshold of K = C = 2 from both sides', () => {
  // Source: science brief §3, λ_c = 0.894104 (induced chain).
  const gaps = [4, 8, 12, 16].map((breakpoints) => {
    const { stable, unstable, gap } = certifiedRates({ policy: abounce(2, 2), breakpoints });
    const { lambdaCritical } = exactThreshold({ policy: makePolicy(abounce(2, 2)) });
    expect(toNumber(stable.lambda)).toBeLessThan(lambdaCritical);
    expect(toNumber(unstable.lambda) - lambdaCritical).toBeGreaterThan(-1e-14);
    expect([stable.status, unstable.status]).toEqual(['certified-stable', 'certified-unstable']);
    return { stable, unstable, gap: toNumber(gap) };
  });

  test('is enclosed more closely with every breakpoint, by a factor of about three each', () => {
    for (let k = 1; k < gaps.length; k++) {
      const factor = (gaps[k - 1].gap / gaps[k].gap) ** (1 / 4);
      expect(factor).toBeGreaterThan(2.9);
      expect(factor).toBeLessThan(3.3);
    }
    expect(gaps[1].gap).toBeLessThan(2e-4);
    expect(gaps[3].gap).toBeLessThan(3e-8);
    expect(toNumber(gaps[3].stable.lambda)).toBeGreaterThan(0.8941043);
    expect(toNumber(gaps[3].unstable.lambda)).toBeLessThan(0.8941044);
  });

  test('one function proves every smaller rate, and one every larger', () => {
    const { stable, unstable } = gaps[2];
    expect(stable.found!.proves.above).toEqual(rational(0));
    expect(unstable.found!.proves.below).toBeNull();
  });

  test('one decimal step further no function of the family proves anything', () => {
    const { stable, unstable } = gaps[0];
    const step = rational(1, 10n ** 15n);
    const ask = (lambda: ReturnType<typeof add>, side: 'stable' | 'unstable') =>
      searchCertificate({ lambda, side, policy: abounce(2, 2), breakpoints: 4 }).status;
    expect(ask(stable.lambda, 'stable')).toBe('certified-stable');
    expect(ask(add(stable.lambda, step), 'stable')).toBe('none-exists');
    expect(ask(unstable.lambda, 'unstable')).toBe('certified-unstable');
    expect(ask(sub(unstable.lambda, step), 'unstable')).toBe('none-exists');
  });
});

test.each([
  [2, 2],
  [2, 3],
  [3, 3],
  [4, 4],
  [2, 10],
])('the repaired function of Theorem 2 is the best with its C + 1 breakpoints: K = %i, C = %i', (K, C) => {
  const { unstable } = certifiedRates({ policy: abounce(K, C), breakpoints: C + 1 });
  expect(unstable.lambda).toEqual(bracket(repairedPolynomial(K, C), 15).above);
  const more = certifiedRates({ policy: abounce(K, C), breakpoints: C + 2 }).unstable;
  expect(toNumber(more.lambda)).toBeLessThan(lambdaRepaired(K, C) - 1e-4);
});

test.each([2, 3, 4, 9])('one breakpoint proves stability below 1/√(K + 1), past the 1/K of Theorem 1: K = %i', (K) => {
  // V = S + σD, by hand: 2σ(1+λ) < 2 − 2λ on the diagonal and σ((K+1)λ + 1) > (K+1)λ − 1 on the axis, both iff (K+1)λ² < 1.
  const { stable } = certifiedRates({ policy: abounce(K, K), breakpoints: 1, digits: 12 });
  expect(format(stable.lambda)).toBe(format(rational(BigInt(Math.ceil(1e12 / Math.sqrt(K + 1)) - 1), 10n ** 12n)));
});

test.each<[string, PolicySpec, number]>([
  ['weak', abounce(2, 2, { comparison: 'weak' }), 0.846558],
  ['(K, C) = (2, 3)', abounce(2, 3), 0.9194],
  ['(3, 3)', abounce(3, 3), 0.865808],
  ['(4, 4)', abounce(4, 4), 0.859595],
  ['three samples', abounce(2, 2, { d: 3 }), 0.897848],
  ['JSQ, where migration costs nothing', { kind: 'sq', K: 1 }, 1],
  ['at least K fewer', { kind: 'sq', K: 3 }, 9 / 11],
  ['a table', { kind: 'table', thresholds: [0], K: 2 }, Math.sqrt(3) - 1],
])('encloses the exact threshold: %s', (_, policy, threshold) => {
  const { stable, unstable, gap } = certifiedRates({ policy, breakpoints: 14, digits: 10 });
  const { lambdaCritical } = exactThreshold({ policy: makePolicy(policy) });
  expect(lambdaCritical).toBeCloseTo(threshold, 6);
  expect(toNumber(stable.lambda)).toBeLessThan(lambdaCritical);
  expect(toNumber(unstable.lambda)).toBeGreaterThan(lambdaCritical);
  expect(toNumber(gap)).toBeLessThan(1e-5);
});

test('for MBOUNCE, whose threshold is 1, the bound tends to 1 as slowly as without sharing', () => {
  const at = (policy: PolicySpec, breakpoints: number): number =>
    1 - toNumber(certifiedRates({ policy, breakpoints, digits: 8 }).stable.lambda);
  const policy: PolicySpec = { kind: 'mbounce', alpha: 2, K: 2 };
  // No chain of D settles there, so f has to be bent over a length of order 1/(1 − λ).
  expect(16 * at(policy, 16)).toBeCloseTo(8 * at(policy, 8), 1);
  expect(at(policy, 16)).toBeLessThan(0.0311);
  expect(at({ kind: 'none' }, 16)).toBeLessThan(0.056);
});

test('refuses digits without meaning', () => {
  for (const digits of [0, 31, 1.5, Number.NaN]) {
    expect(() => certifiedRates({ policy: abounce(2, 2), breakpoints: 2, digits })).toThrow('from 1 to 30');
  }
  // 1/√(K + 1) < 0.1: no decimal of one place is that small.
  expect(() => certifiedRates({ policy: abounce(150, 150), breakpoints: 1, digits: 1 })).toThrow('allow more digits');
});
