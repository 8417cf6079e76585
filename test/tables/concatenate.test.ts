import { describe, expect, it } from 'vitest';
import { concatenate } from '../../src/tables/concatenate.ts';
import { tableFrom } from '../../src/tables/tableFrom.ts';
import { plain } from './arbitraryTable.ts';

const tails = (tail: number[]) => tableFrom({ tail }, { tail: 'float64' }, 'tails');

describe('concatenate', () => {
  it('puts the axes first, numbers as float64, and keeps the order of the parts', () => {
    const table = concatenate([
      { axes: { C: 2, rule: 'add', own: true }, table: tails([1, 0.5]) },
      { axes: { C: 3, rule: 'add', own: false }, table: tails([0.25]) },
    ]);
    expect(plain(table)).toEqual({
      schema: { C: 'float64', rule: 'utf8', own: 'bool', tail: 'float64' },
      rows: 3,
      columns: { C: [2, 2, 3], rule: ['add', 'add', 'add'], own: [true, true, false], tail: [1, 0.5, 0.25] },
    });
    expect(Object.keys(table.schema)).toEqual(['C', 'rule', 'own', 'tail']);
  });

  it('shows an axis of numbers and words as words', () => {
    const table = concatenate([
      { axes: { d: 10 }, table: tails([1]) },
      { axes: { d: 'all' }, table: tails([1]) },
    ]);
    expect(Array.from(table.columns.d)).toEqual(['10', 'all']);
  });

  it('leaves missing what a part lacks', () => {
    const table = concatenate([
      { axes: { C: 2 }, table: tails([1]) },
      { axes: { alpha: 3 }, table: tableFrom({ lo: [0] }, undefined, 'x') },
    ]);
    expect(plain(table).columns).toEqual({ C: [2, null], alpha: [null, 3], tail: [1, null], lo: [null, 0] });
  });

  it('takes a column’s type from the parts that have values', () => {
    const table = concatenate([
      { axes: {}, table: tableFrom({ note: [null] }, undefined, 'x') },
      { axes: {}, table: tableFrom({ note: ['late'] }, undefined, 'x') },
    ]);
    expect(plain(table)).toEqual({ schema: { note: 'utf8' }, rows: 2, columns: { note: [null, 'late'] } });
  });

  it('keeps the columns of parts without rows', () => {
    expect({ ...concatenate([{ axes: { C: 2 }, table: tails([]) }]).schema }).toEqual({
      C: 'float64',
      tail: 'float64',
    });
  });

  it('refuses a column named like an axis and types that do not mix', () => {
    expect(() => concatenate([{ axes: { tail: 1 }, table: tails([1]) }])).toThrow(
      'column tail has the name of a matrix axis; rename the axis or the column',
    );
    expect(() =>
      concatenate([
        { axes: {}, table: tails([1]) },
        { axes: {}, table: tableFrom({ tail: ['x'] }, undefined, 'x') },
      ]),
    ).toThrow('column tail is float64 in one cell and utf8 in another');
  });
});
