/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { type Direction, nextDirection, sortedOrder, sortText } from './order.ts';

/** What a cell sorts by: the value that it keeps, or else what one reads in it. */
const textOf = (cell: Element | undefined): string =>
  cell?.getAttribute('data-v') ?? sortText(cell?.textContent?.trim() ?? '');

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

/** Makes all tables of the page sort, each when it is first seen: most are folded, and there are many. */
export function sortTables(): void {
  for (const table of document.querySelectorAll<HTMLTableElement>('table[data-sortable]')) {
    const folded = table.closest<HTMLDetailsElement>('details:not([open])');
    if (folded === null) makeSortable(table);
    else folded.addEventListener('toggle', () => makeSortable(table), { once: true });
  }
}
