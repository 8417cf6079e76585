import { expect, it } from 'vitest';
import { rowsOf, toJson } from '../../src/tables/rows.ts';
import { tableFrom } from '../../src/tables/tableFrom.ts';

const table = tableFrom({ x: [1, Number.NaN], s: ['a', null] }, undefined, 'x');

it('gives rows as objects in column order', () => {
  expect(rowsOf(table).map((row) => Object.entries(row))).toEqual([
    [
      ['x', 1],
      ['s', 'a'],
    ],
    [
      ['x', Number.NaN],
      ['s', null],
    ],
  ]);
});

it('writes one row a line of JSON, with null where JSON has no number', () => {
  expect(toJson(table)).toBe('[\n{"x":1,"s":"a"},\n{"x":null,"s":null}\n]\n');
});
