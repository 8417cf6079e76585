import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intervalColumns } from '../../src/compare/intervalColumns.ts';
import { matchRows } from '../../src/compare/matchRows.ts';
import type { Schema, Value } from '../../src/tables/table.ts';
import { tableFrom } from '../../src/tables/tableFrom.ts';

const table = (schema: Schema, columns: Readonly<Record<string, readonly Value[]>>) =>
  tableFrom(columns, schema, 'table');
const TAILS = { C: 'float64', i: 'int32', tail: 'float64', lo: 'float64', hi: 'float64' } as const;
const tails = (C: number[], i: number[], tail = i.map((x) => x / 10)) =>
  table(TAILS, { C, i, tail, lo: tail.map((x) => x - 0.01), hi: tail.map((x) => x + 0.01) });

describe('rows are matched', () => {
  it('by the axes alone where these tell them apart, whatever was measured', () => {
    const schema = { C: 'float64', verdict: 'utf8', longest: 'int32', x: 'float64' } as const;
    const a = table(schema, { C: [2, 3], verdict: ['a', 'a'], longest: [1, 2], x: [1, 2] });
    const b = table(schema, { C: [3, 4], verdict: ['b', 'a'], longest: [9, 9], x: [5, 2] });
    expect(matchRows(a, b, new Set(['C']))).toEqual({
      keys: ['C'],
      byPlace: false,
      pairs: [[1, 0]],
      removed: [0],
      added: [1],
    });
  });

  it('by the index column too where several rows belong to a cell', () => {
    const found = matchRows(tails([2, 2, 3], [0, 1, 0]), tails([2, 2, 3, 3], [1, 0, 0, 1]), new Set(['C']));
    expect(found).toMatchObject({ keys: ['C', 'i'], removed: [], added: [3] });
    expect(found.pairs).toEqual([
      [0, 1],
      [1, 0],
      [2, 2],
    ]);
  });

  it('by real columns where these find their like, and else by their place', () => {
    const schema = { replicate: 'int32', time: 'float64', x: 'float64' } as const;
    const path = (time: number[]) => table(schema, { replicate: time.map(() => 0), time, x: time.map((t) => t * 2) });
    expect(matchRows(path([1, 2, 3]), path([2, 3, 4]), new Set(['replicate']))).toMatchObject({
      keys: ['replicate', 'time'],
      byPlace: false,
      pairs: [
        [1, 0],
        [2, 1],
      ],
    });
    expect(matchRows(path([1, 2, 3]), path([1.5, 2.5, 3.5]), new Set(['replicate']))).toMatchObject({
      keys: ['replicate'],
      byPlace: true,
      pairs: [
        [0, 0],
        [1, 1],
        [2, 2],
      ],
    });
  });

  it('also where an axis got a word among its numbers', () => {
    const a = table({ d: 'float64', x: 'float64' }, { d: [2, 10], x: [1, 2] });
    const b = table({ d: 'utf8', x: 'float64' }, { d: ['2', '10', 'all'], x: [1, 2, 3] });
    expect(matchRows(a, b, new Set(['d']))).toMatchObject({
      keys: ['d'],
      pairs: [
        [0, 0],
        [1, 1],
      ],
      added: [2],
    });
  });

  it('of a table of one row with the one row, whatever is in it', () => {
    const one = (x: number) => table({ x: 'float64', n: 'int32' }, { x: [x], n: [x] });
    expect(matchRows(one(1), one(2), new Set())).toMatchObject({ keys: [], pairs: [[0, 0]] });
  });

  it('each once, in either direction alike', () => {
    const rows = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 4 })), {
      selector: String,
    });
    fc.assert(
      fc.property(rows, rows, (left, right) => {
        const [a, b] = [left, right].map((some) =>
          tails(
            some.map(([C]) => C),
            some.map(([, i]) => i),
          ),
        );
        const there = matchRows(a, b, new Set(['C']));
        const back = matchRows(b, a, new Set(['C']));
        expect(back.keys).toEqual(there.keys);
        expect(back.removed).toEqual(there.added);
        expect(back.added).toEqual(there.removed);
        expect([...back.pairs].sort()).toEqual(there.pairs.map(([x, y]) => [y, x]).sort());
        expect(there.pairs.length + there.removed.length).toBe(a.rows);
        expect(there.pairs.length + there.added.length).toBe(b.rows);
      }),
    );
  });
});

describe('intervals are found', () => {
  it('by xLo and xHi, and by lo and hi of the real column before them', () => {
    const schema = {
      C: 'float64',
      x: 'float64',
      xLo: 'float64',
      xHi: 'float64',
      i: 'int32',
      t: 'float64',
      lo: 'float64',
      hi: 'float64',
    } as const;
    const both = table(schema, { C: [1], x: [2], xLo: [1], xHi: [3], i: [0], t: [5], lo: [4], hi: [6] });
    expect(intervalColumns(both)).toEqual(
      new Map([
        ['x', { lo: 'xLo', hi: 'xHi' }],
        ['t', { lo: 'lo', hi: 'hi' }],
      ]),
    );
  });

  it('not where the values do not lie between, and where a limit is missing', () => {
    expect(intervalColumns(table(TAILS, { C: [1], i: [0], tail: [9], lo: [0], hi: [1] })).size).toBe(0);
    expect(intervalColumns(table({ x: 'float64', xLo: 'float64' }, { x: [1], xLo: [0] })).size).toBe(0);
    expect(
      intervalColumns(table(TAILS, { C: [1, 1], i: [0, 1], tail: [1, 9], lo: [0, null], hi: [1, null] })).size,
    ).toBe(1);
  });
});
