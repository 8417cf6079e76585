import { describe, expect, test } from 'vitest';
import { certify } from '../../../src/science/drift/certify.ts';
import {
  bracket,
  lambdaPrinted,
  lambdaRepaired,
  printedPolynomial,
  repairedPolynomial,
  sideOf,
} from '../../../src/science/drift/thresholds.ts';
import { format, mul, rational, sub, toNumber } from '../../../src/science/numeric/rational.ts';

describe('the thresholds of Theorem 2', () => {
  // Source: science brief §3, K = C = 2.
  test('printed 0.886618 and repaired 0.901086 for K = C = 2', () => {
    expect(lambdaPrinted(2, 2)).toBeCloseTo(0.886618, 6);
    expect(lambdaRepaired(2, 2)).toBeCloseTo(0.901086, 6);
  });

  test('the printed formula, letter by letter', () => {
    for (const [K, C] of [
      [1, 1],
      [2, 2],
      [2, 3],
      [3, 3],
      [4, 9],
    ]) {
      const print =
        (K * C + 1 + Math.sqrt((K * C + 1) ** 2 + 4 * (K + 1) * (C + 2) * (C + 3))) / (2 * (K + 1) * (C + 2));
      expect(lambdaPrinted(K, C)).toBeCloseTo(print, 14);
    }
  });

  test('exact brackets hold the root between neighbouring decimals', () => {
    for (const polynomial of [printedPolynomial(2, 2), repairedPolynomial(3, 5)]) {
      const { below, above } = bracket(polynomial, 30);
      expect(sideOf(polynomial, below)).toBeLessThan(0);
      expect(sideOf(polynomial, above)).toBeGreaterThan(0);
      expect(sub(above, below)).toEqual(rational(1n, 10n ** 30n));
    }
    expect(format(bracket(repairedPolynomial(2, 2), 6).below)).toBe('180217/200000');
  });

  test.each([
    [4, 4],
    [2, 2],
    [2, 3],
    [3, 3],
    [2, 8],
  ])('K = %i, C = %i: the repaired function is certified 1e-12 above its threshold and refuted 1e-12 below', (K, C) => {
    const { below, above } = bracket(repairedPolynomial(K, C), 12);
    const at = (lambda: typeof below) =>
      certify({ function: 'theorem2-repaired', lambda, policy: { kind: 'abounce', C, K }, n: 2, box: 2 * (C + K) });
    expect(at(above).verdict).toBe('certified');
    expect(at(below).verdict).toBe('refuted');
  });

  test('what the print is: the drift on the axis beyond the kinks, with the idle server leaving q₁ + q₂ but not Σ_ℓ', () => {
    const [K, C] = [2, 2];
    const polynomial = printedPolynomial(K, C);
    for (const lambda of [rational(1, 2), rational(89, 100), bracket(polynomial, 9).above]) {
      const { states } = certify({
        function: 'theorem2-printed',
        lambda,
        policy: { kind: 'abounce', C, K },
        n: 2,
        box: 9,
      });
      const axis = rational(states.numerator[8 * 9], states.denominator);
      // One departure too many takes 1/(2(1+λ)) from the drift; 2(1+λ)² clears its denominators.
      const rate = rational(lambda.num + lambda.den, lambda.den);
      const misread = sub(mul(mul(rational(2), mul(rate, rate)), axis), rate);
      const { A, B, G } = polynomial;
      const printed = sub(mul(lambda, sub(mul(rational(A), lambda), rational(B))), rational(G));
      expect(misread).toEqual(printed);
    }
  });

  test('without a penalty (K = 1) the repaired threshold is 1: nothing is lost', () => {
    expect(sideOf(repairedPolynomial(1, 3), 1)).toBe(0);
  });

  test('as doubles they are within one part in 10^15 of the bracket', () => {
    expect(Math.abs(lambdaPrinted(2, 2) - toNumber(bracket(printedPolynomial(2, 2), 20).below))).toBeLessThan(1e-15);
  });

  test('parameters without meaning are refused', () => {
    expect(() => lambdaPrinted(0, 2)).toThrow(new RangeError('lambdaPrinted: K must be an integer ≥ 1, found 0'));
    expect(() => lambdaRepaired(2, 1.5)).toThrow(new RangeError('lambdaRepaired: C must be an integer ≥ 0, found 1.5'));
  });
});
