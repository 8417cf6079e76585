/// <reference lib="dom" />
import { formatCount, formatSeconds } from '../../report/format.ts';
import type { Matrix, StageFacts } from '../protocol.ts';
import { fill, h } from './dom.ts';
import { stateWords, valueWords } from './words.ts';

/** Rows of a page: what a browser lays out at once, and a person reads. */
const PAGE = 100;

export interface CellValues {
  readonly states: ArrayLike<number>;
  readonly seconds: ArrayLike<number>;
  readonly values: readonly (number | null)[];
  readonly metric: string | undefined;
}

/** The same as the heat map shows, in words and a page at a time. */
export function cellTable(
  facts: StageFacts,
  { axes }: Matrix,
  { states, seconds, values, metric }: CellValues,
): HTMLElement {
  const place = h('div');
  const show = (page: number): void => {
    const from = page * PAGE;
    const to = Math.min(from + PAGE, facts.cells);
    const head = [...axes.map(({ name }) => name), 'State', 'Time', ...(metric === undefined ? [] : [metric])];
    const rows = Array.from({ length: to - from }, (_, i) => {
      const cell = from + i;
      const address = `#/stage/${encodeURIComponent(facts.name)}/${cell}`;
      const words = axes.map((axis) => valueWords(axis.values[cell]));
      return h(
        'tr',
        {},
        words.map((text, at) => h('td', {}, at === 0 ? h('a', { href: address }, text) : text)),
        h('td', {}, stateWords(states[cell])),
        h('td', { class: 'n' }, seconds[cell] > 0 ? formatSeconds(seconds[cell]) : '–'),
        metric !== undefined && h('td', { class: 'n' }, valueWords(values[cell])),
      );
    });
    const turn = (to: number, text: string, isThere: boolean) =>
      h('button', { type: 'button', disabled: !isThere, onclick: () => show(to) }, text);
    fill(
      place,
      facts.cells > PAGE &&
        h(
          'p',
          { class: 'bar-of-tools' },
          turn(page - 1, 'Before', page > 0),
          turn(page + 1, 'Next', to < facts.cells),
          h('span', { class: 'soft' }, `${formatCount(from + 1)} to ${formatCount(to)} of ${formatCount(facts.cells)}`),
        ),
      h(
        'table',
        {},
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            head.map((name) => h('th', { scope: 'col' }, name)),
          ),
        ),
        h('tbody', {}, rows),
      ),
    );
  };
  show(0);
  return place;
}
