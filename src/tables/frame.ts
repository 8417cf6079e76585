import { table as arqueroTable, type ColumnTable } from 'arquero';
import { byName, checkName, columnOf, inferType, makeTable, TableError, typeIn } from './column.ts';
import type { ColumnType, Schema, Table, Value } from './table.ts';

/** A table between two verbs: Arquero's, and the types of the columns that still have the type they came with. */
export interface Frame {
  readonly table: ColumnTable;
  readonly types: ReadonlyMap<string, ColumnType>;
}

export const frameOf = (table: Table): Frame => ({
  table: arqueroTable({ ...table.columns }, Object.keys(table.schema)),
  types: new Map(Object.entries(table.schema)),
});

const isNumeric = (type: ColumnType): boolean => type === 'int32' || type === 'float64';

/** The type of a column that has values of both, if there is one. */
export function commonType(a: ColumnType | undefined, b: ColumnType | undefined): ColumnType | undefined {
  if (a === b) return a;
  return a !== undefined && b !== undefined && isNumeric(a) && isNumeric(b) ? 'float64' : undefined;
}

/** Types after a verb that computes the columns `computed` anew and only moves rows or renames in the others. */
export function carried(before: Frame, after: ColumnTable, computed: readonly string[] = []): Frame {
  // A column that was only renamed is still the same object.
  const byColumn = new Map<unknown, ColumnType>();
  for (const [name, type] of before.types) byColumn.set(before.table.column(name), type);
  const types = new Map<string, ColumnType>();
  for (const name of after.columnNames()) {
    const type = byColumn.get(after.column(name)) ?? (computed.includes(name) ? undefined : before.types.get(name));
    if (type !== undefined) types.set(name, type);
  }
  return { table: after, types };
}

const scalar = (value: unknown): unknown => (value === undefined ? null : value);

function checkScalars(values: readonly unknown[], where: string): void {
  for (const value of values) {
    if (typeof value === 'object' && value !== null)
      throw new TableError(`${where}: holds lists or objects; unroll or spread it, or do not select it`);
  }
}

const JAVASCRIPT = { int32: 'number', float64: 'number', utf8: 'string', bool: 'boolean' } as const;

/** Whether values that verbs may have changed since are still of the type their column came with. */
const fits = (values: readonly unknown[], type: ColumnType): boolean =>
  values.every(
    (value) =>
      value === null ||
      (typeof value === JAVASCRIPT[type] && (type !== 'int32' || (value as number) === ((value as number) | 0))),
  );

/**
 * The rows in their order as a table. Types come from `declared`, else from the source, else from the values (numbers
 * float64). Ungroups.
 * @throws {TableError} for columns that hold lists or objects, or values that contradict a declared type
 */
export function tableOf({ table, types }: Frame, declared: Schema = {}, where = 'result'): Table {
  const order = table.indices(true) as ArrayLike<number>;
  const schema = byName<ColumnType>();
  const columns = byName<ArrayLike<Value>>();
  for (const name of table.columnNames()) {
    const here = `${where}, column ${name}`;
    checkName(name, where);
    const column = table.column(name) as { at(row: number): unknown };
    const values = Array.from(order, (row) => scalar(column.at(row)));
    checkScalars(values, here);
    const carriedType = types.get(name);
    const type =
      typeIn(declared, name) ??
      (carriedType !== undefined && fits(values, carriedType) ? carriedType : inferType(values, here));
    schema[name] = type;
    columns[name] = columnOf(values, type, here);
  }
  return makeTable(schema, columns, order.length);
}
