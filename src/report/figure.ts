import { svgAddress, svgSize } from './drawing.ts';
import { plural } from './format.ts';
import { anchor, html, type Markup, type Part } from './html.ts';
import { inlineMarkdown, plainText } from './markdown.ts';
import type { ReportFigure, ReportTable } from './model.ts';
import { packed } from './packed.ts';
import { downloads } from './table.ts';
import { yamlSource } from './yaml.ts';

/**
 * A figure: the drawing until the page's script puts the interactive one in its place, caption, data and origin. The
 * drawings of figures that are not in view are left for later, a third of the work of opening a large report.
 */
export function figureSection(figure: ReportFigure, tables: ReadonlyMap<string, ReportTable>): Markup {
  const id = anchor('figure', figure.name);
  const spec = anchor('spec', figure.name);
  const size = svgSize(figure.svg);
  const alternative = plainText(figure.description ?? figure.title ?? figure.name);
  return html`<figure id="${id}">
<div class="plate" tabindex="0" role="group" aria-label="Drawing of ${figure.name}" data-spec="${spec}" data-figure="${figure.name}"><img alt="${alternative}"${
    size !== null && html` width="${size.width}" height="${size.height}"`
  } loading="lazy" src="${svgAddress(figure.svg)}"></div>
<figcaption>${figure.title !== undefined && html`<strong>${figure.title}</strong> `}${
    figure.description !== undefined && inlineMarkdown(figure.description)
  } <span class="files"><code>${figure.name}</code> ${downloads(figure.files, figure.name)}</span></figcaption>
${dataOf(figure, spec, tables)}
${origin(figure)}
<script type="text/plain" id="${spec}">${packed(figure.spec)}</script>
</figure>
`;
}

/** The tables behind a figure. The page's script puts the rows in, which the figure's specification carries anyway. */
function dataOf({ name, tables: names }: ReportFigure, spec: string, tables: ReadonlyMap<string, ReportTable>): Part {
  const own = names.flatMap((table) => tables.get(table) ?? []);
  if (own.length === 0) return null;
  const size = ({ total, columns }: ReportTable) => `${plural(total, 'row')}, ${plural(columns.length, 'column')}`;
  return html`<details class="data" data-spec="${spec}" data-figure="${name}"><summary>Data <span class="size">${own.map(size).join('; ')}</span></summary>
${own.map(
  (table) =>
    html`<p class="files"><a href="#${anchor('table', table.name)}"><code>${table.name}</code></a> ${downloads(table.files, table.name)}</p>
`,
)}</details>`;
}

/** The YAML that a figure is made by, and the command that makes it again. */
const origin = ({ made, command }: ReportFigure): Markup =>
  html`<details class="made"><summary>How it is made</summary>
<pre class="command" tabindex="0"><code>${command}</code></pre>
${made.map(({ file, text }) => html`<p class="files"><code>${file}</code></p>\n${yamlSource(text)}\n`)}</details>`;
