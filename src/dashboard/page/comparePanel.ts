/// <reference lib="dom" />
import { formatNumber, plural } from '../../report/format.ts';
import type { Compared, RunNamed } from '../protocol.ts';
import { fill, h } from './dom.ts';
import { ask, showFigure } from './server.ts';
import { valueWords } from './words.ts';

/** Rows of a table that are shown; all are in `driftline diff --all`. */
const SHOWN = 40;

/** Two runs side by side. */
export function comparePanel(): HTMLElement {
  const place = h('div');
  const result = h('div');
  fill(place, h('h2', {}, 'Runs compared'), h('p', { class: 'soft' }, 'Looking for runs …'));
  ask<{ runs: RunNamed[] }>('runs')
    .then(({ runs }) => {
      if (runs.length < 2) {
        fill(place, h('h2', {}, 'Runs compared'), h('p', { class: 'soft' }, 'There are not two runs to compare yet.'));
        return;
      }
      const choice = (label: string, at: number) => {
        const options = runs.map((run, i) => h('option', { value: run.id, selected: i === at }, nameOf(run)));
        const select = h('select', { onchange: () => void show() }, options);
        return { select, label: h('label', {}, `${label} `, select) };
      };
      const [from, to] = [choice('From', 1), choice('to', 0)];
      const show = async (): Promise<void> => {
        fill(result, h('p', { class: 'soft', role: 'status' }, 'Comparing …'));
        try {
          const query = { from: from.select.value, to: to.select.value };
          fill(result, comparison(await ask<Compared>('compare', query)));
        } catch (error) {
          fill(result, h('pre', { class: 'bad', tabindex: 0 }, (error as Error).message));
        }
      };
      fill(place, h('h2', {}, 'Runs compared'), h('p', { class: 'pair' }, from.label, to.label), result);
      void show();
    })
    .catch((error: Error) => fill(place, h('pre', { class: 'bad', tabindex: 0 }, error.message)));
  return place;
}

function nameOf({ name, startedAt, profile, targets, tags, failed }: RunNamed): string {
  const more = [
    ...(profile === null ? [] : [profile]),
    ...tags,
    ...(targets.length === 0 ? [] : [`only ${targets.slice(0, 2).join(', ')}`]),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  return `${name} · ${startedAt.slice(0, 16).replace('T', ' ')}${more.length > 0 ? ` · ${more.join(', ')}` : ''}`;
}

function comparison(found: Compared): HTMLElement {
  const { sameClaims, sameTables, sameFigures, incomparable } = found;
  const same = [
    ...(sameClaims > 0 ? [plural(sameClaims, 'claim')] : []),
    ...(sameTables.length > 0 ? [plural(sameTables.length, 'table')] : []),
    ...(sameFigures.length > 0 ? [plural(sameFigures.length, 'figure')] : []),
  ].join(', ');
  return h(
    'div',
    {},
    found.same && h('p', {}, 'No difference.'),
    claims(found),
    settings(found),
    figures(found),
    numbers(found, 'beyond', 'Numbers that changed beyond noise'),
    numbers(found, 'unjudged', 'Numbers that changed, with no interval to judge by'),
    numbers(found, 'within', 'Numbers within noise'),
    same !== '' && h('p', { class: 'soft' }, `The same on both sides: ${same}.`),
    incomparable.length > 0 &&
      h(
        'p',
        { class: 'soft' },
        `${plural(incomparable.length, 'result')} cannot be compared, for one side does not have them.`,
      ),
  );
}

function table(head: readonly string[], rows: readonly (readonly unknown[])[], total = rows.length): HTMLElement {
  const more = total - rows.length;
  return h(
    'div',
    { class: 'scroll' },
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
      h(
        'tbody',
        {},
        rows.map((row) =>
          h(
            'tr',
            {},
            row.map((value) => h('td', {}, value instanceof Node ? value : String(value))),
          ),
        ),
      ),
    ),
    more > 0 && h('p', { class: 'soft' }, `and ${plural(more, 'further row')}: driftline diff --all prints them.`),
  );
}

function claims({ claims }: Compared) {
  if (claims.length === 0) return null;
  const verdict = (word: string | null): Node => h('span', { class: word ?? 'missing' }, word ?? 'none');
  const rows = claims.map(({ id, from, to, numbers, rows }) => {
    const changes = [...numbers, ...rows].map(
      ({ path, from, to }) => `${path} ${valueWords(from)} → ${valueWords(to)}`,
    );
    return [id, verdict(from), verdict(to), changes.slice(0, 4).join(' · ')];
  });
  return [h('h3', {}, 'Claims'), table(['Claim', 'From', 'To', 'Numbers'], rows)];
}

