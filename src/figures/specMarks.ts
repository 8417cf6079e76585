import { suggestion } from '../tables/nearest.ts';
import { FigureError } from './figureError.ts';

/** Marks of Vega-Lite, composite ones last. */
const MARKS = [
  'arc',
  'area',
  'bar',
  'circle',
  'geoshape',
  'image',
  'line',
  'point',
  'rect',
  'rule',
  'square',
  'text',
  'tick',
  'trail',
  'boxplot',
  'errorband',
  'errorbar',
];

/**
 * Checks the name of a mark, of which Vega-Lite only says that something is undefined.
 * @throws {FigureError} with the nearest mark that there is
 */
export function checkMark(mark: unknown, path: string): void {
  const name = typeof mark === 'object' && mark !== null ? (mark as { type?: unknown }).type : mark;
  if (typeof name === 'string' && !MARKS.includes(name))
    throw new FigureError(`${path}: there is no mark ${name}${suggestion(name, MARKS)}`);
}
