import { compareCodePoints } from '../store/canonical.ts';
import type { Table, Value } from '../tables/table.ts';
import { type IntervalColumns, intervalColumns } from './intervalColumns.ts';
import type { Judgement, Measured } from './judge.ts';
import { matchRows, type RowMatching } from './matchRows.ts';
import type { Results } from './results.ts';
import { targetParts } from './target.ts';

/** In what two tables of the same target differ. */
export interface TableDifference {
  readonly table: string;
  readonly keys: readonly string[];
  readonly byPlace: boolean;
  readonly rows: {
    readonly from: number;
    readonly to: number;
    readonly matched: number;
    readonly added: number;
    readonly removed: number;
  };
  readonly addedColumns: readonly string[];
  readonly removedColumns: readonly string[];
  readonly columns: readonly ColumnDifference[];
}

/** The matched rows in which a column, or its interval, is not the same. */
export interface ColumnDifference {
  readonly column: string;
  readonly values: readonly ValueDifference[];
}

export interface ValueDifference {
  /** The columns that say which row it is. */
  readonly row: Readonly<Record<string, Value>>;
  readonly from: Value;
  readonly to: Value;
  readonly fromInterval?: readonly [number, number];
  readonly toInterval?: readonly [number, number];
  /** Of the larger one in size; undefined where one is no number. */
  readonly relative?: number;
  /** The change over the largest size in the column: what is tiny beside the rest of it changed little. */
  readonly scaled?: number;
  readonly judgement: Judgement;
}

/** A table difference before its changes are judged together with all others. */
export interface TableChanges {
  readonly table: string;
  readonly a: Table;
  readonly b: Table;
  readonly matching: RowMatching;
  readonly changes: readonly ValueChange[];
}

export interface ValueChange {
  readonly column: string;
  readonly rows: readonly [number, number];
  readonly from: Measured;
  readonly to: Measured;
}

/** Compares two tables value by value. Columns that are limits of intervals are compared with what they limit. */
export function tableChanges(table: string, a: Table, b: Table, results: readonly [Results, Results]): TableChanges {
  const [left, right] = [intervalColumns(a), intervalColumns(b)];
  const intervals = new Map([...left].filter(([name]) => right.has(name)));
  const limits = new Set([...intervals.values()].flatMap(({ lo, hi }) => [lo, hi]));
  const axes = new Set([...axesOf(results[0]), ...axesOf(results[1])]);
  const matching = matchRows(a, b, axes, new Set([...limits, ...intervals.keys()]));
  const stage = targetParts(table)!.stage;
  const confidences = results.map((side) => confidenceOf(side, stage));
  const names = Object.keys(a.schema)
    .filter((name) => Object.hasOwn(b.schema, name) && !matching.keys.includes(name) && !limits.has(name))
    .sort(compareCodePoints);
  const changes = names.flatMap((column) =>
    matching.pairs.flatMap((rows): ValueChange[] => {
      const interval = intervals.get(column);
      const from = measured(a, column, interval, rows[0], confidences[0]);
      const to = measured(b, column, interval, rows[1], confidences[1]);
      return isSame(from, to) ? [] : [{ column, rows, from, to }];
    }),
  );
  return { table, a, b, matching, changes };
}

const isSame = (from: Measured, to: Measured): boolean =>
  Object.is(from.value, to.value) && from.lo === to.lo && from.hi === to.hi;

function measured(
  table: Table,
  column: string,
  interval: IntervalColumns | undefined,
  row: number,
  confidence: number | undefined,
): Measured {
  const number = (name: string): number | undefined => {
    const value = table.columns[name]?.[row];
    return typeof value === 'number' ? value : undefined;
  };
  const [lo, hi] = interval === undefined ? [] : [number(interval.lo), number(interval.hi)];
  // Only `xLo` and `xHi` are limits for each value by itself: `lo` and `hi` may hold for a whole curve at once.
  const replicates = interval?.lo === 'lo' ? undefined : number('replicates');
  return {
    value: table.columns[column][row],
    ...(lo !== undefined && { lo }),
    ...(hi !== undefined && { hi }),
    ...(confidence !== undefined && { confidence }),
    ...(replicates !== undefined && { replicates }),
  };
}

