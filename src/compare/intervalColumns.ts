import type { Table } from '../tables/table.ts';

/** The columns that hold the limits of a measured column's intervals. */
export interface IntervalColumns {
  readonly lo: string;
  readonly hi: string;
}

/**
 * Which columns have intervals, by the names in use: `x` has `xLo` and `xHi`; where a table has columns named `lo` and
 * `hi` alone, they are limits of the real column that stands next before them, if its values lie between them.
 */
export function intervalColumns(table: Table): Map<string, IntervalColumns> {
  const found = new Map<string, IntervalColumns>();
  const names = Object.keys(table.schema).filter((name) => isNumeric(table, name));
  for (const name of names) {
    const limits = { lo: `${name}Lo`, hi: `${name}Hi` };
    if (names.includes(limits.lo) && names.includes(limits.hi)) found.set(name, limits);
  }
  if (names.includes('lo') && names.includes('hi')) {
    const before = Object.keys(table.schema).slice(0, Object.keys(table.schema).indexOf('lo'));
    const taken = new Set([...found.values()].flatMap(({ lo, hi }) => [lo, hi]));
    const value = before.reverse().find((name) => table.schema[name] === 'float64' && !taken.has(name));
    const limits = { lo: 'lo', hi: 'hi' };
    if (value !== undefined && !found.has(value) && isBetween(table, value, limits)) found.set(value, limits);
  }
  return found;
}

const isNumeric = (table: Table, name: string): boolean =>
  table.schema[name] === 'float64' || table.schema[name] === 'int32';

function isBetween({ columns, rows }: Table, name: string, { lo, hi }: IntervalColumns): boolean {
  for (let row = 0; row < rows; row++) {
    const [value, low, high] = [columns[name][row], columns[lo][row], columns[hi][row]];
    if (value === null || low === null || high === null) continue;
    if ((value as number) < (low as number) || (value as number) > (high as number)) return false;
  }
  return true;
}
