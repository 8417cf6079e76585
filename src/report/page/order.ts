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
