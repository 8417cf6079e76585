import { describe, expect, it } from 'vitest';
import { rowsOf } from '../../src/tables/rows.ts';
import type { Schema, Table } from '../../src/tables/table.ts';
import { tableFrom } from '../../src/tables/tableFrom.ts';
import { applyVerbs } from '../../src/tables/verbs.ts';
import { plain } from './arbitraryTable.ts';

const simulated = tableFrom(
  { C: [3, 2, 2], i: [1, 1, 2], tail: [0.5, 0.4, 0.1] },
  { C: 'float64', i: 'int32', tail: 'float64' },
  'simulated',
);
const predicted = tableFrom(
  { i: [2, 1, 9], C: [2, 2, 2], tail: [0.11, 0.41, 0.001] },
  { i: 'int32', C: 'float64', tail: 'float64' },
  'predicted',
);
const inputs = { simulated, predicted };

const run = (verbs: unknown, from?: string, columns?: Schema): Table => applyVerbs(inputs, from, verbs, columns);
const rows = (verbs: unknown, from = 'simulated') => rowsOf(run(verbs, from)).map((row) => ({ ...row }));

describe('joins', () => {
  it('takes a list of keys as columns of both tables and keeps the first table’s order', () => {
    expect(rows([{ join_left: { with: 'predicted', on: ['C', 'i'] } }])).toEqual([
      { C: 3, i: 1, tail_1: 0.5, tail_2: null },
      { C: 2, i: 1, tail_1: 0.4, tail_2: 0.41 },
      { C: 2, i: 2, tail_1: 0.1, tail_2: 0.11 },
    ]);
  });

  it('gives the same row order whichever table is larger', () => {
    const keys = (count: number) =>
      tableFrom({ k: Array.from({ length: count }, (_, k) => (k * 3) % 5) }, undefined, 'k');
    const joined = (left: number, right: number) =>
      applyVerbs({ a: keys(left), b: keys(right) }, 'a', [
        { derive: { n: 'd => op.row_number()' } },
        { join: { with: 'b' } },
      ]);
    for (const [left, right] of [
      [5, 5],
      [5, 9],
      [9, 5],
    ]) {
      const order = Array.from(joined(left, right).columns.n as ArrayLike<number>);
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
  });

  it('joins columns of different names, by a condition, and after verbs on the other table', () => {
    const renamed = {
      with: { from: 'predicted', verbs: [{ select: ['i', { tail: 'mean' }] }, { rename: { i: 'length' } }] },
    };
    expect(rows([{ join: { ...renamed, on: { i: 'length' } } }, { select: ['tail', 'mean'] }])).toEqual([
      { tail: 0.5, mean: 0.41 },
      { tail: 0.4, mean: 0.41 },
      { tail: 0.1, mean: 0.11 },
    ]);
    expect(
      rows([{ join: { ...renamed, on: '(a, b) => a.i === b.length && a.C === 2' } }, { select: ['mean'] }]),
    ).toEqual([{ mean: 0.41 }, { mean: 0.11 }]);
  });

  it('looks up, filters by and stacks the other table', () => {
    expect(rows([{ semijoin: { with: 'predicted', on: ['C', 'i'] } }, { select: 'tail' }])).toEqual([
      { tail: 0.4 },
      { tail: 0.1 },
    ]);
    expect(rows([{ antijoin: { with: 'predicted', on: ['C', 'i'] } }, { select: 'tail' }])).toEqual([{ tail: 0.5 }]);
    expect(rows([{ concat: 'predicted' }, 'count'])).toEqual([{ count: 6 }]);
    expect(rows([{ select: 'i' }, { lookup: { with: 'predicted', on: 'i', columns: ['tail'] } }])).toEqual([
      { i: 1, tail: 0.41 },
      { i: 1, tail: 0.41 },
      { i: 2, tail: 0.11 },
    ]);
  });

  it('starts from the only input that no verb reads, else asks', () => {
    expect(run([{ join: { with: 'predicted', on: ['C', 'i'] } }]).rows).toBe(2);
    expect(() => run([{ filter: 'd => d.i > 0' }])).toThrow(
      'from: say which input the verbs start from (there are: simulated, predicted)',
    );
    expect(() => run([], 'simulatd')).toThrow('from: there is no input simulatd; did you mean simulated?');
  });
});

describe('verbs of one table', () => {
  it('takes names that every object has for columns like any other', () => {
    const rows = tableFrom({ x: [1, 2] }, undefined, 'rows');
    const { columns, schema } = applyVerbs({ rows }, undefined, [
      { rename: { x: 'constructor' } },
      { derive: { toString: "d => 'a'" } },
    ]);
    expect({ ...schema }).toEqual({ constructor: 'float64', toString: 'utf8' });
    expect([...(columns.constructor as unknown as number[])]).toEqual([1, 2]);
  });

  it('derives, filters, orders and slices', () => {
    expect(
      rows([
        { filter: 'd => d.C == 2' },
        { derive: { log: 'd => op.log10(d.tail)', half: 'd.tail / 2' } },
        { orderby: [{ desc: 'i' }] },
        { slice: [0, 1] },
      ]),
    ).toEqual([{ C: 2, i: 2, tail: 0.1, half: 0.05, log: -1 }]);
  });

  it('groups, aggregates and orders by an expression', () => {
    expect(
      rows([
        { groupby: ['C'] },
        { rollup: { mean: 'd => op.mean(d.tail)', n: 'op.count()' } },
        { orderby: ['d => -d.mean'] },
      ]),
    ).toEqual([
      { C: 3, mean: 0.5, n: 1 },
      { C: 2, mean: 0.25, n: 2 },
    ]);
    expect(rows([{ groupby: { even: 'd => d.C % 2 == 0' } }, { count: { as: 'n' } }])).toEqual([
      { even: false, n: 1 },
      { even: true, n: 2 },
    ]);
  });

  it('folds, pivots, imputes, dedupes, spreads and unrolls', () => {
    expect(rows([{ fold: { columns: ['i', 'tail'], as: ['what', 'how'] } }, { slice: [0, 2] }])).toEqual([
      { C: 3, what: 'i', how: 1 },
      { C: 3, what: 'tail', how: 0.5 },
    ]);
    const wide = [{ derive: { at: 'd => "i" + d.i' } }, { groupby: 'C' }, { pivot: { on: 'at', value: 'tail' } }];
    expect(rows(wide)).toEqual([
      { C: 3, i1: 0.5, i2: null },
      { C: 2, i1: 0.4, i2: 0.1 },
    ]);
    expect(rows([...wide, { impute: { values: { i2: '() => 0' } } }])[0]).toEqual({ C: 3, i1: 0.5, i2: 0 });
    expect(rows([{ dedupe: 'C' }, { select: { C: 'gap' } }])).toEqual([{ gap: 3 }, { gap: 2 }]);
    const listed = [{ groupby: 'C' }, { rollup: { all: 'd => op.array_agg(d.tail)' } }];
    expect(rows([...listed, { unroll: 'all' }]).length).toBe(3);
    expect(
      rows([...listed, { spread: { columns: 'all', as: ['first', 'second'] } }, { select: { not: ['C'] } }])[1],
    ).toEqual({
      first: 0.4,
      second: 0.1,
    });
  });

  it('carries column types from their sources and makes new numbers float64', () => {
    const table = run(
      [
        { derive: { next: 'd => d.i + 1', label: 'd => "C=" + d.C', small: 'd => d.tail < 0.2' } },
        { rename: { i: 'length' } },
        { join_left: { with: 'predicted', on: { C: 'C', length: 'i' } } },
      ],
      'simulated',
    );
    expect({ ...table.schema }).toEqual({
      C: 'float64',
      length: 'int32',
      tail_1: 'float64',
      next: 'float64',
      label: 'utf8',
      small: 'bool',
      i: 'int32',
      tail_2: 'float64',
    });
  });

  it('gives a new column the declared type, or says why it cannot', () => {
    const next = [{ derive: { next: 'd => d.i + 1' } }];
    expect(run(next, 'simulated', { next: 'int32' }).schema.next).toBe('int32');
    expect(() => run(next, 'simulated', { next: 'bool' })).toThrow(
      'join, column next, row 0: expected true or false (bool), found 2',
    );
    expect(() => run(next, 'simulated', { nxt: 'bool' })).toThrow(
      'columns: there is no column nxt (there are: C, i, tail, next)',
    );
  });

  it('does not change its inputs', () => {
    const before = JSON.stringify(plain(simulated));
    run([{ derive: { tail: 'd => 0' } }, { concat: 'predicted' }], 'simulated');
    expect(JSON.stringify(plain(simulated))).toBe(before);
  });

  it('gives columns without rows when nothing is left', () => {
    const none = run([{ filter: 'd => d.i > 99' }], 'simulated');
    expect(plain(none)).toEqual({
      schema: { C: 'float64', i: 'int32', tail: 'float64' },
      rows: 0,
      columns: { C: [], i: [], tail: [] },
    });
  });
});

describe('what is refused', () => {
  it.each([
    [
      [{ derive: { y: 'd => d.tial' } }],
      'verbs[0].derive.y: "d => d.tial": there is no column tial; did you mean tail? (there are: C, i, tail)',
    ],
    [
      [{ ungroup: null }, { select: ['ii'] }],
      'verbs[1].select: there is no column ii; did you mean i? (there are: C, i, tail)',
    ],
    [
      [{ join: { with: 'predicted', on: ['c'] } }],
      'verbs[0].join.on: there is no column c; did you mean C? (there are: C, i, tail)',
    ],
    [
      [{ join: { with: 'predictd' } }],
      'verbs[0].join.with: there is no input predictd; did you mean predicted? (there are: simulated, predicted)',
    ],
    [
      [{ join: { wiht: 'predicted' } }],
      'verbs[0].join.wiht: unknown key wiht (there are: with, on, suffix)\nverbs[0].join.with: expected the name of an input, found nothing',
    ],
    [[{ filtre: 'd => d.i' }], /^verbs\[0\]: there is no verb filtre; did you mean filter\?/],
    [[{ sample: 3 }], 'verbs[0]: there is no verb sample: a random sample would not be reproducible'],
    [[{ derive: 'd => 1' }], 'verbs[0].derive: expected a mapping of column names to expressions, found "d => 1"'],
    [[{ filter: 'd => op.sum(d.i' }], 'verbs[0].filter: "d => op.sum(d.i": Expression parse error: d => op.sum(d.i'],
    [
      [{ rollup: { x: 'd => d.i' } }],
      /^verbs\[0\]\.rollup: Invalid column reference \(must be input to an aggregate function\)/,
    ],
    [
      [{ rollup: { x: 'd => op.array_agg(d.i)' } }],
      'join, column x: holds lists or objects; unroll or spread it, or do not select it',
    ],
    [
      [{ derive: { y: 'd => 1' } }, { concat: { with: { from: 'simulated', verbs: [{ derive: { z: 'd => 1' } }] } } }],
      'verbs[1].concat: simulated has columns that the first table lacks: z; derive or select them first',
    ],
    ['filter', 'verbs: expected a list of verbs, found "filter"'],
  ])('%j', (verbs, message) => {
    expect(() => run(verbs, 'simulated')).toThrow(message);
  });
});
