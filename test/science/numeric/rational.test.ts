import fc from 'fast-check';
import Fraction from 'fraction.js';
import { describe, expect, test } from 'vitest';
import {
  abs,
  add,
  ceil,
  compare,
  div,
  floor,
  format,
  mul,
  neg,
  ONE,
  parseRational,
  type Rational,
  rational,
  sub,
  toNumber,
  ZERO,
} from '../../../src/science/numeric/rational.ts';

const anyRational = fc
  .tuple(fc.bigInt(-(10n ** 30n), 10n ** 30n), fc.bigInt(1n, 10n ** 30n))
  .map(([num, den]) => rational(num, den));
const oracle = (a: Rational): Fraction => new Fraction(a.num, a.den);
const same = (a: Rational, b: Fraction): boolean => a.num === b.s * b.n && a.den === b.d;

describe('arithmetic against fraction.js', () => {
  test('sum, difference, product and quotient agree and stay in lowest terms', () => {
    fc.assert(
      fc.property(anyRational, anyRational, (a, b) => {
        expect(same(add(a, b), oracle(a).add(oracle(b)))).toBe(true);
        expect(same(sub(a, b), oracle(a).sub(oracle(b)))).toBe(true);
        expect(same(mul(a, b), oracle(a).mul(oracle(b)))).toBe(true);
        if (b.num !== 0n) expect(same(div(a, b), oracle(a).div(oracle(b)))).toBe(true);
      }),
    );
  });

  test('order, floor, ceiling, sign and magnitude agree', () => {
    fc.assert(
      fc.property(anyRational, anyRational, (a, b) => {
        expect(Math.sign(compare(a, b))).toBe(Math.sign(oracle(a).compare(oracle(b))));
        expect(rational(floor(a))).toEqual(rational(oracle(a).floor().s * oracle(a).floor().n));
        expect(rational(ceil(a))).toEqual(rational(oracle(a).ceil().s * oracle(a).ceil().n));
        expect(same(neg(a), oracle(a).neg())).toBe(true);
        expect(same(abs(a), oracle(a).abs())).toBe(true);
      }),
    );
  });

  test('floor and ceiling round towards −∞ and +∞ on both sides of zero', () => {
    expect([rational(7, 2), rational(-7, 2), rational(-4), ZERO].map(floor)).toEqual([3n, -4n, -4n, 0n]);
    expect([rational(7, 2), rational(-7, 2), rational(4), ONE].map(ceil)).toEqual([4n, -3n, 4n, 1n]);
  });

  test('equal values have equal representations', () => {
    expect(rational(6, -4)).toEqual({ num: -3n, den: 2n });
    expect(rational(0, -7)).toEqual({ num: 0n, den: 1n });
  });

  test('a zero denominator is refused, by division too', () => {
    expect(() => rational(1, 0)).toThrow(new RangeError('rational: the denominator is zero'));
    expect(() => div(ONE, ZERO)).toThrow(new RangeError('rational: the denominator is zero'));
  });
});

describe('reading', () => {
  test('a number is read as its shortest decimal, not as the double', () => {
    expect(parseRational(1.1)).toEqual(rational(11, 10));
    expect(parseRational(0.1)).toEqual(rational(1, 10));
    expect(parseRational(1e-7)).toEqual(rational(1n, 10n ** 7n));
    expect(parseRational(1e21)).toEqual(rational(10n ** 21n));
    // The double itself is a different number.
    expect(rational(2476979795053773n, 2251799813685248n)).not.toEqual(parseRational(1.1));
  });

  test.each([
    ['11/10', rational(11, 10)],
    ['-6/4', rational(-3, 2)],
    ['+1.50', rational(3, 2)],
    [' 2e7 ', rational(20_000_000)],
    ['2.5E-1', rational(1, 4)],
    ['.5', rational(1, 2)],
    ['5.', rational(5)],
    ['-0', ZERO],
    [7n, rational(7)],
    [rational(2, 3), rational(2, 3)],
  ])('%s', (text, expected) => {
    expect(parseRational(text)).toEqual(expected);
  });

  test.each([
    ['', '""'],
    ['.', '"."'],
    ['e5', '"e5"'],
    ['1/0', '"1/0"'],
    ['1/-2', '"1/-2"'],
    ['1.1.1', '"1.1.1"'],
    ['0x10', '"0x10"'],
    ['1e99999', '"1e99999"'],
    [Number.NaN, '"NaN"'],
    [Number.POSITIVE_INFINITY, '"Infinity"'],
  ])('%j is refused by name', (text, shown) => {
    expect(() => parseRational(text)).toThrow(
      new RangeError(`expected a decimal such as 1.1 or a fraction such as 11/10, found ${shown}`),
    );
  });

  test('canonical text and shortest decimals read back to the same value', () => {
    fc.assert(
      fc.property(anyRational, (a) => {
        expect(parseRational(format(a))).toEqual(a);
      }),
    );
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(toNumber(parseRational(x))).toBe(x === 0 ? 0 : x);
      }),
      { examples: [[5e-324], [Number.MAX_VALUE], [-2.2250738585072014e-308]] },
    );
  });

  test('text of integers has no denominator', () => {
    expect([rational(3), rational(-11, 10), ZERO].map(format)).toEqual(['3', '-11/10', '0']);
  });
});

describe('toNumber', () => {
  test('huge numerators and denominators neither overflow nor lose the quotient', () => {
    expect(toNumber(rational(3n * 10n ** 400n, 2n * 10n ** 400n + 1n))).toBe(1.5);
    expect(toNumber(rational(10n ** 300n))).toBe(1e300);
    expect(toNumber(rational(1n, 10n ** 300n))).toBe(1e-300);
    expect(toNumber(rational(-(10n ** 400n)))).toBe(Number.NEGATIVE_INFINITY);
    expect(toNumber(rational(1n, 10n ** 400n))).toBe(0);
    expect(toNumber(ZERO)).toBe(0);
  });

  test('is the nearest double: no neighbour is closer', () => {
    const distance = (a: Rational, x: number): Rational => abs(sub(a, exactly(x)));
    fc.assert(
      fc.property(anyRational, (a) => {
        const x = toNumber(a);
        for (const neighbour of [nextUp(x), -nextUp(-x)]) {
          expect(compare(distance(a, x), distance(a, neighbour))).toBeLessThanOrEqual(0);
        }
      }),
    );
  });

  test('a remainder past 64 bits breaks a tie upwards', () => {
    // 2^52 + ½ + 2^−100 lies just above the midpoint of 2^52 and 2^52 + 1.
    const a = add(rational(2n ** 53n + 1n, 2n), rational(1n, 2n ** 100n));
    expect(toNumber(a)).toBe(2 ** 52 + 1);
    expect(toNumber(neg(a))).toBe(-(2 ** 52) - 1);
  });
});

const bits = new DataView(new ArrayBuffer(8));
function nextUp(x: number): number {
  if (x === 0) return Number.MIN_VALUE;
  bits.setFloat64(0, x);
  bits.setBigInt64(0, bits.getBigInt64(0) + (x > 0 ? 1n : -1n));
  return bits.getFloat64(0);
}

/** The double's own value, as a binary fraction. */
function exactly(x: number): Rational {
  let shift = 0n;
  let scaled = x;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    shift++;
  }
  return rational(BigInt(scaled), 1n << shift);
}
