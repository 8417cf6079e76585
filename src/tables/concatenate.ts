import { byName, checkName, makeTable, TableError } from './column.ts';
import type { ColumnType, Table, Value } from './table.ts';
import { tableFrom } from './tableFrom.ts';

type Scalar = string | number | boolean;

/** One cell's table and the axis values it stands for. */
export interface Part {
  readonly axes: Readonly<Record<string, Scalar>>;
  readonly table: Table;
}

const SCALAR_TYPES = { number: 'float64', string: 'utf8', boolean: 'bool' } as const;

/** Axis names in order of first appearance. */
function axisNames(parts: readonly Part[]): string[] {
  const names = new Set<string>();
  for (const { axes } of parts) for (const name of Object.keys(axes)) names.add(name);
  return [...names];
}

/** An axis such as d: [2, 10, all] has values of more than one type; they are all shown as text. */
function axisType(parts: readonly Part[], axis: string): ColumnType {
  const types = new Set<ColumnType>();
  for (const { axes } of parts) {
    if (Object.hasOwn(axes, axis)) types.add(SCALAR_TYPES[typeof axes[axis] as keyof typeof SCALAR_TYPES]);
  }
  return types.size === 1 ? [...types][0] : 'utf8';
}

const isEmpty = (values: ArrayLike<Value>): boolean => Array.prototype.every.call(values, (value) => value === null);

/** One type for a column that parts may hold with different inferred types. */
function commonType(parts: readonly Part[], name: string): ColumnType {
  let common: ColumnType | undefined;
  let weak: ColumnType | undefined;
  for (const { table } of parts) {
    if (!Object.hasOwn(table.schema, name)) continue;
    const type = table.schema[name];
    weak ??= type;
    // A column without a value tells nothing of its type.
    if (type === common || (type === 'float64' && isEmpty(table.columns[name]))) continue;
    if (common === undefined) common = type;
    else if (type !== 'utf8' && common !== 'utf8' && type !== 'bool' && common !== 'bool') common = 'float64';
    else throw new TableError(`column ${name} is ${common} in one cell and ${type} in another`);
  }
  return common ?? weak ?? 'float64';
}

/**
 * The parts' rows one below the other, axis columns first. Number axes are float64. A column or an axis that a part
 * lacks is missing (null) there.
 * @throws {TableError} if a column has the name of an axis, or types that cannot stand in one column
 */
export function concatenate(parts: readonly Part[]): Table {
  const axes = axisNames(parts);
  const names = new Set<string>();
  for (const { table } of parts) for (const name of Object.keys(table.schema)) names.add(name);
  const clash = axes.find((axis) => names.has(axis));
  if (clash !== undefined)
    throw new TableError(`column ${clash} has the name of a matrix axis; rename the axis or the column`);

  const schema = byName<ColumnType>();
  const columns = byName<Value[]>();
  for (const axis of axes) {
    checkName(axis, 'axis');
    const type = axisType(parts, axis);
    schema[axis] = type;
    columns[axis] = parts.flatMap(({ axes: at, table }) => {
      const value = Object.hasOwn(at, axis) ? at[axis] : null;
      return new Array<Value>(table.rows).fill(type === 'utf8' && value !== null ? String(value) : value);
    });
  }
  for (const name of names) {
    schema[name] = commonType(parts, name);
    columns[name] = parts.flatMap(({ table }) =>
      Object.hasOwn(table.schema, name) ? Array.from(table.columns[name]) : new Array<Value>(table.rows).fill(null),
    );
  }
  const rows = parts.reduce((sum, { table }) => sum + table.rows, 0);
  return axes.length + names.size === 0
    ? makeTable(schema, columns, rows)
    : tableFrom(columns, schema, 'gathered cells');
}
