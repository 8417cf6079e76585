import { formatCount, formatValue, plural } from './format.ts';
import { anchor, html, type Markup } from './html.ts';
import { inlineMarkdown } from './markdown.ts';
import type { ReportClaim, ReportTest } from './model.ts';
import { tableOf } from './table.ts';
import { verdictBadge } from './verdict.ts';

/** What the test found, as a sentence. */
function finding(claim: ReportClaim): string {
  if (claim.verdict === 'missing') return 'This run gave no verdict: the stage that tests the claim did not finish.';
  if (claim.rows === 0) return 'There were no rows to test.';
  if (claim.holds === claim.rows) return `The test holds on ${all(claim.rows)}.`;
  if (claim.fails === claim.rows) return `The test is contradicted on ${all(claim.rows)}.`;
  const between = claim.rows - claim.holds - claim.fails - claim.unknown;
  const parts = [
    claim.holds > 0 && `holds on ${formatCount(claim.holds)}`,
    claim.fails > 0 && `is contradicted on ${formatCount(claim.fails)}`,
    between > 0 && `is neither met nor contradicted on ${formatCount(between)}`,
    claim.unknown > 0 && `cannot be evaluated on ${formatCount(claim.unknown)}`,
  ].filter((part) => part !== false);
  return `Of ${plural(claim.rows, 'row')}, the test ${joined(parts)}.`;
}

const all = (rows: number) => (rows === 1 ? 'the one row tested' : `all ${formatCount(rows)} rows tested`);

const joined = (parts: readonly string[]) =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

/** The numbers that a claim's test gives, by name. */
function claimNumbers(claim: ReportClaim): Markup | null {
  const names = Object.keys(claim.numbers);
  if (names.length === 0) return null;
  return html`<dl class="numbers">${names.map(
    (name) => html`<div><dt>${inlineMarkdown(name)}</dt><dd>${formatValue(claim.numbers[name])}</dd></div>`,
  )}</dl>`;
}

/** A claim in its chapter: what the paper says beside what was found, and why. */
export function claimSection(claim: ReportClaim, tables: ReadonlyMap<string, unknown>): Markup {
  return html`<article class="claim ${claim.verdict}" id="${anchor('claim', claim.id)}" aria-label="Claim ${claim.id}">
<div class="says"><p class="kicker">Claim</p>
<blockquote><p>${inlineMarkdown(claim.says)}</p></blockquote>
${claim.source !== undefined && html`<p class="origin">${claim.source}</p>`}
<p class="name"><a href="#${anchor('claim', claim.id)}"><code>${claim.id}</code></a></p></div>
<div class="found"><p class="kicker">Found</p>
<p>${verdictBadge(claim.verdict)} <span class="finding">${finding(claim)}</span></p>
${claimNumbers(claim)}
${claim.note !== undefined && html`<p class="note">${inlineMarkdown(claim.note)}</p>`}
</div>
${evidence(claim, tables)}
</article>
`;
}

/** The rows that decided and the test as it is written. */
function evidence(claim: ReportClaim, tables: ReadonlyMap<string, unknown>): Markup {
  const columns = claim.columns ?? [...new Set(claim.decisive.flatMap((row) => Object.keys(row)))];
  const rows = claim.decisive.map((row) => columns.map((column) => row[column] ?? null));
  return html`<details class="evidence" id="${anchor('evidence', claim.id)}"><summary>${rows.length > 0 ? `Evidence: the test and ${plural(rows.length, 'decisive row')}` : 'The test'}</summary>
${testOf(claim.test, tables)}
${rows.length > 0 && tableOf({ caption: `Rows that decided ${claim.id}`, columns, rows, shown: rows.length })}
</details>`;
}

/** The test, expression by expression, linked to the table whose rows it reads. */
function testOf(test: ReportTest, tables: ReadonlyMap<string, unknown>): Markup {
  const from = typeof test.rows === 'string' ? test.rows : test.rows.from;
  const cells = typeof test.rows === 'string' ? undefined : test.rows.where;
  const name = html`<code>${from}</code>`;
  const expression = (word: string, text: string | undefined) =>
    text !== undefined && html`<div><dt>${word}</dt><dd><code>${text}</code></dd></div>`;
  return html`<dl class="test">
<div><dt>rows</dt><dd>${tables.has(from) ? html`<a href="#${anchor('table', from)}">${name}</a>` : name}${
    cells !== undefined &&
    html` where ${Object.keys(cells).map((axis, index) => html`${index > 0 && ', '}<code>${axis} = ${formatValue(cells[axis])}</code>`)}`
  }</dd></div>
${expression('where', test.where)}
${expression('every', test.every)}
${expression('some', test.some)}
${expression('refutes', test.refutes)}
${Object.keys(test.numbers ?? {}).map((number) => expression(number, test.numbers?.[number]))}
</dl>`;
}
