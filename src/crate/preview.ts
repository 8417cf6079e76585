import { fileId } from './entity.ts';
import type { CrateModel } from './model.ts';

export const PREVIEW = 'ro-crate-preview.html';

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

const STYLE = `body { max-width: 48rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; color-scheme: light dark }
pre { padding: .75rem; overflow-x: auto; border: 1px solid #8886 }
table { border-collapse: collapse } td, th { padding: .15rem 1rem .15rem 0; text-align: left; vertical-align: top }
td:last-child, th:last-child { text-align: right; font-variant-numeric: tabular-nums }`;

/**
 * The crate's page for people: what it is, how it was made and how to make it again, and its files.
 * @param metadata the crate's JSON-LD, of which the page has to hold a copy
 * @param again the command that computes it again, to be given in the unpacked crate
 */
export function cratePage(model: CrateModel, metadata: string, again: string): string {
  const { plan, run, files, licence, person } = model;
  const link = (path: string, text = path): string => `<a href="${escaped(fileId(path))}">${escaped(text)}</a>`;
  const report = files.find(({ about }) => about.role === 'report');
  const licenceLine =
    licence.from === 'nowhere'
      ? 'No licence is stated: ask who made it before you use it.'
      : `Licence: ${licence.from === 'file' ? link(licence.path) : `<a href="${escaped(licence.url)}">${escaped(licence.name)}</a>`}.`;
  const rows = files
    .filter(({ about }) => about.role !== 'store')
    .map(({ path, bytes }) => `<tr><td>${link(path)}</td><td>${bytes}</td></tr>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(plan.study)}</title>
<style>${STYLE}</style>
<script type="application/ld+json">
${metadata.replaceAll('<', '\\u003c').trimEnd()}
</script>
</head>
<body>
<h1>${escaped(plan.study)}</h1>
${plan.description === undefined ? '' : `<p>${escaped(plan.description)}</p>\n`}<p>Computed by Driftline ${escaped(model.version)} in run ${escaped(run.id)}, which ended at ${escaped(run.endedAt)}${person === undefined ? '' : `, by ${escaped(person.name)}`}. ${licenceLine}</p>
${report === undefined ? '' : `<p>${link(report.path, 'Open the report')}: figures, tables and claims.</p>\n`}<p>To compute it again, in this folder:</p>
<pre>${escaped(again)}</pre>
<h2>Files</h2>
<table>
<tr><th>file</th><th>bytes</th></tr>
${rows.join('\n')}
</table>
</body>
</html>
`;
}
