import {
  bool,
  type Column,
  columnFromArray,
  type DataType,
  float64,
  int32,
  Type,
  tableFromColumns,
  tableFromIPC,
  tableToIPC,
  utf8,
} from '@uwdata/flechette';
import { checkArrow } from './arrowCheck.ts';
import { readLike, rememberLayout } from './arrowLayout.ts';
import { byName, checkName, columnOf, makeTable, TableError } from './column.ts';
import type { ColumnType, Table, Value } from './table.ts';

const ARROW_TYPES: Readonly<Record<ColumnType, () => DataType>> = { int32, float64, utf8, bool };

/**
 * JavaScript does not say which of the NaN bit patterns a computation leaves in memory, and engines differ between
 * interpreted and compiled code. Writing this one makes bytes depend on values alone.
 */
const CANONICAL_NAN = 0x7ff8000000000000n;

function withCanonicalNaN(values: Float64Array): Float64Array {
  const copy = values.slice();
  const bits = new BigUint64Array(copy.buffer);
  for (let row = 0; row < copy.length; row++) if (Number.isNaN(copy[row])) bits[row] = CANONICAL_NAN;
  return copy;
}

/** NaNs among nulls pass through the builder one by one, so there the value itself has to be canonical. */
const NAN = new Float64Array(new BigUint64Array([CANONICAL_NAN]).buffer)[0];

function arrowColumn(values: ArrayLike<Value>, type: ColumnType): Column<unknown> {
  if (type === 'float64') {
    // Without a type flechette keeps the typed array's own bytes; its element type is the declared one.
    if (values instanceof Float64Array && values.length > 0) return columnFromArray(withCanonicalNaN(values));
    const plain = Array.from(values, (value) => (Number.isNaN(value) ? NAN : value));
    return columnFromArray(plain, float64());
  }
  return columnFromArray(Array.from(values), ARROW_TYPES[type]());
}

/**
 * The table as an Arrow IPC file. The same table gives the same bytes: types are the schema's, one record batch, no
 * dictionary, no metadata. NaN and the infinities are values; null is a missing one.
 */
export function encodeArrow(table: Table): Uint8Array {
  const columns = Object.entries(table.schema).map(([name, type]): [string, Column<unknown>] => [
    name,
    arrowColumn(table.columns[name], type),
  ]);
  const bytes = tableToIPC(tableFromColumns(columns), { format: 'file' });
  if (bytes === null) throw new TableError('the table could not be written as Arrow');
  return bytes;
}

/** The type of ours that holds an Arrow type's values, or null where none does. */
function columnTypeOf(type: DataType): ColumnType | null {
  switch (type.typeId) {
    case Type.Int: {
      const { bitWidth, signed } = type as { bitWidth: number; signed: boolean };
      return bitWidth < 32 || (bitWidth === 32 && signed) ? 'int32' : 'float64';
    }
    case Type.Float:
    case Type.Null:
      return 'float64';
    case Type.Utf8:
    case Type.LargeUtf8:
    case Type.Utf8View:
      return 'utf8';
    case Type.Bool:
      return 'bool';
    case Type.Dictionary:
      return columnTypeOf((type as { dictionary: DataType }).dictionary);
    default:
      return null;
  }
}

/** What strings are read from, as far as it is looked at here. */
interface StringBatch {
  readonly length: number;
  readonly offsets?: ArrayLike<number | bigint>;
  readonly values?: Uint8Array;
  readonly data?: unknown;
}

/** A column's values. What it claims of texts is checked before they are made: each could be as long as the file. */
function valuesOf(column: Column<unknown>, rows: number, bytes: number, where: string): ArrayLike<unknown> {
  const { typeId } = column.type;
  for (const batch of column.data as unknown as readonly StringBatch[]) {
    if (typeId === Type.Utf8 || typeId === Type.LargeUtf8) checkOffsets(batch, where);
    if (typeId === Type.Utf8View) checkViews(batch, bytes, where);
  }
  const values = column.toArray() as ArrayLike<unknown>;
  if (values.length < rows) throw new TableError(`${where}: has ${values.length} values, expected ${rows}`);
  if (values.length === rows) return values;
  return (values as Float64Array).slice(0, rows); // padding that the writer counted in
}

function checkOffsets({ length, offsets = [], values }: StringBatch, where: string): void {
  let last = 0;
  for (let row = 0; length > 0 && row <= length; row++) {
    const next = Number(offsets[row]);
    if (!(next >= last && next <= (values?.length ?? 0)))
      throw new TableError(`${where}, row ${row}: lies outside the file`);
    last = next;
  }
}

/** Views may share their bytes, but not without end: as many again as the file has, sixteen times. */
function checkViews({ length, values }: StringBatch, bytes: number, where: string): void {
  const view = new DataView(values!.buffer, values!.byteOffset, values!.byteLength);
  let total = 0;
  for (let row = 0; row < length; row++) {
    const size = view.getInt32(row * 16, true);
    total += size;
    if (size < 0 || total > 16 * bytes)
      throw new TableError(`${where}, row ${row}: its texts are longer than the file`);
  }
}

/**
 * The table in an Arrow IPC file or stream, ours or another program's: narrower integers widen to int32, wider ones
 * to float64 where they are exact, dictionaries of strings become strings.
 * @throws {TableError} for bytes that are not Arrow and for column types that have no counterpart
 */
export function decodeArrow(bytes: Uint8Array, where = 'Arrow table'): Table {
  const known = readLike(bytes);
  if (known !== undefined) return known;
  try {
    checkArrow(bytes);
    const table = decode(bytes, where);
    rememberLayout(bytes, table);
    return table;
  } catch (error) {
    if (error instanceof TableError) throw error;
    throw new TableError(`${where}: not an Arrow IPC file (${(error as Error).message})`);
  }
}

function decode(bytes: Uint8Array, where: string): Table {
  // Columns are views of the bytes, which a pooled Buffer may hold at any address.
  const read = tableFromIPC(bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes));
  const schema = byName<ColumnType>();
  const columns = byName<ArrayLike<Value>>();
  for (const [at, { name, type }] of read.schema.fields.entries()) {
    checkName(name, where);
    if (name in schema) throw new TableError(`${where}: two columns are named ${name}`);
    const columnType = columnTypeOf(type);
    if (columnType === null)
      throw new TableError(
        `${where}, column ${name}: its Arrow type (id ${type.typeId}) has no counterpart; write it as int32, float64, utf8 or bool`,
      );
    schema[name] = columnType;
    const here = `${where}, column ${name}`;
    columns[name] = columnOf(valuesOf(read.getChildAt(at), read.numRows, bytes.byteLength, here), columnType, here);
  }
  return makeTable(schema, columns, read.numRows);
}
