import { type BasicType, parquetWriteBuffer } from 'hyparquet-writer';
import type { ColumnType, Table } from './table.ts';

const TYPES: Readonly<Record<ColumnType, BasicType>> = {
  int32: 'INT32',
  float64: 'DOUBLE',
  utf8: 'STRING',
  bool: 'BOOLEAN',
};

/** Rows that a reader takes in at a time. */
const ROW_GROUP = 100_000;

/**
 * The table as a Parquet file, Snappy-compressed. Every column may have missing values. The same table gives the same
 * bytes: there is no date in it. Loading this module takes longer than most tables take to write.
 */
export function toParquet(table: Table): Uint8Array {
  const columnData = Object.entries(table.schema).map(([name, type]) => ({
    name,
    type: TYPES[type],
    data: Array.from(table.columns[name]),
    nullable: true,
    // A dictionary would take −0 for 0.
    ...(type === 'float64' && { encoding: 'PLAIN' as const }),
  }));
  // Statistics say nothing that a reader of such sizes needs, and what they say of NaN is not agreed on.
  const options = { columnData, rowGroupSize: ROW_GROUP, statistics: false, createdBy: 'driftline' };
  return new Uint8Array(parquetWriteBuffer(options));
}
