import { compareCodePoints } from '../store/canonical.ts';
import type { ColumnType, Table, Value } from '../tables/table.ts';
import { type LeafChange, leafChanges } from './leaves.ts';
import { matchRows } from './matchRows.ts';
import { relativeChange } from './tables.ts';

/** In what two drawings of a figure differ. */
export interface FigureDifference {
  readonly figure: string;
  /** Where the Vega-Lite specs differ, data apart. */
  readonly spec: readonly LeafChange[];
  readonly data: readonly DataDifference[];
  /** Files that differ though spec and data are the same: they were drawn by other code. */
  readonly drawnOtherwise: readonly string[];
}

/** In what the data of one name differ. */
export interface DataDifference {
  readonly name: string;
  readonly rows: { readonly from: number; readonly to: number };
  readonly added: number;
  readonly removed: number;
  /** Matched rows that differ in some field. */
  readonly changed: number;
  readonly fields: readonly FieldDifference[];
}

export interface FieldDifference {
  readonly field: string;
  readonly changed: number;
  /** The largest relative change of a number in it; undefined where no number changed to another. */
  readonly largest?: number;
}

type Row = Readonly<Record<string, unknown>>;
interface Spec {
  readonly datasets?: Readonly<Record<string, readonly Row[]>>;
}

/** Compares two self-contained specs, as a figure's stage stores them. */
export function compareSpecs(a: Buffer, b: Buffer, axes: ReadonlySet<string>): Pick<FigureDifference, 'spec' | 'data'> {
  const { datasets: left = {}, ...specA } = JSON.parse(a.toString('utf8')) as Spec;
  const { datasets: right = {}, ...specB } = JSON.parse(b.toString('utf8')) as Spec;
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort(compareCodePoints);
  return {
    spec: leafChanges(specA, specB),
    data: names.flatMap((name) => compareData(name, left[name] ?? [], right[name] ?? [], axes) ?? []),
  };
}

/** Undefined where both have the same rows, in whatever order. */
function compareData(
  name: string,
  a: readonly Row[],
  b: readonly Row[],
  axes: ReadonlySet<string>,
): DataDifference | undefined {
  const fields = [...new Set([...a, ...b].flatMap((row) => Object.keys(row)))];
  const [left, right] = [tableOf(a, fields), tableOf(b, fields)];
  const { pairs, added, removed, keys } = matchRows(left, right, axes);
  const changes = fields
    .filter((field) => !keys.includes(field))
    .sort(compareCodePoints)
    .map((field) => ({ field, pairs: pairs.filter(([x, y]) => !isSame(a[x][field], b[y][field])) }))
    .filter((change) => change.pairs.length > 0);
  const changed = new Set(changes.flatMap((change) => change.pairs.map(([row]) => row))).size;
  if (added.length + removed.length + changed === 0) return undefined;
  return {
    name,
    rows: { from: a.length, to: b.length },
    added: added.length,
    removed: removed.length,
    changed,
    fields: changes.map((change) => {
      const sizes = change.pairs.flatMap(([x, y]) => relativeChange(a[x][change.field], b[y][change.field]) ?? []);
      const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
      return { field: change.field, changed: change.pairs.length, ...(sizes.length > 0 && { largest }) };
    }),
  };
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Rows of a spec as a table, whose whole numbers can tell rows apart as `i` does. */
function tableOf(rows: readonly Row[], fields: readonly string[]): Table {
  const schema: Record<string, ColumnType> = {};
  const columns: Record<string, Value[]> = {};
  for (const field of fields) {
    const values = rows.map((row): Value => {
      const value = row[field] ?? null;
      return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as Value);
    });
    const known = values.filter((value) => value !== null);
    const numbers = known.every((value) => typeof value === 'number');
    schema[field] = !numbers ? 'utf8' : known.every((value) => Number.isInteger(value)) ? 'int32' : 'float64';
    columns[field] = values;
  }
  return { schema, columns, rows: rows.length };
}
