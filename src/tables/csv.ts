import { byName, checkName, TableError, typeIn } from './column.ts';
import type { ColumnType, Schema, Table, Value } from './table.ts';
import { tableFrom } from './tableFrom.ts';

// Digits behind the point only where there is one: else a long row of them could be parted in as many ways as it is long.
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const NOT_FINITE: Readonly<Record<string, number>> = Object.assign(Object.create(null), {
  NaN: Number.NaN,
  nan: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '+Infinity': Number.POSITIVE_INFINITY,
  inf: Number.POSITIVE_INFINITY,
  Inf: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  '-Inf': Number.NEGATIVE_INFINITY,
});
const BOOLEAN = /^(?:true|false|TRUE|FALSE|True|False)$/;

const numberOf = (text: string): number | undefined => (NUMBER.test(text) ? Number(text) : NOT_FINITE[text]);

/** Text that must be quoted to stay text: RFC 4180's cases, and what would otherwise be read as another type. */
const needsQuotes = (text: string): boolean =>
  text === '' || /[",\r\n]|^\s|\s$/.test(text) || numberOf(text) !== undefined || BOOLEAN.test(text);

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

function field(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'string') return needsQuotes(value) ? quoted(value) : value;
  return Object.is(value, -0) ? '-0' : String(value);
}

/**
 * The table as CSV: a header line, RFC 4180 quoting, lines ending in LF, UTF-8 without a mark. Numbers are the shortest
 * decimals that read back to the same double; a missing value is an empty field, an empty string is `""`.
 */
export function toCsv(table: Table): string {
  const names = Object.keys(table.schema);
  const columns = names.map((name) => table.columns[name]);
  const lines = [names.map((name) => (/[",\r\n]/.test(name) ? quoted(name) : name)).join(',')];
  for (let row = 0; row < table.rows; row++) lines.push(columns.map((column) => field(column[row])).join(','));
  return `${lines.join('\n')}\n`;
}

/** As many as an Arrow file may have. */
const MOST_COLUMNS = 10_000;

interface Field {
  readonly text: string;
  /** A quoted field is text, whatever it looks like. */
  readonly quoted: boolean;
}

interface Line {
  readonly number: number;
  readonly fields: readonly Field[];
}

/** The records of RFC 4180, with LF accepted for CRLF and the last line end optional. */
function linesOf(text: string, where: string): Line[] {
  const lines: Line[] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  let number = 1;
  let fields: Field[] = [];
  let start = number;
  while (at < text.length || fields.length > 0) {
    let value: Field;
    if (text[at] === '"') {
      let end = at + 1;
      let content = '';
      for (;;) {
        const close = text.indexOf('"', end);
        if (close < 0) throw new TableError(`${where}, line ${start}: a quoted field is not closed`);
        content += text.slice(end, close);
        if (text[close + 1] !== '"') {
          at = close + 1;
          break;
        }
        content += '"';
        end = close + 2;
      }
      number += content.split('\n').length - 1;
      value = { text: content, quoted: true };
    } else {
      let end = at;
      while (end < text.length && text[end] !== ',' && text[end] !== '\n' && text[end] !== '\r') end++;
      value = { text: text.slice(at, end), quoted: false };
      at = end;
    }
    fields.push(value);
    if (text[at] === ',') {
      at++;
      continue;
    }
    if (text[at] === '\r' && text[at + 1] === '\n') at++;
    if (at < text.length && text[at] !== '\n')
      throw new TableError(`${where}, line ${start}: expected a comma or the end of the line after a field`);
    at++;
    number++;
    lines.push({ number: start, fields });
    fields = [];
    start = number;
  }
  return lines;
}

const isNull = (value: Field): boolean => value.text === '' && !value.quoted;

function inferred(fields: readonly Field[]): ColumnType {
  const given = fields.filter((value) => !isNull(value));
  if (given.every((value) => !value.quoted && numberOf(value.text) !== undefined)) return 'float64';
  return given.every((value) => !value.quoted && BOOLEAN.test(value.text)) ? 'bool' : 'utf8';
}

function readField(value: Field, type: ColumnType, where: string): Value {
  if (isNull(value)) return null;
  if (type === 'utf8') return value.text;
  if (type === 'bool') {
    if (BOOLEAN.test(value.text)) return value.text.toLowerCase() === 'true';
    throw new TableError(`${where}: expected true or false, found ${JSON.stringify(value.text)}`);
  }
  const number = numberOf(value.text.trim());
  if (number === undefined)
    throw new TableError(`${where}: expected a number (${type}), found ${JSON.stringify(value.text)}`);
  return number;
}

/**
 * A table from CSV with a header line, in any column order. Without a schema a column is float64 if every field is a
 * number, bool if every one is true or false, else utf8; an unquoted empty field is missing.
 * @throws {TableError} with the line for a wrong number of fields, an open quote, or a value of another type
 */
export function fromCsv(text: string, schema?: Schema, where = 'CSV'): Table {
  const [header, ...rest] = linesOf(text, where);
  if (header === undefined) throw new TableError(`${where}: is empty; expected a header line of column names`);
  const names = header.fields.map((name) => name.text);
  if (names.length > MOST_COLUMNS)
    throw new TableError(`${where}, line 1: has ${names.length} columns, expected at most ${MOST_COLUMNS}`);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new TableError(`${where}, line 1: two columns are named ${repeated}`);
  // A blank line is a missing value where there is one column, and nothing where there are more.
  const lines = names.length === 1 ? rest : rest.filter(({ fields }) => fields.length > 1 || !isNull(fields[0]));
  for (const { number, fields } of lines) {
    if (fields.length !== names.length)
      throw new TableError(`${where}, line ${number}: has ${fields.length} fields, expected ${names.length}`);
  }
  const columns = byName<Value[]>();
  const types = byName<ColumnType>();
  for (const [at, name] of names.entries()) {
    checkName(name, where);
    const type = typeIn(schema, name) ?? inferred(lines.map(({ fields }) => fields[at]));
    types[name] = type;
    columns[name] = lines.map(({ number, fields }) =>
      readField(fields[at], type, `${where}, line ${number}, column ${name}`),
    );
  }
  return tableFrom(columns, schema ?? types, where);
}
