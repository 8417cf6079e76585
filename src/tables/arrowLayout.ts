import { byName, makeTable } from './column.ts';
import type { Schema, Table, Value } from './table.ts';

/** Files beyond this are read each for itself: keeping one to compare with would cost more than it saves. */
const LONGEST = 64 * 1024;
/** Layouts that are kept. A stage's cells have few. */
const MOST = 16;

interface Numbers {
  readonly name: string;
  readonly kind: typeof Float64Array | typeof Int32Array;
  /** From the file's start, in bytes; `length` is in numbers. */
  readonly offset: number;
  readonly length: number;
}

/** Where numbers lie in a file, and all its other bytes: they decide how the file is read. */
interface Layout {
  readonly file: Buffer;
  readonly schema: Schema;
  readonly rows: number;
  readonly columns: readonly Numbers[];
  /** Stretches of the file that are no numbers. */
  readonly rest: readonly (readonly [from: number, to: number])[];
}

/**
 * Layouts of files that were read, by length. A gathering reads thousands of tables that differ in their numbers alone;
 * a file that agrees with another one in every other byte has its columns in the same places.
 */
const layouts = new Map<number, Layout>();

/** The table of a file like one that was read before; undefined where there was none. */
export function readLike(bytes: Uint8Array): Table | undefined {
  const layout = layouts.get(bytes.byteLength);
  if (layout === undefined || bytes.byteOffset % 8 !== 0) return undefined;
  const { file, rest, columns, schema, rows } = layout;
  for (const [from, to] of rest) if (file.compare(bytes, from, to, from, to) !== 0) return undefined;
  const read = byName<ArrayLike<Value>>();
  // A copy of its own: a view would keep all of a file for the few numbers in it.
  for (const { name, kind, offset, length } of columns)
    read[name] = new kind(bytes.buffer as ArrayBuffer, bytes.byteOffset + offset, length).slice();
  return makeTable(schema, read, rows);
}

/** Remembers where the columns lie of a table whose columns are all numbers as they stand in its file. */
export function rememberLayout(bytes: Uint8Array, { schema, columns, rows }: Table): void {
  if (bytes.byteLength > LONGEST) return;
  const numbers: Numbers[] = [];
  for (const name of Object.keys(schema)) {
    const column = columns[name];
    const kind = column instanceof Float64Array ? Float64Array : column instanceof Int32Array ? Int32Array : undefined;
    const values = column as Float64Array | Int32Array;
    if (kind === undefined || values.buffer !== bytes.buffer) return;
    numbers.push({ name, kind, offset: values.byteOffset - bytes.byteOffset, length: values.length });
  }
  if (layouts.size >= MOST) layouts.clear();
  const rest = between(numbers, bytes.byteLength);
  layouts.set(bytes.byteLength, { file: Buffer.from(bytes), schema, rows, columns: numbers, rest });
}

function between(numbers: readonly Numbers[], end: number): (readonly [number, number])[] {
  const rest: (readonly [number, number])[] = [];
  let at = 0;
  for (const { offset, length, kind } of numbers.toSorted((a, b) => a.offset - b.offset)) {
    if (offset > at) rest.push([at, offset]);
    at = Math.max(at, offset + length * kind.BYTES_PER_ELEMENT);
  }
  return at < end ? [...rest, [at, end]] : rest;
}
