import { assertEmbeddable, hashSource, parsedText } from '../report/csp.ts';
import { html, Markup } from '../report/html.ts';
import { STYLE } from './style.ts';

/** What the page may do: its own script and style, and ask the server that it came from. */
export const PAGE_POLICY = (script: string): string =>
  [
    "default-src 'none'",
    `script-src ${hashSource(parsedText(script))}`,
    `style-src ${hashSource(STYLE)}`,
    'img-src data: blob:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** The page. It holds nothing of the study: whoever opens it shows a token before it is told anything. */
export function livePage(script: string, version: string): string {
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
<title>Driftline: the live view</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<a class="skip" href="#panel">Skip to what is selected</a>
<header>
<div class="title"><h1><a href="#/" id="study">Driftline</a></h1><p id="setting"></p></div>
<a class="to" href="#/runs" id="to-runs" hidden>Compare runs</a>
<div id="run" role="status" aria-live="off"></div>
<div class="actions" id="actions"></div>
</header>
<p id="said" role="alert" hidden></p>
<div class="columns">
<nav id="stages" aria-label="Stages" hidden></nav>
<main>
<section class="graph" hidden aria-label="The study as a graph"><div class="pane" id="dag" tabindex="0" role="region" aria-label="Graph of the stages"></div></section>
<section id="panel" tabindex="-1" aria-label="What is selected"></section>
</main>
</div>
<script>${new Markup(text)}</script>
</body>
</html>
`.text;
}
