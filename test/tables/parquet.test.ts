import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects, parquetSchema } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { toParquet } from '../../src/tables/parquet.ts';
import type { Table } from '../../src/tables/table.ts';
import { tableFrom } from '../../src/tables/tableFrom.ts';
import { arbitraryTable } from './arbitraryTable.ts';

const fileOf = (bytes: Uint8Array) =>
  bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;

/** The columns as an independent reader has them; a missing value is null. */
async function read(bytes: Uint8Array): Promise<Record<string, unknown[]>> {
  const file = fileOf(bytes);
  const names = parquetSchema(parquetMetadata(file)).children.map(({ element }) => element.name);
  const rows = await parquetReadObjects({ file });
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name] ?? null)]));
}

const columnsOf = ({ schema, columns }: Table) =>
  Object.fromEntries(Object.keys(schema).map((name) => [name, Array.from(columns[name])]));

describe('Parquet', () => {
  it('gives every value back to another reader, −0, NaN and missing ones among them', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryTable, async (table) => {
        expect(await read(toParquet(table))).toEqual(columnsOf(table));
      }),
    );
  });

  it('tells 0 from −0 where there are only these', async () => {
    const x = Array.from({ length: 64 }, (_, i) => (i % 2 === 0 ? 0 : -0));
    expect(await read(toParquet(tableFrom({ x }, { x: 'float64' }, 'x')))).toEqual({ x });
  });

  it('has the types of the columns, each of which may miss values', () => {
    const table = tableFrom(
      { i: [1], x: [0.5], s: ['a'], b: [true] },
      { i: 'int32', x: 'float64', s: 'utf8', b: 'bool' },
      't',
    );
    const { schema } = parquetMetadata(fileOf(toParquet(table)));
    expect(schema.slice(1).map(({ name, type, repetition_type }) => [name, type, repetition_type])).toEqual([
      ['i', 'INT32', 'OPTIONAL'],
      ['x', 'DOUBLE', 'OPTIONAL'],
      ['s', 'BYTE_ARRAY', 'OPTIONAL'],
      ['b', 'BOOLEAN', 'OPTIONAL'],
    ]);
  });

  it('keeps the columns of a table without rows', async () => {
    expect(await read(toParquet(tableFrom({ x: [] }, { x: 'float64' }, 'x')))).toEqual({ x: [] });
  });

  it('has the same bytes each time', () => {
    const table = tableFrom({ x: [0.1, null], s: ['é', ''] }, { x: 'float64', s: 'utf8' }, 't');
    expect(toParquet(table)).toEqual(toParquet(table));
  });
});