function settings({ settings: { params, study, stages, addedStages, removedStages } }: Compared) {
  const general = [...study, ...(params ?? [])].map(({ path, from, to }) => [
    path,
    valueWords(from),
    valueWords(to),
    '',
  ]);
  const told = new Map<string, { readonly row: string[]; readonly stages: string[] }>();
  for (const { stage, changes } of stages) {
    for (const { path, from, to } of changes) {
      const row = [path.replace(/^with\./, ''), valueWords(from), valueWords(to)];
      const known = told.get(row.join('\n'));
      if (known === undefined) told.set(row.join('\n'), { row, stages: [stage] });
      else known.stages.push(stage);
    }
  }
  const own = [...told.values()].map(({ row, stages }) => [
    ...row,
    `${stages.slice(0, 4).join(', ')}${stages.length > 4 ? ' …' : ''}`,
  ]);
  const cells = stages.flatMap(({ stage, addedCells, removedCells }) => [
    ...(addedCells.length > 0 ? [['new cells', '', addedCells.slice(0, 4).join(' '), stage]] : []),
    ...(removedCells.length > 0 ? [['cells gone', removedCells.slice(0, 4).join(' '), '', stage]] : []),
  ]);
  const others = [
    ...addedStages.map((name) => ['new stage', '', name, '']),
    ...removedStages.map((name) => ['stage gone', name, '', '']),
  ];
  const rows = [...general, ...own, ...cells, ...others];
  return (
    rows.length > 0 && [
      h('h3', {}, 'Parameters'),
      table(['Parameter', 'From', 'To', 'Stages'], rows.slice(0, SHOWN), rows.length),
    ]
  );
}

function numbers({ tables }: Compared, state: 'beyond' | 'unjudged' | 'within', title: string) {
  const all = tables.flatMap(({ table, columns }) =>
    columns.flatMap(({ column, values }) =>
      values.filter(({ judgement }) => judgement.state === state).map((value) => ({ table, column, value })),
    ),
  );
  if (all.length === 0) return null;
  all.sort((a, b) => (b.value.scaled ?? 0) - (a.value.scaled ?? 0));
  const side = (value: unknown, interval: readonly [number, number] | undefined): string =>
    interval === undefined
      ? valueWords(value)
      : `${valueWords(value)} [${formatNumber(interval[0], 4)}, ${formatNumber(interval[1], 4)}]`;
  const rows = all.slice(0, SHOWN).map(({ table, column, value }) => [
    table,
    Object.entries(value.row)
      .map(([name, at]) => `${name} = ${valueWords(at)}`)
      .join(', '),
    column,
    side(value.from, value.fromInterval),
    side(value.to, value.toInterval),
    value.relative === undefined ? '' : `${formatNumber(value.relative * 100, 2)} %`,
  ]);
  const body = table(['Table', 'Row', 'Column', 'From', 'To', 'Change'], rows, all.length);
  const heading = `${title}: ${all.length}`;
  return state === 'within' ? h('details', {}, h('summary', {}, heading), body) : [h('h3', {}, heading), body];
}

function figures({ figures, from, to }: Compared) {
  if (figures.length === 0) return null;
  const drawing = (run: string | null, stage: string, label: string) => {
    const image = h('img', { alt: `${stage}, ${label}` });
    const figure = h('figure', { class: 'figure' }, image, h('figcaption', {}, label));
    showFigure(image, { stage, run: run ?? '' }).catch(() =>
      fill(figure, h('figcaption', {}, `${label}: the drawing is not kept`)),
    );
    return figure;
  };
  return [
    h('h3', {}, `Figures that changed: ${figures.length}`),
    figures.map(({ figure, data, spec }) => {
      const changes = data.map(
        ({ name, changed, added, removed }) => `${name}: ${changed} changed, ${added} new, ${removed} gone`,
      );
      const words = [...changes, ...(spec.length > 0 ? [`specification: ${plural(spec.length, 'place')}`] : [])].join(
        ' · ',
      );
      return h(
        'section',
        {},
        h('p', {}, h('b', {}, figure), ' ', h('span', { class: 'soft' }, words)),
        h('div', { class: 'sides' }, drawing(from.run, figure, 'from'), drawing(to.run, figure, 'to')),
      );
    }),
  ];
}
