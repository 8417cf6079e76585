/// <reference lib="dom" />
import { formatSeconds, plural } from '../../report/format.ts';
import type { ActionNow, CellFacts } from '../protocol.ts';
import { fill, h } from './dom.ts';
import { ask } from './server.ts';
import { bytesWords, stateWords, valueWords } from './words.ts';

/** Lines of a table that are shown unless more are asked for. */
const SHOWN = 40;

/** A cell: what it was told, what came of it, what it printed, and why it is there or not. */
export function cellPanel(cell: CellFacts, tools: readonly Node[]): HTMLElement {
  const failed = cell.actions.filter(({ failure }) => failure !== null);
  const logs = cell.actions.filter(({ log }) => log !== null);
  const pairs = (title: string, rows: readonly (readonly [string, unknown])[]) =>
    rows.length > 0 && [
      h('h3', {}, title),
      h(
        'div',
        { class: 'scroll' },
        h(
          'table',
          {},
          h(
            'tbody',
            {},
            rows.map(([name, value]) => h('tr', {}, h('th', { scope: 'row' }, name), h('td', {}, valueWords(value)))),
          ),
        ),
      ),
    ];
  return h(
    'section',
    { class: 'cell', 'aria-label': `Cell ${cell.target}` },
    h(
      'div',
      { class: 'head' },
      h('h3', {}, h('code', {}, cell.target), ` · ${stateWords(cell.state)}`),
      h('div', { class: 'actions' }, tools),
    ),
    failed.map(({ target, failure }) => [
      h('p', {}, h('code', {}, target), ' failed:'),
      h('pre', { class: 'bad', tabindex: 0 }, failure),
    ]),
    why(cell.target),
    pairs('Numbers', cell.numbers),
    pairs('Parameters', cell.params),
    pairs('Inputs', cell.inputs),
    h('h3', {}, plural(cell.actions.length, 'action')),
    h('div', { class: 'scroll' }, actionTable(cell.actions)),
    logs.map(({ target, log }) => [
      h('h3', {}, 'What ', h('code', {}, target), ' printed'),
      h('pre', { tabindex: 0 }, log),
    ]),
    logs.length === 0 &&
      cell.actions.some(({ seconds }) => seconds !== null) &&
      h('p', { class: 'soft' }, 'It printed nothing in the last run: what runs before it printed is not kept.'),
    h('h3', {}, 'In a terminal'),
    h('pre', { tabindex: 0 }, cell.command),
  );
}

/** Asked for by hand: it reads the whole study in a process of its own. */
function why(target: string): HTMLElement {
  const place = h('div');
  const button = h('button', { type: 'button', onclick: () => void explain() }, 'Why?');
  const explain = async (): Promise<void> => {
    button.disabled = true;
    try {
      const { words } = await ask<{ words: string }>('why', { target });
      fill(place, h('pre', { tabindex: 0 }, words.trimEnd()));
    } catch (error) {
      fill(place, h('pre', { class: 'bad', tabindex: 0 }, (error as Error).message));
    }
    button.disabled = false;
  };
  return h('div', {}, h('p', { class: 'bar-of-tools' }, button), place);
}

function actionTable(actions: readonly ActionNow[]): HTMLElement {
  const rows = actions.map(({ target, state, fraction, seconds, outputs }) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, h('code', {}, target)),
      h(
        'td',
        {},
        state === 'running' && fraction > 0 ? `running, ${Math.floor(fraction * 100)} %` : state.replace('-', ' '),
      ),
      h('td', { class: 'n' }, seconds === null ? '–' : formatSeconds(seconds)),
      h(
        'td',
        {},
        outputs
          .map(({ name, bytes, rows }) => `${name} (${rows === null ? bytesWords(bytes) : plural(rows, 'row')})`)
          .join(', '),
      ),
    ),
  );
  const body = h('tbody', {}, rows.slice(0, SHOWN));
  const more = rows.length - SHOWN;
  const button = h('button', { type: 'button', class: 'plain', onclick: () => showAll() }, `${more} more`);
  const showAll = (): void => {
    body.append(...rows.slice(SHOWN));
    button.remove();
  };
  const head = ['Action', 'State', 'Time', 'Outputs'].map((name) => h('th', { scope: 'col' }, name));
  return h('div', { class: 'actions-of' }, h('table', {}, h('thead', {}, h('tr', {}, head)), body), more > 0 && button);
}
