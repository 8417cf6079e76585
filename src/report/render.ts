import { changesSection, summary as changesSummary } from './changes.ts';
import { chapterSection } from './chapter.ts';
import { assertEmbeddable, contentSecurityPolicy, parsedText } from './csp.ts';
import { formatCount, formatSeconds, formatTime } from './format.ts';
import { anchor, html, Markup } from './html.ts';
import { markdown, plainText } from './markdown.ts';
import type { ReportModel } from './model.ts';
import { parametersSection, runSection } from './run.ts';
import { scoreboard, summary } from './scoreboard.ts';
import { STYLE } from './style.ts';

export interface ReportParts {
  /** Text of the page's script, as scripts/buildPage.mjs bundles it. */
  readonly script: string;
}

/**
 * The report as one HTML page that needs nothing else: no request, no server, and for reading no script either. A pure
 * function of model and script. Throws {@link UnembeddableScript} for a script that HTML would cut short.
 */
export function renderReport(model: ReportModel, parts: ReportParts): string {
  const script = parsedText(parts.script);
  assertEmbeddable(script);
  const policy = contentSecurityPolicy(script, STYLE);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Driftline ${model.version}">
<title>${model.study}: report</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<a class="skip" href="#claims">Skip to the claims</a>
<div class="page">
${contents(model)}
<main>
${header(model)}
${scoreboard(model)}
${model.chapters.map((chapter) => chapterSection(chapter, model))}
${changesSection(model)}
${parametersSection(model)}
${runSection(model)}
<footer class="wide"><p>Made by Driftline ${model.version}. The figures are drawn by Vega, Vega-Lite and Vega-Embed (BSD-3-Clause, © University of Washington Interactive Data Lab and contributors).</p></footer>
</main>
</div>
<script>${new Markup(script)}</script>
</body>
</html>
`.text;
}

function header(model: ReportModel): Markup {
  const { run } = model;
  const fact = (name: string, value: Markup | string) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  return html`<header class="wide"><h1>${model.study}</h1>
<p class="verdicts">${summary(model.claims)}</p>
${model.description !== undefined && html`<div class="about">${markdown(model.description)}</div>`}
<dl class="facts">
${fact('Profile', model.profile ?? 'none')}
${fact('Run', html`<a href="#run"><time datetime="${run.startedAt}">${formatTime(run.startedAt)}</time></a>`)}
${fact('Took', formatSeconds(run.seconds))}
${fact('Actions', `${formatCount(run.executed)} ran, ${formatCount(run.cached)} cached, ${formatCount(run.failed)} failed`)}
${fact('Seed', model.seed)}
${model.changes !== null && fact(`Since ${model.changes.tags.join(', ')}`, html`<a href="#changes">${changesSummary(model.changes)}</a>`)}
</dl></header>
`;
}

/** Where things are: a column beside the page where there is room for one. */
function contents(model: ReportModel): Markup {
  const chapter = (file: string, title: string) =>
    html`<li><a href="#${anchor('chapter', file)}">${plainText(title)}</a></li>`;
  return html`<nav class="contents" aria-label="Contents"><details open><summary>Contents</summary>
<ol><li><a href="#claims">Claims</a></li>${model.chapters.map(({ file, title }) => chapter(file, title))}<li><a href="#changes">Since the last tagged run</a></li><li><a href="#parameters">Parameters</a></li><li><a href="#run">The run</a></li></ol></details></nav>`;
}
