/** From this magnitude on, integers share their double with others. */
export const TOO_LARGE = 2 ** 53;

/** Significant digits that a double always keeps apart from its neighbours. */
const DIGITS = 17;

/** A number as YAML wrote it, or why it would not survive as a double. */
export function readNumber(text: string, value: number): { value: number } | { wrong: string; expected: string } {
  const expected = 'a number that a double holds; write others as a string';
  if (!Number.isFinite(value)) return { wrong: 'not a finite number', expected };
  if (Math.abs(value) >= TOO_LARGE) return { wrong: 'numbers from 2^53 on lose digits', expected };
  if (/^[-+]?0[xo]/.test(text)) return { value };
  const digits = withoutOuterZeros(text.replace(/[eE].*$/, '').replace(/[^0-9]/g, ''));
  if (digits.length > DIGITS) return { wrong: `more than ${DIGITS} significant digits`, expected };
  if (value === 0 && digits !== '') return { wrong: 'too small for a double', expected };
  // YAML's -0 is 0: a sign that no study means must not change a key.
  return { value: value === 0 ? 0 : value };
}

/** By hand: /0+$/ looks at a row of zeros inside from each of them, which takes the square of its length. */
function withoutOuterZeros(digits: string): string {
  let start = 0;
  let end = digits.length;
  while (digits[start] === '0') start++;
  while (end > start && digits[end - 1] === '0') end--;
  return digits.slice(start, end);
}
