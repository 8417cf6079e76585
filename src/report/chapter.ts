import { claimSection } from './claim.ts';
import { figureSection } from './figure.ts';
import { anchor, html, type Markup } from './html.ts';
import { markdown } from './markdown.ts';
import type { ReportChapter, ReportModel } from './model.ts';
import { tableSection } from './table.ts';
import { yamlSource } from './yaml.ts';

/** A study file as a chapter: what it is about, its claims beside what was found, figures, tables, its own text. */
export function chapterSection(chapter: ReportChapter, model: ReportModel): Markup {
  const claims = chapter.claims.flatMap((id) => model.claims.find((claim) => claim.id === id) ?? []);
  const tables = new Map(model.chapters.flatMap(({ tables }) => tables.map((table) => [table.name, table])));
  return html`<section class="chapter" id="${anchor('chapter', chapter.file)}"><h2>${chapter.title}</h2>
${chapter.about !== undefined && html`<div class="about">${markdown(chapter.about)}</div>`}
${claims.length > 0 && html`<h3>Claims</h3>${claims.map((claim) => claimSection(claim, tables))}`}
${chapter.figures.length > 0 && html`<h3>Figures</h3>`}
${chapter.figures.map((figure) => figureSection(figure, tables))}
${chapter.tables.length > 0 && html`<h3 class="of-tables">Tables</h3>`}
${chapter.tables.map(tableSection)}
<details class="declaration"><summary>Declared in <code>${chapter.file}</code></summary>
${yamlSource(chapter.source)}
</details>
</section>
`;
}
