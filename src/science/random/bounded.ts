import type { Rational } from '../numeric/rational.ts';

/**
 * One draw that decides both the origin (uniform on n) and whether the event is an arrival (probability λ/(1 + λ)),
 * exactly, for λ = a/b: a uniform integer on n(a + b) after Lemire, "Fast random integer generation in an interval",
 * ACM TOMACS 29 (2019), with rejection. With x uniform on 2^bits, ⌊x·n(a + b)/2^bits⌋ = (a + b)·position + residue, where
 * position = ⌊xn/2^bits⌋ and, for fraction = xn mod 2^bits, residue < a iff fraction < ⌈2^bits·a/(a + b)⌉.
 */
export interface EventDraw {
  /** Bits of a draw that are used: xn fits 64 bits. */
  readonly bits: number;
  /** 64 − bits. */
  readonly shift: number;
  /** ⌈2^bits·a/(a + b)⌉: an arrival iff the fraction is below it. */
  readonly arrivalBelow: bigint;
  /** a + b. */
  readonly modulus: bigint;
  /** 2^bits mod n(a + b): draw again iff fraction·(a + b) mod 2^bits is below it. */
  readonly rejectBelow: bigint;
}

/** The draw for n queues at arrival rate λ > 0. Throws a RangeError when λ has too many digits for n. */
export function eventDraw(n: number, lambda: Rational): EventDraw {
  const shift = Math.max(1, n.toString(2).length);
  const bits = 64 - shift;
  const range = 1n << BigInt(bits);
  const modulus = lambda.num + lambda.den;
  const outcomes = BigInt(n) * modulus;
  if (2n * outcomes > range) {
    throw new RangeError(
      `lambda = ${lambda.num}/${lambda.den} has too many digits for an exact draw among n = ${n} queues: ` +
        `numerator + denominator may be at most ${range / 2n / BigInt(n)}; round lambda`,
    );
  }
  const arrivalBelow = (range * lambda.num + modulus - 1n) / modulus;
  return { bits, shift, arrivalBelow, modulus, rejectBelow: range % outcomes };
}
