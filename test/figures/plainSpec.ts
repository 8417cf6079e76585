import { tableFrom } from '../../src/tables/tableFrom.ts';

/** A small figure with a legend, a clipped line and text in several faces: what could differ between runs. */
export const spec = {
  data: { name: 'rows' },
  mark: { type: 'line', clip: true, point: true },
  encoding: {
    x: { field: 'i', type: 'quantitative', title: 'queue length, i' },
    y: {
      field: 'tail',
      type: 'quantitative',
      scale: { type: 'log' },
      axis: { titleFontStyle: 'italic', titleFontWeight: 'bold' },
    },
    color: { field: 'C', type: 'nominal' },
  },
};

export const rows = tableFrom(
  { C: ['2', '2', '3', '3'], i: [1, 2, 1, 2], tail: [0.5, 0.1, 0.4, 0.01] },
  { C: 'utf8', i: 'int32', tail: 'float64' },
  'rows',
);
