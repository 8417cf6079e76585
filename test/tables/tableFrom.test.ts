import { describe, expect, it } from 'vitest';
import { TableError } from '../../src/tables/column.ts';
import { tableFrom, tableFromRows } from '../../src/tables/tableFrom.ts';
import { plain } from './arbitraryTable.ts';

const schema = { i: 'int32', tail: 'float64' } as const;

describe('tableFrom', () => {
  it('orders columns as the schema does and holds numbers in typed arrays', () => {
    const table = tableFrom({ tail: [1, 0.5], i: [0, 1] }, schema, 'tails');
    expect(Object.keys(table.schema)).toEqual(['i', 'tail']);
    expect(table.columns.i).toBeInstanceOf(Int32Array);
    expect(table.columns.tail).toBeInstanceOf(Float64Array);
    expect(table.rows).toBe(2);
  });

  it.each([
    [{ i: [0] }, 'tails: columns missing: tail (declared: i, tail)'],
    [{ i: [0], tail: [1], lo: [1] }, 'tails: columns not declared: lo (declared: i, tail)'],
    [{ i: [0, 1], tail: [1] }, 'tails, column tail: has 1 rows, but column i has 2'],
    [{ i: [0], tail: ['1'] }, 'tails, column tail, row 0: expected a number (float64), found "1"'],
    [
      { i: [0.5], tail: [1] },
      'tails, column i, row 0: expected an integer from -2147483648 to 2147483647 (int32), found 0.5',
    ],
    [
      { i: [2 ** 31], tail: [1] },
      'tails, column i, row 0: expected an integer from -2147483648 to 2147483647 (int32), found 2147483648',
    ],
    [
      { i: [Number.NaN], tail: [1] },
      'tails, column i, row 0: expected an integer from -2147483648 to 2147483647 (int32), found NaN',
    ],
    [{ i: [0], tail: [undefined] }, 'tails, column tail, row 0: expected a number (float64), found undefined'],
    [{ i: 3, tail: [1] }, 'tails, column i: expected an array, found number'],
    [7, 'tails: expected columns by name, found number'],
  ])('refuses %j', (written, message) => {
    expect(() => tableFrom(written, schema, 'tails')).toThrow(new TableError(message));
  });

  it('infers numbers as float64 even when all are integers', () => {
    const table = tableFrom({ n: [1, 2], s: [null, 'x'], b: [true, null], none: [null, null] }, undefined, 'free');
    expect({ ...table.schema }).toEqual({ n: 'float64', s: 'utf8', b: 'bool', none: 'float64' });
  });

  it('keeps a table’s own types where no schema is declared, and checks them where one is', () => {
    const table = tableFrom({ i: [1], tail: [1] }, schema, 'tails');
    expect(plain(tableFrom(table, undefined, 'x'))).toEqual(plain(table));
    expect(() => tableFrom(table, { i: 'utf8', tail: 'float64' }, 'x')).toThrow(
      'x, column i, row 0: expected a string',
    );
  });

  it('refuses names that would collide with the prototype or be empty', () => {
    const hostile = JSON.parse('{"__proto__": [1]}') as unknown;
    expect(() => tableFrom(hostile, undefined, 'x')).toThrow('x: a column may not be named __proto__');
    expect(() => tableFrom({ '': [1] }, undefined, 'x')).toThrow('x: a column has an empty name');
  });
});

describe('tableFromRows', () => {
  it('reads row objects and fills keys that a row lacks with null', () => {
    const table = tableFromRows([{ a: 1 }, { b: 'x', a: 2 }], undefined, 'rows');
    expect(plain(table).columns).toEqual({ a: [1, 2], b: [null, 'x'] });
  });

  it('says which row is not an object', () => {
    expect(() => tableFromRows([{ a: 1 }, 3], undefined, 'rows')).toThrow('rows, row 1: expected an object');
  });
});
