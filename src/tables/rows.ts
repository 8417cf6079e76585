import { byName } from './column.ts';
import type { Table, Value } from './table.ts';

/** One row as an object, in column order. */
function rowOf(table: Table, row: number): Record<string, Value> {
  const object = byName<Value>();
  for (const name of Object.keys(table.schema)) object[name] = table.columns[name][row];
  return object;
}

/** All rows as objects, in order. */
export const rowsOf = (table: Table): Record<string, Value>[] =>
  Array.from({ length: table.rows }, (_, row) => rowOf(table, row));

/** Rows that JSON can hold: NaN and the infinities, which it cannot, become null. */
export const jsonRows = (table: Table): Record<string, Value>[] =>
  rowsOf(table).map((row) => {
    for (const name of Object.keys(row)) {
      const value = row[name];
      if (typeof value === 'number' && !Number.isFinite(value)) row[name] = null;
    }
    return row;
  });

/** A JSON array of row objects, one row a line. */
export function toJson(table: Table): string {
  const lines = jsonRows(table).map((row) => JSON.stringify(row));
  return lines.length === 0 ? '[]\n' : `[\n${lines.join(',\n')}\n]\n`;
}
