/// <reference lib="dom" />
import { formatCount, formatValue } from '../format.ts';
import { columnsOf } from './csv.ts';
import { element } from './element.ts';
import type { Row } from './rows.ts';
import { makeSortable } from './sort.ts';

/** Most rows that are shown of a table behind a figure; the files have all. */
const ROWS = 500;

/** The rows behind a figure as a table that sorts. */
export function dataTable(name: string, rows: readonly Row[]): HTMLElement {
  const columns = columnsOf(rows);
  const numeric = columns.map((column) => rows.every((row) => row[column] == null || typeof row[column] === 'number'));
  const cell = (value: unknown) => {
    const td = element('td', {}, formatValue(value, 6));
    td.dataset.v = value === null || value === undefined ? '' : String(value);
    return td;
  };
  const table = element(
    'table',
    { class: numeric.flatMap((one, index) => (one ? [`n${index + 1}`] : [])).join(' ') },
    element('caption', {}, `Data of ${name}`),
    element('thead', {}, element('tr', {}, ...columns.map((column) => element('th', { scope: 'col' }, column)))),
    element(
      'tbody',
      {},
      ...rows.slice(0, ROWS).map((row) => element('tr', {}, ...columns.map((column) => cell(row[column])))),
    ),
  );
  makeSortable(table as HTMLTableElement);
  const scroll = element(
    'div',
    { class: 'scroll tall', tabindex: '0', role: 'region', 'aria-label': `Data of ${name}` },
    table,
  );
  if (rows.length <= ROWS) return scroll;
  const cut = `The first ${formatCount(ROWS)} of ${formatCount(rows.length)} rows; sorting reorders these.`;
  return element('div', {}, element('p', { class: 'files' }, cut), scroll);
}
