import { TOO_LARGE } from './numbers.ts';

/** digits · 10^−scale, exactly. */
interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/** Digits behind the point only where there is one: else a long row of them could be parted in as many ways as it is long. */
const NUMBER = String.raw`[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?`;
const RANGE = new RegExp(String.raw`^\s*(${NUMBER}?)\.\.(${NUMBER})(?:\s+step\s+(${NUMBER}))?\s*$`);
/** What was surely meant as a range: two dots after a number. */
const LIKE_A_RANGE = /^\s*[-+]?[\d.]*\d(?:[eE][-+]?\d+)?\s*\.\.+/;

const EXPECTED = 'a range such as 1..5 or 0.05..0.95 step 0.05';

function parseDecimal(text: string): Decimal | undefined {
  const [, sign, whole, part = '', exponent = '0'] = /^([-+]?)(\d*)\.?(\d*)(?:[eE]([-+]?\d+))?$/.exec(text) ?? [];
  if (whole === undefined || Math.abs(Number(exponent)) > 400 || text.length > 100) return undefined;
  const digits = BigInt(`${whole}${part}`) * (sign === '-' ? -1n : 1n);
  const scale = part.length - Number(exponent);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

const rescale = ({ digits, scale }: Decimal, to: number): bigint => digits * 10n ** BigInt(to - scale);

/** The double nearest to digits · 10^−scale, as if the decimal had been written out. */
function toNumber(digits: bigint, scale: number): number {
  const value = Number(`${digits}e${-scale}`);
  return value === 0 ? 0 : value;
}

/**
 * The values of `from..to` or `from..to step by`, both ends included where the steps reach them. Steps are added in
 * exact decimals, so the 19th value of `0.05..0.95 step 0.05` is 0.95 and not 0.9500000000000001.
 * Gives undefined for text that is no range, and a reason for one that is wrong or longer than `most`.
 */
export function readRange(text: string, most: number): number[] | { wrong: string; expected: string } | undefined {
  const match = RANGE.exec(text);
  if (!match) return LIKE_A_RANGE.test(text) ? { wrong: 'not a range', expected: EXPECTED } : undefined;
  const [from, to, by] = [match[1], match[2], match[3] ?? '1'].map(parseDecimal);
  if (!from || !to || !by) return { wrong: 'not a range', expected: EXPECTED };
  const scale = Math.max(from.scale, to.scale, by.scale);
  const [first, last, step] = [rescale(from, scale), rescale(to, scale), rescale(by, scale)];
  if (step === 0n) return { wrong: 'a range with step 0', expected: EXPECTED };
  if (step > 0n ? first > last : first < last) {
    const turned = step > 0n ? 'a negative step, such as 5..1 step -1' : 'a positive step';
    return { wrong: 'an empty range', expected: turned };
  }
  const count = (last - first) / step + 1n;
  if (count > BigInt(most)) return { wrong: `a range of ${count} values`, expected: `at most ${most} values` };
  if ([first, last].some((end) => Math.abs(toNumber(end, scale)) >= TOO_LARGE)) {
    return { wrong: 'a range beyond 2^53', expected: 'numbers that a double holds' };
  }
  return Array.from({ length: Number(count) }, (_, k) => toNumber(first + BigInt(k) * step, scale));
}
