/** How a table is sorted by one of its columns; `none` is the order in which it came. */
export type Direction = 'ascending' | 'descending' | 'none';

/** What the next press of a heading does. */
export const nextDirection = (direction: Direction): Direction =>
  direction === 'none' ? 'ascending' : direction === 'ascending' ? 'descending' : 'none';

/** Text by code points, without a locale. */
const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The order of rows by their texts in one column, as indices. Numbers are compared as numbers where every text that is
 * not empty is one; empty texts (missing values) come last either way; equal rows keep their order.
 */
export function sortedOrder(texts: readonly string[], direction: Direction): number[] {
  const order = texts.map((_, index) => index);
  if (direction === 'none') return order;
  const numbers = texts.map((text) => (text === '' ? 0 : Number(text)));
  const numeric = !numbers.some(Number.isNaN);
  const sign = direction === 'ascending' ? 1 : -1;
  return order.sort((a, b) => {
    const [x, y] = [texts[a]!, texts[b]!];
    if (x === '' || y === '') return Number(x === '') - Number(y === '') || a - b;
    const difference = numeric ? numbers[a]! - numbers[b]! || 0 : byText(x, y);
    return difference * sign || a - b;
  });
}

const SUPERSCRIPTS = '\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079';

/**
 * The text by which a cell sorts, from what one reads in it: `\u22121.5\u00d710\u207b\u2077` is -1.5e-7, `20,000` is 20000,
 * a dash or no number at all is empty. The inverse of the report's formatting of numbers.
 */
export function sortText(shown: string): string {
  if (shown === '\u2013' || shown === 'not a number') return '';
  if (/^\u2212?\u221e$/.test(shown)) return shown.length > 1 ? '-Infinity' : 'Infinity';
  const found = /^(\u2212?)([\d,]+(?:\.\d+)?)(?:\u00d710([\u207b\u2070-\u2079\u00b9\u00b2\u00b3]+))?$/.exec(shown);
  if (found === null) return shown;
  const [, minus, mantissa = '', raised = ''] = found;
  const exponent = [...raised].map((digit) => (digit === '\u207b' ? '-' : SUPERSCRIPTS.indexOf(digit))).join('');
  return `${minus === '' ? '' : '-'}${mantissa.replaceAll(',', '')}${exponent === '' ? '' : `e${exponent}`}`;
}