/** The confidence that all cells of a stage were told. */
function confidenceOf(results: Results, stage: string): number | undefined {
  const found = new Set(
    results
      .cells(stage)
      .map((target) => (results.manifest(target)?.params as { confidence?: unknown } | null)?.confidence),
  );
  const [only] = found;
  return found.size === 1 && typeof only === 'number' ? only : undefined;
}

const knownAxes = new WeakMap<Results, ReadonlySet<string>>();

/** The names of all matrix axes of a side, and `replicate`: gathered tables begin with them. */
export function axesOf(results: Results): ReadonlySet<string> {
  const known = knownAxes.get(results);
  if (known !== undefined) return known;
  const axes = new Set<string>();
  for (const target of results.side.keys.keys()) {
    if (targetParts(target)?.output === undefined) continue;
    const { parts } = (results.manifest(target)?.params ?? {}) as { parts?: readonly object[] };
    for (const part of parts ?? []) for (const name of Object.keys(part)) axes.add(name);
  }
  knownAxes.set(results, axes);
  return axes;
}

/** Puts judgements, in the order of the changes, to what they are of. */
export function judgedTable(
  { table, a, b, matching, changes }: TableChanges,
  judgements: readonly Judgement[],
): TableDifference {
  const columns = new Map<string, ValueDifference[]>();
  const scales = new Map([...new Set(changes.map(({ column }) => column))].map((name) => [name, scaleOf(a, b, name)]));
  changes.forEach(({ column, rows, from, to }, at) => {
    const values = columns.get(column) ?? [];
    columns.set(column, values);
    const row = Object.fromEntries(matching.keys.map((key) => [key, plain(b.columns[key][rows[1]])]));
    const relative = relativeChange(from.value, to.value);
    values.push({
      row: matching.byPlace ? { ...row, row: Math.min(...rows) } : row,
      from: plain(from.value),
      to: plain(to.value),
      ...(from.lo !== undefined && from.hi !== undefined && { fromInterval: [from.lo, from.hi] as const }),
      ...(to.lo !== undefined && to.hi !== undefined && { toInterval: [to.lo, to.hi] as const }),
      ...(relative !== undefined && { relative, scaled: scaledChange(from.value, to.value, scales.get(column)!) }),
      judgement: judgements[at],
    });
  });
  const only = (one: Table, other: Table): string[] =>
    Object.keys(one.schema).filter((name) => !Object.hasOwn(other.schema, name));
  return {
    table,
    keys: matching.keys,
    byPlace: matching.byPlace,
    rows: {
      from: a.rows,
      to: b.rows,
      matched: matching.pairs.length,
      added: matching.added.length,
      removed: matching.removed.length,
    },
    addedColumns: only(b, a),
    removedColumns: only(a, b),
    columns: [...columns].map(([column, values]) => ({ column, values: values.sort(byImportance) })),
  };
}

const STATES = ['beyond', 'unjudged', 'within'] as const;

/** What changed beyond noise first, then what cannot be judged; the larger change first. */
const byImportance = (x: ValueDifference, y: ValueDifference): number =>
  STATES.indexOf(x.judgement.state) - STATES.indexOf(y.judgement.state) ||
  (y.scaled ?? 0) - (x.scaled ?? 0) ||
  compareCodePoints(JSON.stringify(x.row), JSON.stringify(y.row));

/** The largest size of a finite number in a column of two tables. */
function scaleOf(a: Table, b: Table, column: string): number {
  let scale = 0;
  for (const { columns, rows } of [a, b]) {
    for (let row = 0; row < rows; row++) {
      const size = Math.abs(columns[column][row] as number);
      if (size > scale && Number.isFinite(size)) scale = size;
    }
  }
  return scale;
}

const scaledChange = (a: unknown, b: unknown, scale: number): number =>
  scale === 0 ? 0 : Math.abs((b as number) / scale - (a as number) / scale);

/** |b − a| over the larger of the two in size; 0 where both are 0. */
export function relativeChange(a: unknown, b: unknown): number | undefined {
  if (typeof a !== 'number' || typeof b !== 'number' || !Number.isFinite(a) || !Number.isFinite(b)) return undefined;
  const scale = Math.max(Math.abs(a), Math.abs(b));
  return scale === 0 ? 0 : Math.abs(b / scale - a / scale);
}

/** As JSON can hold it: what is no finite number becomes its name. */
const plain = (value: unknown): Value =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : ((value ?? null) as Value);
