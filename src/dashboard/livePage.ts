import { assertEmbeddable, hashSource, parsedText } from '../report/csp.ts';
import { html, Markup } from '../report/html.ts';
import type { Snapshot } from './protocol.ts';
import { STYLE } from './style.ts';

export interface LivePageParts {
  readonly snapshot: Snapshot;
  readonly dag: string;
  readonly script: string;
  readonly version: string;
}

/** What the page may do: its own script and style, and ask the server that it came from. */
export const PAGE_POLICY = (script: string): string =>
  [
    "default-src 'none'",
    `script-src ${hashSource(parsedText(script))}`,
    `style-src ${hashSource(STYLE)}`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** The page with what is so now in it, so that it shows something before it asked for anything. */
export function livePage({ snapshot, dag, script, version }: LivePageParts): string {
  const text = parsedText(script);
  assertEmbeddable(text);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Driftline ${version}">
<link rel="icon" href="data:,">
<title>${snapshot.study}: live</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<a class="skip" href="#panel">Skip to what is selected</a>
<header>
<div class="title"><h1><a href="#/">${snapshot.study}</a></h1><p id="setting"></p></div>
<a class="to" href="#/runs">Compare runs</a>
<div id="run" role="status" aria-live="off"></div>
<div class="actions" id="actions"></div>
</header>
<p id="said" role="alert" hidden></p>
<div class="columns">
<nav id="stages" aria-label="Stages"></nav>
<main>
<section class="graph" aria-label="The study as a graph"><div class="pane" id="dag" tabindex="0" role="region" aria-label="Graph of the stages">${new Markup(dag)}</div></section>
<section id="panel" tabindex="-1" aria-label="What is selected"></section>
</main>
</div>
<script type="application/json" id="snapshot">${embeddedJson(snapshot)}</script>
<script>${new Markup(text)}</script>
</body>
</html>
`.text;
}

/** JSON to stand in a `<script type="application/json">`: no `<` is left that could end or nest the element. */
const embeddedJson = (value: unknown): Markup =>
  new Markup(JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('\0', '\\u0000'));
