import { decodeArrow } from '../tables/arrow.ts';
import type { Table } from '../tables/table.ts';
import { sparkline } from './sparkline.ts';
import { inLine } from './steering.ts';
import { showsUnicode } from './terminal.ts';
import { clip, columns, number, paint, width } from './text.ts';

/** Spaces between two columns, as {@link columns} puts them. */
const GAP = 2;

/** A column of texts is cut to so many characters before a column is left out. */
const NARROWEST_TEXT = 12;

/** Characters of a sparkline, at most and at least; with fewer there is none. */
const LONGEST = 60;
const SHORTEST = 8;

export interface ShownTable {
  /** A line of names, then a line for each row that is shown. */
  readonly lines: readonly string[];
  /** Names of the columns for which the terminal has no room. */
  readonly hidden: readonly string[];
}

/** The first rows of a table, as wide as the terminal; all of its columns where there is none. */
export function showTable(table: Table, rows: number, stream: NodeJS.WriteStream, indent = 0): ShownTable {
  const names = Object.keys(table.schema);
  const count = Math.min(rows, table.rows);
  const cells = Array.from({ length: count }, (_, row) => names.map((name) => word(table.columns[name][row])));
  const room = roomOf(stream) - indent;
  const widths = names.map((name, at) => Math.max(width(inLine(name)), ...cells.map((row) => width(row[at]))));
  const isText = names.map((name) => table.schema[name] === 'utf8');
  const total = (): number => widths.reduce((sum, each) => sum + each + GAP, -GAP);
  while (total() > room) {
    const widest = isText.reduce(
      (best, text, at) => (text && widths[at] > (widths[best] ?? NARROWEST_TEXT) ? at : best),
      -1,
    );
    if (widest < 0) break;
    widths[widest] = Math.max(NARROWEST_TEXT, widths[widest] - (total() - room));
  }
  while (widths.length > 1 && total() > room) widths.pop();
  const shown = names.slice(0, widths.length);
  const cut = [names.map(inLine), ...cells].map((row) =>
    row.slice(0, shown.length).map((text, at) => clip(text, widths[at])),
  );
  const [head, ...lines] = columns(
    cut,
    isText.map((text) => (text ? 'left' : 'right')),
  );
  return { lines: [paint('bold', head, stream), ...lines], hidden: names.slice(shown.length) };
}

/** The same of a table's bytes, as lines alone. */
export const tableLines = (bytes: Uint8Array, { rows, stream, indent }: TableLinesOptions): readonly string[] =>
  showTable(decodeArrow(bytes), rows, stream, indent).lines;

interface TableLinesOptions {
  readonly rows: number;
  readonly stream: NodeJS.WriteStream;
  readonly indent: number;
}

/** A line for each column of numbers that has a course: its sparkline from the first row to the last, and its range. */
export function courses(table: Table, stream: NodeJS.WriteStream): string[] {
  const numeric = Object.keys(table.schema).filter((name) => ['int32', 'float64'].includes(table.schema[name]));
  const room = Math.min(roomOf(stream), 120);
  const names = Math.max(0, ...numeric.map(width));
  const wide = Math.min(LONGEST, room - names - RANGE);
  if (wide < SHORTEST) return [];
  const unicode = showsUnicode(stream);
  return columns(
    numeric.flatMap((name) => {
      const course = sparkline(table.columns[name], wide, unicode);
      if (course === undefined) return [];
      const { line, least, most, log } = course;
      return [[name, line, paint('dim', `${number(least)} to ${number(most)}${log ? ', log' : ''}`, stream)]];
    }),
  );
}

/** Characters of the longest range, with the gaps before it: `-1.23457e-10 to -1.23457e-10, log`. */
const RANGE = 36;

const roomOf = ({ isTTY, columns: wide }: NodeJS.WriteStream): number =>
  isTTY && wide > 0 ? wide : Number.POSITIVE_INFINITY;

function word(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'number' ? number(value) : inLine(String(value));
}
