import type { Rational } from '../numeric/rational.ts';

/**
 * Draws of 16 binary digits, looked up in a table of 2^16 entries. A draw is a real number x on [0, 1) of which so many
 * digits are looked at as decide the outcome: an entry whose interval [k, k + 1)/2^16 holds two outcomes is OPEN, and the
 * kernel then refines it. Thus the outcomes have their probabilities exactly, with 16 digits for nearly every draw.
 */
export const DIGITS = 16;
/** n up to here: positions are coded p − 127 in a signed byte, between OPEN and NONE. */
export const MAXIMUM_NARROW = 254;
const BIAS = 127;
const NONE = 127;
const OPEN = -128;

/**
 * Two bytes an entry, the codes of an arrival's and of a departure's position: of the outcome ⌊x·n(a + b)⌋ for λ = a/b the
 * position is the quotient by a + b, and it is an arrival iff the remainder is below a. The other code is NONE.
 */
export function originTable(n: number, lambda: Rational): Int8Array {
  const modulus = lambda.num + lambda.den;
  const outcomes = BigInt(n) * modulus;
  const table = new Int8Array(2 << DIGITS);
  const pairs = new Int16Array(table.buffer);
  const pair = (arrival: number, departure: number): number => (departure << 8) | (arrival & 0xff);
  fill(pairs, 2 * n, pair(OPEN, OPEN), (k) => {
    const code = (k >> 1) - BIAS;
    const isArrival = k % 2 === 0;
    const next = BigInt((k >> 1) + (isArrival ? 0 : 1)) * modulus + (isArrival ? lambda.num : 0n);
    return { value: isArrival ? pair(code, NONE) : pair(NONE, code), scaled: next << BigInt(DIGITS), by: outcomes };
  });
  return table;
}

/** A byte an entry, the code of the sampled position: the first j with x < ((j + 1)/n)^d, given 2^64·((j + 1)/n)^d. */
export function sampleTable(n: number, thresholds: BigUint64Array): Int8Array {
  const table = new Int8Array(1 << DIGITS);
  fill(table, n, OPEN, (j) => ({
    value: j - BIAS,
    scaled: j < n - 1 ? thresholds[j] : 1n << 64n,
    by: 1n << BigInt(64 - DIGITS),
  }));
  return table;
}

/** Outcome k ends at scaled/by entries; an entry in which one ends is open. */
function fill(
  table: Int8Array | Int16Array,
  outcomes: number,
  open: number,
  outcome: (k: number) => { value: number; scaled: bigint; by: bigint },
): void {
  let from = 0;
  for (let k = 0; k < outcomes; k++) {
    const { value, scaled, by } = outcome(k);
    const whole = Number(scaled / by);
    if (whole < from) continue; // it ends within an entry that is open already
    table.fill(value, from, whole);
    from = whole;
    if (scaled % by !== 0n) table[from++] = open;
  }
}
