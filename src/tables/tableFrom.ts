import { byName, checkName, columnOf, inferType, isColumn, makeTable, TableError } from './column.ts';
import type { ColumnType, Schema, Table, Value } from './table.ts';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !isColumn(value);

const isTable = (value: Record<string, unknown>): boolean =>
  isRecord(value.schema) && isRecord(value.columns) && typeof value.rows === 'number';

const list = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '));

function checkNames(found: readonly string[], schema: Schema, where: string): void {
  const expected = Object.keys(schema);
  const missing = expected.filter((name) => !found.includes(name));
  const extra = found.filter((name) => !expected.includes(name));
  if (missing.length === 0 && extra.length === 0) return;
  const problems = [
    ...(missing.length > 0 ? [`missing: ${list(missing)}`] : []),
    ...(extra.length > 0 ? [`not declared: ${list(extra)}`] : []),
  ];
  throw new TableError(`${where}: columns ${problems.join('; ')} (declared: ${list(expected)})`);
}

/**
 * A validated table from what was written: columns by name, or a table. With a schema the columns are exactly the
 * schema's, in its order; without one a table keeps its own and columns are inferred (numbers float64, never int32).
 * @param where names the table in errors, such as `stage simulate, output tails`
 * @throws {TableError} for missing or undeclared columns, unequal lengths, and values of another type
 */
export function tableFrom(written: unknown, schema: Schema | undefined, where: string): Table {
  if (!isRecord(written)) throw new TableError(`${where}: expected columns by name, found ${typeof written}`);
  if (isTable(written)) {
    const own = written as unknown as Table;
    return tableFrom(own.columns, schema ?? own.schema, where);
  }
  if (schema !== undefined) checkNames(Object.keys(written), schema, where);
  const names = Object.keys(schema ?? written);
  const types = byName<ColumnType>();
  const columns = byName<ArrayLike<Value>>();
  let rows = 0;
  for (const [at, name] of names.entries()) {
    checkName(name, where);
    const values = written[name];
    const here = `${where}, column ${name}`;
    if (!isColumn(values))
      throw new TableError(`${here}: expected an array, found ${values === null ? 'null' : typeof values}`);
    if (at === 0) rows = values.length;
    else if (values.length !== rows)
      throw new TableError(`${here}: has ${values.length} rows, but column ${names[0]} has ${rows}`);
    const type = schema?.[name] ?? inferType(values, here);
    types[name] = type;
    columns[name] = columnOf(values, type, here);
  }
  return makeTable(types, columns, rows);
}

/**
 * A table from row objects, such as a JSON file holds; a key that a row lacks is null there. Columns are in the
 * schema's order, else in order of first appearance.
 * @throws {TableError} as {@link tableFrom}
 */
export function tableFromRows(rows: unknown, schema: Schema | undefined, where: string): Table {
  if (!Array.isArray(rows)) throw new TableError(`${where}: expected an array of row objects`);
  const columns = byName<Value[]>();
  for (const name of Object.keys(schema ?? {})) columns[name] = new Array<Value>(rows.length).fill(null);
  for (const [index, row] of rows.entries()) {
    if (!isRecord(row)) throw new TableError(`${where}, row ${index}: expected an object of values by column name`);
    for (const name of Object.keys(row)) {
      checkName(name, where);
      columns[name] ??= new Array<Value>(rows.length).fill(null);
      columns[name][index] = row[name] as Value;
    }
  }
  return tableFrom(columns, schema, where);
}
