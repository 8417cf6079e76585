/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { type Direction, nextDirection, sortedOrder } from './order.ts';

const EMPTY = new Set(['–', '']);

/** What a cell sorts by: the value behind a rounded number, else what one reads; missing values are empty. */
function textOf(cell: Element | undefined): string {
  if (cell === undefined) return '';
  const kept = cell.getAttribute('data-v');
  const text = kept ?? cell.textContent ?? '';
  return EMPTY.has(text) ? '' : kept === null ? text.replace(/,(?=\d{3})/g, '').replace(/^\u2212/, '-') : text;
}

/** Turns the headings of a table into buttons that sort it: up, down, as it came. */
export function makeSortable(table: HTMLTableElement): void {
  const body = table.tBodies[0];
  const headings = [...(table.tHead?.rows[0]?.cells ?? [])];
  if (body === undefined || body.rows.length < 2) return;
  const rows = [...body.rows];
  headings.forEach((heading, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener('click', () => {
      const direction = nextDirection((heading.ariaSort ?? 'none') as Direction);
      for (const other of headings) other.ariaSort = null;
      if (direction !== 'none') heading.ariaSort = direction;
      const texts = rows.map((row) => textOf(row.cells[column]));
      body.append(...sortedOrder(texts, direction).map((index) => rows[index]!));
    });
  });
}
