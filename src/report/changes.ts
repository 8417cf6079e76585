import { formatCount, formatNumber, formatTime, formatValue, plural } from './format.ts';
import { anchor, html, type Markup, type Part } from './html.ts';
import type { ClaimMove, NumberChange, ReportChanges, ReportModel } from './model.ts';
import { VERDICT_WORDS, verdictBadge } from './verdict.ts';

/** What changed since the last tagged run: claims, numbers beyond noise, figures, and what was asked otherwise. */
export function changesSection(model: ReportModel): Markup {
  const { changes } = model;
  if (changes === null)
    return html`<section id="changes" class="wide"><h2>Since the last tagged run</h2>
<p>No earlier run of this profile has a tag, so there is nothing to compare with. <code>driftline tag submitted</code> gives
the last run the name “submitted”; the next report says what changed since.</p>
</section>
`;
  const { run, startedAt, counts } = changes;
  return html`<section id="changes" class="wide"><h2>Since the last tagged run</h2>
<p>Compared with ${nameOf(changes)}, run <code>${run}</code> of ${formatTime(startedAt)}: ${summary(changes)}.
${changes.incomparable > 0 && `${plural(changes.incomparable, 'result')} could not be compared. `}<code>driftline diff ${changes.tags[0]} last</code> tells all of it.</p>
${changes.moved.length > 0 && html`<h3>Claims</h3>\n<ul class="moves">${changes.moved.map((move) => moveItem(move, model))}</ul>`}
${changes.beyond.length > 0 && html`<h3>Numbers beyond noise</h3>\n${numbersTable(changes.beyond, counts.beyond, model)}`}
${
  counts.within + counts.unjudged > 0 &&
  html`<p>Changed within noise: ${plural(counts.within, 'value')}; with no interval to judge by: ${formatCount(counts.unjudged)}.</p>`
}
${changes.figures.length > 0 && html`<h3>Figures</h3>\n<p>${listed(changes.figures.map((name) => figureLink(name, model)))}.</p>`}
${
  changes.settings.length > 0 &&
  html`<h3>Asked otherwise</h3>\n<ul>${changes.settings.map(({ name, from, to }) => html`<li><code>${name}</code> ${formatValue(from)} → ${formatValue(to)}</li>`)}</ul>`
}
${changes.code.length > 0 && html`<h3>Code</h3>\n<p>${listed(changes.code.map((file) => html`<code>${file}</code>`))}.</p>`}
</section>
`;
}

const nameOf = ({ tags }: ReportChanges): Markup => html`${listed(tags.map((tag) => html`<code>${tag}</code>`))}`;

const listed = (parts: readonly Part[]): Part[] => parts.flatMap((part, at) => (at === 0 ? [part] : [', ', part]));

/** `1 claim moved, 18 numbers beyond noise`; `nothing changed` where nothing did. */
export function summary({ same, moved, counts, figures, settings, code }: ReportChanges): string {
  const parts = [
    moved.length > 0 && `${plural(moved.length, 'claim')} moved`,
    counts.beyond > 0 && `${plural(counts.beyond, 'number')} beyond noise`,
    figures.length > 0 && `${plural(figures.length, 'figure')} changed`,
  ].filter((part) => part !== false);
  if (parts.length > 0) return parts.join(', ');
  if (same) return 'nothing changed';
  const other = [settings.length > 0 && 'parameters', code.length > 0 && 'code'].filter((part) => part !== false);
  return `no claim moved and no number is beyond noise${other.length > 0 ? `, though ${other.join(' and ')} changed` : ''}`;
}

function moveItem({ id, from, to }: ClaimMove, { claims }: ReportModel): Markup {
  const known = claims.some((claim) => claim.id === id);
  const name = html`<code>${id}</code>`;
  return html`<li>${known ? html`<a href="#${anchor('claim', id)}">${name}</a>` : name}: ${verdict(from, 'new')} → ${verdict(to, 'gone')}</li>`;
}

const verdict = (word: string | null, absent: string): Part =>
  word === null ? absent : Object.hasOwn(VERDICT_WORDS, word) ? verdictBadge(word as keyof typeof VERDICT_WORDS) : word;

const figureLink = (name: string, { chapters }: ReportModel): Markup => {
  const known = chapters.some(({ figures }) => figures.some((figure) => figure.name === name));
  return known ? html`<a href="#${anchor('figure', name)}"><code>${name}</code></a>` : html`<code>${name}</code>`;
};

function numbersTable(shown: readonly NumberChange[], total: number, { chapters }: ReportModel): Markup {
  const known = new Set(chapters.flatMap(({ tables }) => tables.map(({ name }) => name)));
  const tableName = (name: string) => (known.has(name) ? html`<a href="#${anchor('table', name)}">${name}</a>` : name);
  return html`${total > shown.length && html`<p class="files">The ${formatCount(shown.length)} largest of ${formatCount(total)}.</p>`}<div class="scroll" tabindex="0" role="region" aria-label="Numbers beyond noise"><table data-sortable><caption>Numbers beyond noise</caption>
<thead><tr><th scope="col">Table</th><th scope="col">Column</th><th scope="col">Row</th><th scope="col" class="n">Was</th><th scope="col" class="n">Is</th><th scope="col" class="n">By</th><th scope="col">Judged by</th></tr></thead>
<tbody>
${shown.map(
  (one) =>
    html`<tr><td>${tableName(one.table)}</td><td>${one.column}</td><td>${rowWords(one.row)}</td>${valueCell(one.from, one.fromInterval)}${valueCell(one.to, one.toInterval)}<td class="n" data-v="${one.relative ?? ''}">${one.relative === undefined ? '–' : `${formatNumber(100 * one.relative, 2)} %`}</td><td>${judgedBy(one)}</td></tr>\n`,
)}</tbody></table></div>`;
}

const rowWords = (row: Readonly<Record<string, unknown>>): string =>
  Object.keys(row)
    .map((name) => `${name} = ${formatValue(row[name])}`)
    .join(', ');

const valueCell = (value: unknown, interval: readonly [number, number] | undefined): Markup =>
  html`<td class="n" data-v="${typeof value === 'number' ? value : ''}">${formatValue(value)}${
    interval !== undefined && html` <small>[${formatNumber(interval[0], 4)}, ${formatNumber(interval[1], 4)}]</small>`
  }</td>`;

const judgedBy = ({ p }: NumberChange): string =>
  p === undefined ? 'no overlap' : p < 1e-4 ? 'p < 0.0001' : `p = ${formatNumber(p, 2)}`;
