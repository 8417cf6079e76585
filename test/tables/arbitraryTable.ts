import fc from 'fast-check';
import type { ColumnType, Table, Value } from '../../src/tables/table.ts';
import { tableFrom } from '../../src/tables/tableFrom.ts';

const VALUES: Readonly<Record<ColumnType, fc.Arbitrary<Value>>> = {
  int32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  float64: fc.double(),
  utf8: fc.string({ unit: fc.constantFrom('a', 'ß', '€', '🙂', '"', ',', '\n', '\r', ' ', '1', '-', '') }),
  bool: fc.boolean(),
};

/** Tables of up to four columns with missing values, NaN, infinities, negative zero and awkward strings. */
export const arbitraryTable: fc.Arbitrary<Table> = fc
  .record({
    types: fc.array(fc.constantFrom<ColumnType>('int32', 'float64', 'utf8', 'bool'), { minLength: 1, maxLength: 4 }),
    rows: fc.nat(20),
    nulls: fc.boolean(),
  })
  .chain(({ types, rows, nulls }) =>
    fc
      .tuple(
        ...types.map((type) =>
          fc.array(nulls ? fc.option(VALUES[type], { nil: null }) : VALUES[type], { minLength: rows, maxLength: rows }),
        ),
      )
      .map((columns) =>
        tableFrom(
          Object.fromEntries(columns.map((values, at) => [`c${at}`, values])),
          Object.fromEntries(types.map((type, at) => [`c${at}`, type])),
          'table',
        ),
      ),
  );

/** Plain arrays, so that tables compare whatever holds their columns. */
export const plain = (table: Table) => ({
  schema: { ...table.schema },
  rows: table.rows,
  columns: Object.fromEntries(Object.keys(table.schema).map((name) => [name, Array.from(table.columns[name])])),
});
