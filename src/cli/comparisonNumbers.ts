import { FALSE_ALARM, type Judgement } from '../compare/judge.ts';
import type { ColumnDifference, TableDifference, ValueDifference } from '../compare/tables.ts';
import type { Section } from './comparison.ts';
import { columns, number, paint, plural } from './text.ts';

type State = Judgement['state'];

/** A column of a table with the values that are in one state. */
interface Entry {
  readonly table: TableDifference;
  readonly column: ColumnDifference;
  readonly values: readonly ValueDifference[];
}

/** Sections on the numbers of tables: what changed beyond noise, what cannot be judged, what is within noise, and rows. */
export function numbersSection(tables: readonly TableDifference[], all: boolean): Section[] {
  const [beyond, unjudged, within] = (['beyond', 'unjudged', 'within'] as const).map((state) => entries(tables, state));
  return [
    { title: `Numbers: ${tally(beyond, 'beyond noise')}${criteria(beyond)}`, lines: lines(beyond, all) },
    { title: `Changed, with no interval to judge by: ${tally(unjudged)}`, lines: lines(unjudged, all) },
    {
      title: `Within noise: ${tally(within)}${criteria(within)}`,
      lines: all ? lines(within, true) : within.length === 0 ? [] : [briefly(within)],
    },
    { title: 'Rows and columns of one side alone', lines: tables.flatMap(shapeLines) },
  ];
}

function entries(tables: readonly TableDifference[], state: State): Entry[] {
  return tables
    .flatMap((table) =>
      table.columns.map((column) => ({
        table,
        column,
        values: column.values.filter(({ judgement }) => judgement.state === state),
      })),
    )
    .filter(({ values }) => values.length > 0)
    .sort((a, b) => (b.values[0].scaled ?? 0) - (a.values[0].scaled ?? 0));
}

function tally(found: readonly Entry[], what = ''): string {
  const values = found.reduce((sum, entry) => sum + entry.values.length, 0);
  const tables = new Set(found.map(({ table }) => table.table)).size;
  return `${plural(values, 'value')}${what === '' ? '' : ` ${what}`} in ${plural(tables, 'table')}`;
}

/** How it was judged, for whoever is to believe it. */
function criteria(found: readonly Entry[]): string {
  const by = new Set(found.flatMap(({ values }) => values.map(({ judgement: j }) => ('by' in j ? j.by : ''))));
  const words = [
    ...(by.has('welch') ? [`Welch's t test, Holm-adjusted, ${FALSE_ALARM * 100} %`] : []),
    ...(by.has('overlap') ? [`${by.has('welch') ? 'or ' : ''}whether the intervals overlap`] : []),
  ];
  return words.length === 0 ? '' : ` (by ${words.join('; ')})`;
}

function lines(found: readonly Entry[], all: boolean): string[] {
  const rows = found.flatMap(({ table, column, values }) =>
    (all ? values : values.slice(0, 1)).map((value) => {
      const more = !all && values.length > 1 ? paint('dim', `  and ${plural(values.length - 1, 'row')} more`) : '';
      return [table.table, column.column, rowWords(value), `${changeWords(value)}${more}`];
    }),
  );
  return columns(rows).map((line) => `  ${line}`);
}

function briefly(found: readonly Entry[]): string {
  const names = found.map(({ table, column }) => `${table.table} ${column.column}`);
  return `  ${names.slice(0, 4).join(', ')}${names.length > 4 ? ` and ${plural(names.length - 4, 'column')} more` : ''}`;
}

const rowWords = ({ row }: ValueDifference): string =>
  Object.entries(row)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

function changeWords({ from, to, fromInterval, toInterval, relative, judgement }: ValueDifference): string {
  const side = (value: unknown, interval: readonly [number, number] | undefined): string => {
    const text = typeof value === 'number' ? long(value) : String(value ?? 'none');
    return interval === undefined ? text : `${text} [${short(interval[0])}, ${short(interval[1])}]`;
  };
  const notes = [
    ...(relative === undefined || relative === 0 ? [] : [percent(relative)]),
    ...('p' in judgement ? [judgement.p < 1e-4 ? 'p < 0.0001' : `p = ${short(judgement.p)}`] : []),
    ...('by' in judgement && judgement.by === 'overlap' ? ['by overlap'] : []),
  ];
  const text = `${side(from, fromInterval)} → ${side(to, toInterval)}`;
  return notes.length === 0 ? text : `${text}  (${notes.join(', ')})`;
}

/** Large numbers by their power of ten: rows of zeros say nothing. */
const long = (value: number): string =>
  Math.abs(value) < 1e12 ? number(value) : value.toExponential(5).replace(/\.?0*e\+/, 'e');

const short = (value: number): string => String(Number(value.toPrecision(4)));

/** A relative change to two significant digits; what is tiny is a power of ten. */
export function percent(relative: number): string {
  const value = relative * 100;
  return `${value >= 0.001 || value === 0 ? Number(value.toPrecision(2)) : value.toExponential(0)} %`;
}

function shapeLines({ table, rows, keys, byPlace, addedColumns, removedColumns }: TableDifference): string[] {
  const parts = [
    ...(rows.added > 0 ? [`${rows.added} of ${plural(rows.to, 'row')} new`] : []),
    ...(rows.removed > 0 ? [`${rows.removed} of ${plural(rows.from, 'row')} gone`] : []),
    ...(addedColumns.length > 0 ? [`new columns ${addedColumns.join(', ')}`] : []),
    ...(removedColumns.length > 0 ? [`columns gone: ${removedColumns.join(', ')}`] : []),
  ];
  const by = byPlace ? 'by their place' : keys.length === 0 ? '' : `by ${keys.join(', ')}`;
  return parts.length === 0 ? [] : [`  ${table}: ${parts.join(', ')}${by === '' ? '' : `, matched ${by}`}`];
}
