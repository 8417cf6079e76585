import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TableError } from '../../src/tables/column.ts';
import { fromCsv, toCsv } from '../../src/tables/csv.ts';
import { tableFrom } from '../../src/tables/tableFrom.ts';
import { arbitraryTable, plain } from './arbitraryTable.ts';

describe('CSV', () => {
  it('takes a name that every object has for a column like any other', () => {
    expect(() => fromCsv('x,constructor\n1,2\n', { x: 'int32' })).toThrow('not declared: constructor');
    expect({ ...fromCsv('x,constructor\n1,2\n').schema }).toEqual({ x: 'float64', constructor: 'float64' });
  });

  it('gives back every table under its schema', () => {
    fc.assert(
      fc.property(arbitraryTable, (table) => {
        expect(plain(fromCsv(toCsv(table), table.schema))).toEqual(plain(table));
      }),
    );
  });

  it('gives back the types without a schema, integers as float64, wherever a column has a value', () => {
    fc.assert(
      fc.property(arbitraryTable, (table) => {
        const read = fromCsv(toCsv(table));
        for (const [name, type] of Object.entries(table.schema)) {
          const values = Array.from(table.columns[name]);
          if (values.every((value) => value === null)) continue;
          expect(read.schema[name]).toBe(type === 'int32' ? 'float64' : type);
          expect(Array.from(read.columns[name])).toEqual(values);
        }
      }),
    );
  });

  it('writes the shortest digits and tells a missing value from an empty string', () => {
    const table = tableFrom({ x: [0.1 + 0.2, 1e21, -0, null], s: ['a,b', '', null, 'say "1"'] }, undefined, 'x');
    expect(toCsv(table)).toBe('x,s\n0.30000000000000004,"a,b"\n1e+21,""\n-0,\n,"say ""1"""\n');
  });

  it('reads CRLF, a byte-order mark, columns in any order and a last line without an end', () => {
    const table = fromCsv('\ufeffb,a\r\ntrue,1\r\nfalse,2', { a: 'int32', b: 'bool' });
    expect(plain(table)).toEqual({
      schema: { a: 'int32', b: 'bool' },
      rows: 2,
      columns: { a: [1, 2], b: [true, false] },
    });
  });

  it.each([
    ['', 'fit.csv: is empty; expected a header line of column names'],
    ['a,b\n1\n', 'fit.csv, line 2: has 1 fields, expected 2'],
    ['a,b\n"x\ny",2\n3\n', 'fit.csv, line 4: has 1 fields, expected 2'],
    ['a\n"x\n', 'fit.csv, line 2: a quoted field is not closed'],
    ['a\n"x"y\n', 'fit.csv, line 2: expected a comma or the end of the line after a field'],
    ['a,a\n1,2\n', 'fit.csv, line 1: two columns are named a'],
  ])('refuses %j', (text, message) => {
    expect(() => fromCsv(text, undefined, 'fit.csv')).toThrow(new TableError(message));
  });

  it('says the line and column of a value of another type', () => {
    expect(() => fromCsv('a\n1\nx\n', { a: 'float64' }, 'fit.csv')).toThrow(
      'fit.csv, line 3, column a: expected a number (float64), found "x"',
    );
  });
});

it('looks at a long row of digits once', () => {
  const started = performance.now();
  expect(fromCsv(`x\n${'1'.repeat(300_000)}x\n`).schema).toEqual({ x: 'utf8' });
  // From each digit on it would take minutes.
  expect(performance.now() - started).toBeLessThan(3000);
});
