import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const LIBRARIES = [
  ['vega', 'vega.min.js'],
  ['vega-lite', 'vega-lite.min.js'],
  ['vega-embed', 'vega-embed.min.js'],
] as const;

function library(name: string, file: string): string {
  const folder = dirname(createRequire(import.meta.url).resolve(name));
  return readFileSync(join(folder, file), 'utf8')
    .replace(/^\/\/# sourceMappingURL=.*$/m, '')
    .replaceAll('</script', '<\\/script');
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Vega's expressions are interpreted, not compiled, so the page needs no eval; it loads nothing. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:";

/** An interactive page of its own: the figure, its data and the libraries that draw it. Works offline. */
export function figurePage(spec: string, title: string): string {
  const scripts = LIBRARIES.map(([name, file]) => `<script>${library(name, file)}</script>`).join('\n');
  const data = spec.replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>body { margin: 1.5rem; background: white; } figure { margin: 0; overflow-x: auto; }</style>
</head>
<body>
<figure id="figure"></figure>
${scripts}
<script type="application/json" id="spec">${data}</script>
<script>vegaEmbed('#figure', JSON.parse(document.getElementById('spec').textContent), { ast: true, renderer: 'svg', actions: { export: true, source: false, compiled: false, editor: false } });</script>
</body>
</html>
`;
}
