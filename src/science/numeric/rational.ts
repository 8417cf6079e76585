/**
 * Exact rationals over BigInt, always in lowest terms with a positive denominator.
 *
 * Thresholds and drifts are decided exactly (science brief §3): α = 1.1 means 11/10, not the nearest double,
 * because ⌊αm⌋ differs between the two at m = 10.
 */
export interface Rational {
  readonly num: bigint;
  readonly den: bigint;
}

const gcd = (a: bigint, b: bigint): bigint => {
  while (b !== 0n) [a, b] = [b, a % b];
  return a < 0n ? -a : a;
};

/** num/den in lowest terms. Throws a RangeError when den is zero. */
export function rational(num: bigint | number, den: bigint | number = 1n): Rational {
  let n = BigInt(num);
  let d = BigInt(den);
  if (d === 0n) throw new RangeError('rational: the denominator is zero');
  if (d < 0n) [n, d] = [-n, -d];
  const g = gcd(n, d);
  return g === 1n ? { num: n, den: d } : { num: n / g, den: d / g };
}

export const ZERO: Rational = rational(0n);
export const ONE: Rational = rational(1n);

const FRACTION = /^([+-]?\d+)\/(\d+)$/;
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

/**
 * Reads `"11/10"`, `"1.1"`, `"2e7"` or a finite number. A number is read as its shortest decimal form, so that the
 * 1.1 of a YAML file is 11/10. Throws a RangeError naming the text when it is none of these.
 */
export function parseRational(value: string | number | bigint | Rational): Rational {
  if (typeof value === 'object') return value;
  if (typeof value === 'bigint') return rational(value);
  const text = String(value).trim();
  const fraction = FRACTION.exec(text);
  if (fraction && !/^0+$/.test(fraction[2])) return rational(BigInt(fraction[1]), BigInt(fraction[2]));
  const decimal = DECIMAL.exec(text);
  if (!decimal || (decimal[2] === '' && !decimal[3])) {
    throw new RangeError(`expected a decimal such as 1.1 or a fraction such as 11/10, found ${JSON.stringify(text)}`);
  }
  const [, sign, whole, part = '', exponent = '0'] = decimal;
  const shift = Number(exponent) - part.length;
  const digits = BigInt(`${whole}${part}`) * (sign === '-' ? -1n : 1n);
  return shift >= 0 ? rational(digits * 10n ** BigInt(shift)) : rational(digits, 10n ** BigInt(-shift));
}

export const add = (a: Rational, b: Rational): Rational => rational(a.num * b.den + b.num * a.den, a.den * b.den);
export const sub = (a: Rational, b: Rational): Rational => rational(a.num * b.den - b.num * a.den, a.den * b.den);
export const mul = (a: Rational, b: Rational): Rational => rational(a.num * b.num, a.den * b.den);
export const div = (a: Rational, b: Rational): Rational => rational(a.num * b.den, a.den * b.num);
export const neg = (a: Rational): Rational => ({ num: -a.num, den: a.den });
export const abs = (a: Rational): Rational => (a.num < 0n ? neg(a) : a);

/** Negative, zero or positive as a is below, equal to or above b. */
export function compare(a: Rational, b: Rational): number {
  const left = a.num * b.den;
  const right = b.num * a.den;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The largest integer ≤ a. */
export function floor(a: Rational): bigint {
  const q = a.num / a.den;
  return a.num < 0n && q * a.den !== a.num ? q - 1n : q;
}

/** The smallest integer ≥ a. */
export const ceil = (a: Rational): bigint => -floor(neg(a));

/** The nearest double: exact where numerator and denominator fit 53 bits, otherwise through a scaled quotient. */
export function toNumber(a: Rational): number {
  const n = Number(a.num);
  const d = Number(a.den);
  if (Number.isSafeInteger(n) && Number.isSafeInteger(d)) return n / d;
  const magnitude = a.num < 0n ? -a.num : a.num;
  if (magnitude === 0n) return 0;
  // Keep 64 significant bits of the quotient, then scale back by a power of two in two steps against overflow. A lost
  // remainder sets the last bit (sticky), or a quotient cut to an exact tie would round to even instead of up.
  const shift = 64 - (magnitude.toString(2).length - a.den.toString(2).length);
  const scaledNum = shift >= 0 ? magnitude << BigInt(shift) : magnitude;
  const scaledDen = shift >= 0 ? a.den : a.den << BigInt(-shift);
  const cut = scaledNum / scaledDen;
  const quotient = cut * scaledDen === scaledNum ? cut : cut | 1n;
  const half = Math.trunc(shift / 2);
  const value = Number(quotient) * 2 ** -half * 2 ** -(shift - half);
  return a.num < 0n ? -value : value;
}

/** `"3"` or `"11/10"`: the canonical text, read back by {@link parseRational}. */
export const format = (a: Rational): string => (a.den === 1n ? `${a.num}` : `${a.num}/${a.den}`);
