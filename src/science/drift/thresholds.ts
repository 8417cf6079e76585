import { compare, mul, parseRational, type Rational, rational, sub } from '../numeric/rational.ts';

/** The positive root of Aλ² − Bλ − G, A, G > 0: above it the polynomial, and with it the drift it stands for, is positive. */
export interface ThresholdPolynomial {
  readonly A: bigint;
  readonly B: bigint;
  readonly G: bigint;
}

/**
 * λ* of Theorem 2 as printed, [KC+1+√((KC+1)²+4(K+1)(C+2)(C+3))]/(2(K+1)(C+2)); K = C = 2: 0.886618.
 * It is the root of (K+1)(C+2)λ² − (KC+1)λ − (C+3), which is the drift of the printed V on the axis beyond the kinks
 * (q₂ = 0, q₁ ≥ C + K) with the empty server's departure counted in q₁ + q₂ but not in Σ_ℓ. That drift itself has the root of
 * (K+1)(C+2)λ² − KCλ − (C+2) (0.767648), the drift off the axes beyond the kinks that of
 * (K+1)(C+2)λ² − ((K+1)C+2)λ − 2 (0.860380).
 */
export const printedPolynomial = (K: number, C: number): ThresholdPolynomial =>
  polynomial('lambdaPrinted', K, C, (k, c) => [(k + 1n) * (c + 2n), k * c + 1n, c + 3n]);

/** λ̃ of the repaired function, the root of (K+1)(C+1)λ² − ((K+1)C+1)λ − 1: its drift for |q₁ − q₂| ≥ C + K off the axes. */
export const repairedPolynomial = (K: number, C: number): ThresholdPolynomial =>
  polynomial('lambdaRepaired', K, C, (k, c) => [(k + 1n) * (c + 1n), (k + 1n) * c + 1n, 1n]);

/** λ* as printed, to the nearest double or its neighbour. */
export const lambdaPrinted = (K: number, C: number): number => root(printedPolynomial(K, C));

/** λ̃ = [(K+1)C+1+√(((K+1)C+1)²+4(K+1)(C+1))]/(2(K+1)(C+1)), to the nearest double or its neighbour; K = C = 2: 0.901086. */
export const lambdaRepaired = (K: number, C: number): number => root(repairedPolynomial(K, C));

/** Negative, zero or positive as λ is below, at or above the threshold, exactly. */
export function sideOf({ A, B, G }: ThresholdPolynomial, lambda: Rational | string | number): number {
  const x = parseRational(lambda);
  return compare(mul(x, sub(mul(rational(A), x), rational(B))), rational(G));
}

/** The threshold between two decimals of the given number of digits: below ≤ root < above = below + 10^−digits. */
export function bracket(p: ThresholdPolynomial, digits: number): { below: Rational; above: Rational } {
  const scale = 10n ** BigInt(digits);
  let low = 0n;
  let high = scale * (p.B + p.G + 1n);
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (sideOf(p, rational(middle, scale)) <= 0) low = middle;
    else high = middle;
  }
  return { below: rational(low, scale), above: rational(high, scale) };
}

function polynomial(
  name: string,
  K: number,
  C: number,
  of: (k: bigint, c: bigint) => readonly [bigint, bigint, bigint],
): ThresholdPolynomial {
  if (!Number.isInteger(K) || K < 1) throw new RangeError(`${name}: K must be an integer ≥ 1, found ${K}`);
  if (!Number.isInteger(C) || C < 0) throw new RangeError(`${name}: C must be an integer ≥ 0, found ${C}`);
  const [A, B, G] = of(BigInt(K), BigInt(C));
  return { A, B, G };
}

function root({ A, B, G }: ThresholdPolynomial): number {
  const [a, b, g] = [Number(A), Number(B), Number(G)];
  return (b + Math.sqrt(b * b + 4 * a * g)) / (2 * a);
}
