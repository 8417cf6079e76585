import * as fc from 'fast-check';
import { compile } from 'vega-lite';
import { describe, expect, it } from 'vitest';
import { formatNumber } from '../../src/report/format.ts';
import { csvOf } from '../../src/report/page/csv.ts';
import { withHoverPoints } from '../../src/report/page/hover.ts';
import { nextDirection, sortedOrder, sortText } from '../../src/report/page/order.ts';
import { datasetsOf } from '../../src/report/page/rows.ts';
import { allowsLog, switched, switches } from '../../src/report/page/scales.ts';
import { hiddenSignal, seriesFields, withHiding } from '../../src/report/page/series.ts';
import { inlinedRows, shownSpec } from '../../src/report/page/spec.ts';
import { unnamed } from '../../src/report/page/unnamed.ts';
import { leafMarks, type VegaSpec } from '../../src/report/page/vega.ts';
import { middle, movedDomain, plotAreas, withZoom, zoomedDomain } from '../../src/report/page/zoom.ts';
import { fromCsv } from '../../src/tables/csv.ts';

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
    expect(shownSpec(spec).spec).toEqual({ mark: 'line', width: 600, data: { values: [1, 2, 3] } });
  });

  it('keeps the axes that the specification wants as they are', () => {
    expect(shownSpec({ ...spec, usermeta: { driftline: { fixedAxes: ['x'] } } }).fixed).toEqual(['x']);
    expect(shownSpec(spec).fixed).toEqual([]);
  });

  it('draws many rows on a canvas, lines without points', () => {
    expect(inlinedRows({ datasets: { a: [1, 2], b: [3] }, layer: [{ data: { values: [4] } }] })).toBe(4);
    const many = { mark: 'line', data: { values: Array.from({ length: 4001 }, () => ({})) } };
    expect(shownSpec(many)).toMatchObject({ renderer: 'canvas' });
    expect(shownSpec(many).config).not.toHaveProperty('line');
    expect(shownSpec(spec)).toMatchObject({ renderer: 'svg' });
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

  it('end where a line is cut off at its axes', () => {
    const clipOf = (mark: object) =>
      (withHoverPoints(compiled({ mark, encoding }) as never) as unknown as { marks: { clip?: unknown }[] }).marks[1]!
        .clip;
    expect(clipOf({ type: 'line', clip: true })).toBe(true);
    expect(clipOf({ type: 'line' })).toBe(false);
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

const compiledSpec = (spec: object): VegaSpec =>
  compile({ data: { values: [{ x: 1, y: 2, c: 'a', f: 'p' }] }, ...spec } as never).spec as never;
const place = { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } };

describe('parts of a figure', () => {
  it('have no names, neither marks nor axes nor legends nor a title', () => {
    const colour = { color: { field: 'c', type: 'nominal' } };
    const { marks, axes, legends, title } = unnamed(
      compiledSpec({ title: 'T', mark: 'point', encoding: { ...place, ...colour } }),
    );
    for (const parts of [marks, axes, legends]) {
      expect(parts!.length).toBeGreaterThan(0);
      for (const part of parts!) expect(part).toMatchObject({ aria: false });
    }
    expect(title).toMatchObject({ text: 'T', aria: false });
  });
});

describe('series of a figure', () => {
  it('are told apart by colour, then by dashes or shapes, else by lines of their own', () => {
    const colour = { color: { field: 'c', type: 'nominal' }, strokeDash: { field: 'f', type: 'nominal' } };
    expect(seriesFields(compiledSpec({ mark: 'line', encoding: { ...place, ...colour } }))).toEqual(['c', 'f']);
    const detail = { detail: { field: 'f', type: 'nominal' } };
    expect(seriesFields(compiledSpec({ mark: 'line', encoding: { ...place, ...detail } }))).toEqual(['f']);
    const continuous = { color: { field: 'y', type: 'quantitative' } };
    expect(seriesFields(compiledSpec({ mark: 'point', encoding: { ...place, ...continuous } }))).toEqual([]);
    const facet = { row: { field: 'f', type: 'nominal' }, color: { field: 'c', type: 'nominal' } };
    expect(seriesFields(compiledSpec({ mark: 'point', encoding: { ...place, ...facet } }))).toEqual(['c']);
  });

  it('are hidden by a signal, with what they tell, and leave scales as they are', () => {
    const encoding = { ...place, color: { field: 'c', type: 'nominal' }, opacity: { value: 0.4 } };
    const before = compiledSpec({ mark: { type: 'point', tooltip: true }, encoding });
    const after = withHiding(before, ['c']);
    const [mark] = leafMarks(after);
    const test = `indexof(${hiddenSignal(0)}, datum["c"]) >= 0`;
    expect(mark!.encode!.update!.opacity).toEqual([{ test, value: 0 }, { value: 0.4 }]);
    expect(mark!.encode!.update!.tooltip).toMatchObject([{ test, value: null }, {}]);
    expect(after.signals).toContainEqual({ name: hiddenSignal(0), value: [] });
    expect([after.scales, after.axes]).toEqual([before.scales, before.axes]);
    expect(after.legends![0]).toMatchObject({
      encode: { symbols: { interactive: true }, labels: { interactive: true } },
    });
    expect(withHiding(before, [])).toBe(before);
  });
});

describe('an axis that can be the other way', () => {
  it('is quantitative, drawn, and has nothing that stands on nought', () => {
    const points = switches(compiledSpec({ mark: 'point', encoding: place }));
    expect(points.map(({ axis, now, fields }) => [axis, now, fields])).toEqual([
      ['x', 'linear', ['x']],
      ['y', 'linear', ['y']],
    ]);
    const log = { ...place, y: { ...place.y, scale: { type: 'log' } } };
    expect(switches(compiledSpec({ mark: 'line', encoding: log })).map(({ now }) => now)).toEqual(['linear', 'log']);
    const bars = { x: { field: 'c', type: 'nominal' }, y: { ...place.y, stack: null } };
    expect(switches(compiledSpec({ mark: 'bar', encoding: bars }))).toEqual([]);
    const bare = { x: { ...place.x, axis: null }, y: place.y };
    expect(switches(compiledSpec({ mark: 'point', encoding: bare })).map(({ axis }) => axis)).toEqual(['y']);
  });

  it('needs positive values that span enough', () => {
    expect(allowsLog([1, 10])).toBe(true);
    expect([[], [1, 2], [0, 10], [-1, 10], [Number.NaN, 1, 10]].map(allowsLog)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it('goes from logarithmic to linear without the ticks and labels of the logarithm', () => {
    const y = { ...place.y, scale: { type: 'log', domain: [0.1, 1] }, axis: { values: [0.1, 1], labelExpr: "'a'" } };
    const before = compiledSpec({ mark: 'line', encoding: { ...place, y } });
    const [one] = switches(before).filter(({ axis }) => axis === 'y');
    const after = switched(before, one!, 0.1);
    expect(after.scales!.find(({ name }) => name === 'y')).toMatchObject({ type: 'linear', domain: [0.1, 1] });
    for (const axis of after.axes!.filter(({ scale }) => scale === 'y')) {
      expect(axis).not.toHaveProperty('values');
      expect(JSON.stringify(axis)).not.toContain("'a'");
    }
    expect(after.axes!.filter(({ scale }) => scale === 'x')).toEqual(before.axes!.filter(({ scale }) => scale === 'x'));
  });

  it('goes from linear to logarithmic from the least value on, in all panels', () => {
    const y = { ...place.y, scale: { domain: [0, 8] } };
    const facet = { column: { field: 'f', type: 'nominal' } };
    const before = compiledSpec({
      mark: 'point',
      encoding: { ...place, y, ...facet },
      resolve: { scale: { y: 'independent' } },
    });
    const [one] = switches(before).filter(({ axis }) => axis === 'y');
    expect(JSON.stringify(switched(before, one!, 0.5))).toContain('"type":"log","domain":[0.5,8]');
  });
});

describe('moving and zooming', () => {
  const linear = { range: () => [0, 100], invert: (at: number) => at / 10 };
  const falling = { range: () => [200, 0], invert: (at: number) => 10 ** (-at / 50) };

  it('keeps the value under the pointer where it is', () => {
    expect(zoomedDomain(linear, 50, 0.5)).toEqual([2.5, 7.5]);
    expect(zoomedDomain(linear, 0, 0.5)).toEqual([0, 5]);
    expect(middle(falling)).toBe(100);
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 100, noNaN: true }),
        fc.double({ min: 0.01, max: 10, noNaN: true }),
        (at, factor) => {
          const [from, to] = zoomedDomain(linear, at, factor) as [number, number];
          expect(from + ((to - from) * at) / 100).toBeCloseTo(linear.invert(at), 8);
        },
      ),
    );
  });

  it('moves by pixels, on any scale', () => {
    expect(movedDomain(linear, 10)).toEqual([-1, 9]);
    expect(movedDomain(falling, -50)).toEqual([falling.invert(250), falling.invert(50)]);
  });

  it('is done in every area that shares the scales of the figure', () => {
    const single = compiledSpec({ mark: 'line', encoding: { ...place, color: { field: 'c', type: 'nominal' } } });
    expect(plotAreas(single)).toEqual([{ name: undefined, scales: { x: 'x', y: 'y' } }]);
    const panels = compiledSpec({ mark: 'point', encoding: { ...place, column: { field: 'f', type: 'nominal' } } });
    expect(plotAreas(panels)).toEqual([{ name: 'cell', scales: { x: 'x', y: 'y' } }]);
    const bars = compiledSpec({ mark: 'bar', encoding: { x: place.x, y: { field: 'c', type: 'nominal' } } });
    expect(plotAreas(bars)).toEqual([{ name: undefined, scales: { x: 'x' } }]);
  });

  it('is left to a figure that does it itself', () => {
    for (const params of [
      [{ name: 'view', select: 'interval', bind: 'scales' }],
      [{ name: 'brush', select: 'interval' }],
    ])
      expect(plotAreas(compiledSpec({ params, mark: 'point', encoding: place }))).toEqual([]);
  });

  it('asks scales for what they show, and cuts off what lies outside only then', () => {
    const spec = compiledSpec({ mark: 'point', encoding: place });
    const after = withZoom(spec, plotAreas(spec));
    expect(after.scales).toMatchObject([
      { domainRaw: { signal: 'driftline_domain_x' } },
      { domainRaw: { signal: 'driftline_domain_y' } },
    ]);
    expect(leafMarks(after)[0]).toMatchObject({ clip: { signal: 'driftline_zoomed' } });
    expect(withZoom(spec, [])).toBe(spec);
  });
});

describe('the data of a figure', () => {
  it('are the tables that its specification carries', () => {
    const rows = [{ a: 1 }];
    expect([...datasetsOf({ datasets: { rows, none: [], odd: [1] } })]).toEqual([['rows', rows]]);
    expect([...datasetsOf({ data: { values: rows } })]).toEqual([['data', rows]]);
    expect([...datasetsOf({ mark: 'point' })]).toEqual([]);
  });

  it('are saved as CSV that reads back the same', () => {
    const rows = [
      { name: 'a, "b"', n: 0.1 + 0.2, flag: true, code: '12' },
      { name: 'two\nlines', n: null, flag: false, code: ' x' },
    ];
    const text = csvOf(rows);
    expect(text.split('\n')[0]).toBe('name,n,flag,code');
    const { columns } = fromCsv(text);
    expect(Array.from(columns.name!)).toEqual(rows.map(({ name }) => name));
    expect(Array.from(columns.n!)).toEqual([0.1 + 0.2, null]);
    expect(Array.from(columns.code!)).toEqual(['12', ' x']);
    expect(Array.from(columns.flag!)).toEqual([true, false]);
  });
});
