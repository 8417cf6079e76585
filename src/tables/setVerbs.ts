import type { ColumnTable } from 'arquero';
import { TableError } from './column.ts';
import { carried, commonType, type Frame } from './frame.ts';
import type { ColumnType } from './table.ts';
import type { Verb } from './verb.ts';

type SetVerb = Extract<Verb, { readonly verb: 'concat' | 'union' | 'intersect' | 'except' | 'assign' }>;

/** Arquero takes the first table's columns; a column that only another one has would be lost without a word. */
function checkColumns(verb: SetVerb, first: Frame, others: readonly Frame[]): void {
  const known = first.table.columnNames();
  for (const [at, { table }] of others.entries()) {
    const lost = table.columnNames().filter((name) => !known.includes(name));
    if (lost.length > 0)
      throw new TableError(
        `${verb.path}: ${verb.others[at].from} has columns that the first table lacks: ${lost.join(', ')}; derive or select them first`,
      );
  }
}

/** Rows of several tables as one: stacked, as sets, or side by side (assign). */
export function applySet(verb: SetVerb, first: Frame, others: readonly Frame[]): Frame {
  if (verb.verb === 'assign') {
    const table = first.table.assign(...(others.map((other) => other.table) as never[])) as ColumnTable;
    const types = new Map([...first.types, ...others.flatMap((other) => [...other.types])]);
    return { table, types };
  }
  checkColumns(verb, first, others);
  const rest = others.map((other) => other.table);
  const table = first.table[verb.verb](...(rest as never[])) as ColumnTable;
  if (verb.verb === 'intersect' || verb.verb === 'except') return carried(first, table);
  const types = new Map<string, ColumnType>();
  for (const [name, type] of first.types) {
    let common: ColumnType | undefined = type;
    for (const other of others) if (other.table.column(name)) common = commonType(common, other.types.get(name));
    if (common !== undefined) types.set(name, common);
  }
  return { table, types };
}
