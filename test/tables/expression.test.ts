import { describe, expect, it } from 'vitest';
import { columnsRead } from '../../src/tables/expression.ts';

const read = (text: string, tables: 1 | 2 = 1) => columnsRead({ name: 'x', text, path: 'x' }, tables);

describe('expressions', () => {
  it('tells the columns that are read, and which are asked about being missing', () => {
    expect(read('d => d.x == null ? op.log10(d["a b"]) : op.is_nan(d.y)')).toEqual([
      { name: 'x', table: 0, tested: true },
      { name: 'a b', table: 0, tested: false },
      { name: 'y', table: 0, tested: true },
    ]);
    expect(read('(a, b) => a.x < b.y', 2)).toEqual([
      { name: 'x', table: 1, tested: false },
      { name: 'y', table: 2, tested: false },
    ]);
    expect(read('({ x }) => op.sum(x) * Math.PI').map(({ name }) => name)).toEqual(['x']);
  });

  it.each([
    'd => { const fn = { abs: d.x }; { return op.abs(1); } }',
    'd => d.x.constructor',
    'd => d["x"]["constructor"]',
    'd => d.x[d.y]',
    'd => d[op.concat("x")]',
    'd => "".toString',
    'd => ({ ["toString"]: d.x })',
    'd => ({ "__proto__": d.x })',
    'd => new Date()',
    'd => (() => 1)()',
    'd => eval("1")',
    'd => process.exit()',
    'd => import("node:fs")',
    'd => globalThis.process',
    'd => `${d}`',
    'd => op`x`',
    'd => this',
    'd => d.s.trim()',
    'd => op.random()',
    'd => op.now()',
    '(d, $) => $.x',
    'd => (d.x, d.y)',
    'd => d?.x',
    'd => typeof d.x',
    'd => d',
    'd => d.x;',
    'd => [...d.x]',
    'a) + (1',
  ])('does not let %s through', (text) => {
    expect(() => read(text)).toThrow(/^x: "/);
  });

  it('runs nothing while reading', () => {
    expect(() => read('d => d[op.parse_json("{")]')).toThrow('Invalid member expression');
  });

  it('says how to call a function on a value', () => {
    expect(() => read('d => d.s.trim()')).toThrow('values have no methods here; write op.trim(value, …)');
    expect(read('d => op.trim(d.s) == "a.trim()"').length).toBe(1);
  });
});
