import type { ColumnType, Schema, Table, Value } from './table.ts';

/** A table's data at odds with its schema. The message says which table, column and row, and what was expected. */
export class TableError extends Error {
  override readonly name = 'TableError';
}

const MAX_INT32 = 2 ** 31 - 1;
const MIN_INT32 = -(2 ** 31);

const show = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return typeof value === 'bigint' ? `${value}n` : String(value);
};

const EXPECTED: Readonly<Record<ColumnType, string>> = {
  int32: `an integer from ${MIN_INT32} to ${MAX_INT32}`,
  float64: 'a number',
  utf8: 'a string',
  bool: 'true or false',
};

const ACCEPTS: Readonly<Record<ColumnType, (value: unknown) => boolean>> = {
  int32: (value) => Number.isInteger(value) && (value as number) <= MAX_INT32 && (value as number) >= MIN_INT32,
  float64: (value) => typeof value === 'number',
  utf8: (value) => typeof value === 'string',
  bool: (value) => typeof value === 'boolean',
};

/** True for what can be read as a column: an array or a typed array of numbers. */
export const isColumn = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

/**
 * The values as a column of the type: a typed array where every number is there, else an array; null stays null.
 * `undefined` is refused, since it is a hole that somebody did not mean.
 * @throws {TableError} naming `where` and the row (from 0) of the first value of another type
 */
export function columnOf(values: ArrayLike<unknown>, type: ColumnType, where: string): ArrayLike<Value> {
  const accepts = ACCEPTS[type];
  let nulls = false;
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (value === null) nulls = true;
    else if (!accepts(value))
      throw new TableError(`${where}, row ${row}: expected ${EXPECTED[type]} (${type}), found ${show(value)}`);
  }
  if (nulls) return Array.from(values as ArrayLike<Value>);
  if (type === 'float64')
    return values instanceof Float64Array ? values : Float64Array.from(values as ArrayLike<number>);
  if (type === 'int32') return values instanceof Int32Array ? values : Int32Array.from(values as ArrayLike<number>);
  return Array.isArray(values) ? (values as Value[]) : Array.from(values as ArrayLike<Value>);
}

/**
 * The type that values have without being told: float64, utf8 or bool by the first value that is not null. Integers are
 * float64 too, since a width that followed the data would change bytes when one value changes. All null: float64.
 */
export function inferType(values: ArrayLike<unknown>, where: string): ColumnType {
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (value === null) continue;
    if (typeof value === 'number') return 'float64';
    if (typeof value === 'string') return 'utf8';
    if (typeof value === 'boolean') return 'bool';
    throw new TableError(
      `${where}, row ${row}: expected a number, a string, true, false or null, found ${show(value)}`,
    );
  }
  return 'float64';
}

/** An object for column names to be keys of; it has no prototype that a name could collide with. */
export const byName = <T>(): Record<string, T> => Object.create(null) as Record<string, T>;

/** The type that a schema gives a column. A name that every object has, such as `constructor`, is no column of it. */
export const typeIn = (schema: Schema | undefined, name: string): ColumnType | undefined =>
  schema !== undefined && Object.hasOwn(schema, name) ? schema[name] : undefined;

/** @throws {TableError} for a name that no column may have */
export function checkName(name: string, where: string): void {
  if (name === '') throw new TableError(`${where}: a column has an empty name`);
  if (name === '__proto__') throw new TableError(`${where}: a column may not be named __proto__`);
}

/** A table of columns already known to agree with the schema. */
export const makeTable = (
  schema: Schema,
  columns: Readonly<Record<string, ArrayLike<Value>>>,
  rows: number,
): Table => ({
  schema,
  columns,
  rows,
});
