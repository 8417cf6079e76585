import * as fc from 'fast-check';
import { compile } from 'vega-lite';
import { describe, expect, it } from 'vitest';
import { formatNumber } from '../../src/report/format.ts';
import { withHoverPoints } from '../../src/report/page/hover.ts';
import { nextDirection, sortedOrder, sortText } from '../../src/report/page/order.ts';
import { inlinedRows, shownSpec } from '../../src/report/page/spec.ts';

describe('sorting a table', () => {
  it('goes up, down and back', () => {
    expect(nextDirection('none')).toBe('ascending');
    expect(nextDirection('ascending')).toBe('descending');
    expect(nextDirection('descending')).toBe('none');
  });

  it('compares numbers as numbers and leaves missing values last both ways', () => {
    const texts = ['10', '', '9', '-1e-7', 'Infinity'];
    expect(sortedOrder(texts, 'ascending')).toEqual([3, 2, 0, 4, 1]);
    expect(sortedOrder(texts, 'descending')).toEqual([4, 0, 2, 3, 1]);
    expect(sortedOrder(texts, 'none')).toEqual([0, 1, 2, 3, 4]);
  });

  it('compares text by code points and keeps equal rows in order', () => {
    expect(sortedOrder(['b', 'a', 'B', 'a'], 'ascending')).toEqual([2, 1, 3, 0]);
    expect(sortedOrder(['b', 'a', 'B', 'a'], 'descending')).toEqual([0, 1, 3, 2]);
  });

  it('always gives a permutation', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.double().map(String))), (texts) => {
        expect(sortedOrder(texts, 'ascending').sort((a, b) => a - b)).toEqual(texts.map((_, index) => index));
      }),
    );
  });
});

describe('reading a cell back', () => {
  it('undoes the formatting of numbers', () => {
    for (const [value, text] of [
      [-1.5e-7, '-1.5e-7'],
      [20_000_000, '20000000'],
      [Number.NEGATIVE_INFINITY, '-Infinity'],
      [0.5, '0.5'],
    ])
      expect(sortText(formatNumber(value as number))).toBe(text);
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const read = Number(sortText(formatNumber(value, 6)));
        expect(Math.abs(read - value)).toBeLessThanOrEqual(5.1e-6 * Math.abs(value));
      }),
    );
  });

  it('leaves text alone and empties what is missing', () => {
    expect(['C=2', '-1/9', '–', 'not a number', ''].map(sortText)).toEqual(['C=2', '-1/9', '', '', '']);
  });
});

describe('a figure on the page', () => {
  const spec = { mark: 'line', width: 600, data: { values: [1, 2, 3] }, usermeta: { embedOptions: { ast: false } } };

  it('drops options of the embedding that a study could smuggle in', () => {
    expect(shownSpec(spec, 900, 600).spec).toEqual({ mark: 'line', width: 600, data: { values: [1, 2, 3] } });
  });

  it('narrows a single view to the room there is, and leaves composed ones to scale', () => {
    expect(shownSpec(spec, 300, 640).spec).toMatchObject({ width: 300, autosize: { type: 'fit-x' } });
    expect(shownSpec({ ...spec, encoding: { row: {} } }, 300, 640).spec).not.toHaveProperty('autosize');
    expect(shownSpec({ hconcat: [], width: 5 }, 300, 640).spec).toEqual({ hconcat: [], width: 5 });
  });

  it('draws many rows on a canvas, lines without points', () => {
    expect(inlinedRows({ datasets: { a: [1, 2], b: [3] }, layer: [{ data: { values: [4] } }] })).toBe(4);
    const many = { mark: 'line', data: { values: Array.from({ length: 4001 }, () => ({})) } };
    expect(shownSpec(many, 900, 600)).toMatchObject({ renderer: 'canvas' });
    expect(shownSpec(many, 900, 600).config).not.toHaveProperty('line');
    expect(shownSpec(spec, 900, 600)).toMatchObject({ renderer: 'svg' });
  });
});

describe('values along a line', () => {
  type Marks = { type: string; encode: { update: Record<string, unknown> }; marks?: Marks }[];
  const compiled = (spec: object) =>
    compile({ data: { values: [{ x: 1, y: 2, c: 'a' }] }, ...spec } as never, { config: { line: { tooltip: true } } })
      .spec;
  const encoding = { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } };

  it('are told by invisible points beside it, not by the line', () => {
    const marks = withHoverPoints(compiled({ mark: 'line', encoding }) as never as { marks: Marks }).marks;
    expect(marks.map(({ type }) => type)).toEqual(['line', 'symbol']);
    expect(marks[0]!.encode.update).not.toHaveProperty('tooltip');
    expect(marks[1]!.encode.update).toMatchObject({ x: marks[0]!.encode.update.x, fill: { value: 'transparent' } });
    expect(marks[1]!.encode.update).toHaveProperty('tooltip');
  });

  it('are found in groups, and nothing else of the figure changes', () => {
    const before = compiled({ mark: 'line', encoding: { ...encoding, color: { field: 'c', type: 'nominal' } } });
    const after = withHoverPoints(before as never) as unknown as { marks: Marks };
    expect(after.marks[0]!.marks!.map(({ type }) => type)).toEqual(['line', 'symbol']);
    expect({ ...after, marks: [] }).toEqual({ ...before, marks: [] });
    const points = compiled({ mark: 'point', encoding });
    expect(withHoverPoints(points as never)).toEqual(points);
  });
});
