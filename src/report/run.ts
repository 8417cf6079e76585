import { formatCount, formatSeconds, formatTime, formatValue, plural } from './format.ts';
import { anchor, html, type Markup } from './html.ts';
import type { ReportAcceptance, ReportModel, ReportStage } from './model.ts';

const STATUS_WORDS = { executed: 'ran', cached: 'cached', failed: 'failed' } as const;

/** The study's parameters as a table. */
export function parametersSection(model: ReportModel): Markup {
  const names = Object.keys(model.params);
  return html`<section id="parameters" class="wide"><h2>Parameters</h2>
<p>${
    model.profile === null
      ? 'The study as declared, without a profile.'
      : html`As the profile <code>${model.profile}</code> sets them.`
  } Streams of random numbers derive from the seed <code>${model.seed}</code>.</p>
${
  names.length > 0 &&
  html`<div class="scroll" tabindex="0" role="region" aria-label="Parameters"><table class="parameters"><caption>Parameters of the study</caption>
<thead><tr><th scope="col">Name</th><th scope="col">Value</th></tr></thead>
<tbody>${names.map((name) => html`<tr><th scope="row"><code>${name}</code></th><td>${formatValue(model.params[name], 15)}</td></tr>\n`)}</tbody></table></div>`
}
</section>
`;
}

/** What ran, what was cached, how long it took and under which keys; last, how to make it all again. */
export function runSection(model: ReportModel): Markup {
  const { run } = model;
  const stages = model.chapters.flatMap((chapter) => chapter.stages);
  const listed = stages.reduce((sum, { executed, cached, failed }) => sum + executed + cached + failed, 0);
  const tests = run.executed + run.cached + run.failed - listed; // actions of no chapter's stage: those of claims
  return html`<section id="run" class="wide"><h2>The run</h2>
<p>Run <code>${run.id}</code> of ${formatTime(run.startedAt)} took ${formatSeconds(run.seconds)} with ${plural(run.jobs, 'job')} at a time:
${plural(run.executed, 'action')} ran, ${formatCount(run.cached)} came from the cache, ${formatCount(run.failed)} failed.${
    tests > 0 && ` Among them ${plural(tests, 'action tests', 'actions test')} claims.`
  }
A stage’s time is that of its actions summed, for cached ones as it was when they ran.</p>
${model.accepted.map(acceptance)}<div class="scroll" tabindex="0" role="region" aria-label="Stages"><table class="stages" data-sortable><caption>Stages of the run</caption>
<thead><tr><th scope="col">Stage</th><th scope="col">Kind</th><th scope="col" class="n">Cells</th><th scope="col" class="n">Replicates</th><th scope="col" class="n">Ran</th><th scope="col" class="n">Cached</th><th scope="col" class="n">Failed</th><th scope="col" class="n">Time</th></tr></thead>
<tbody>
${stages.map(stageRow)}</tbody></table></div>
<h3>Keys</h3>
<p>A result is kept under the hash of all that made it: the code of its kind, its parameters, the contents of its inputs, its seed.</p>
${stages.map(stageKeys)}
<h3>Again</h3>
<pre class="command" tabindex="0"><code>${model.command}</code></pre>
</section>
`;
}

/** Results of earlier code that are taken for those of the present one, and on whose word. */
const acceptance = ({ statement, because, by, actions, recomputed }: ReportAcceptance): Markup =>
  html`<p>${plural(actions, 'result')} of earlier code ${actions === 1 ? 'was' : 'were'} accepted as unchanged${
    by !== null && html` by ${by.user} on ${by.host} at ${formatTime(by.at)}`
  }${because !== null && html`: “${because}”`} (statement <code>${statement.slice(0, 12)}</code>; ${formatCount(recomputed)} of them computed again, with the same bytes).</p>
`;

const stageRow = (stage: ReportStage): Markup =>
  html`<tr><th scope="row"><a href="#${anchor('stage', stage.name)}">${stage.name}</a></th><td>${stage.kind}</td><td class="n">${formatCount(stage.cells)}</td><td class="n">${stage.fewest !== undefined && `${formatCount(stage.fewest)}–`}${formatValue(stage.replicates)}</td><td class="n">${formatCount(stage.executed)}</td><td class="n">${formatCount(stage.cached)}</td><td class="n${stage.failed > 0 && ' failed'}">${formatCount(stage.failed)}</td><td class="n" data-v="${stage.seconds}">${formatSeconds(stage.seconds)}</td></tr>
`;

/** The keys of a stage's actions, folded. */
function stageKeys(stage: ReportStage): Markup {
  const total = stage.totalKeys ?? stage.keys.length;
  return html`<details class="keys" id="${anchor('stage', stage.name)}"><summary><code>${stage.name}</code> <span class="size">${plural(total, 'action')}</span></summary>
${stage.params !== undefined && html`<p class="files"><code>${flow(stage.params)}</code></p>`}
${stage.keys.length < total && html`<p class="files">The first ${formatCount(stage.keys.length)}.</p>`}
${
  stage.keys.length > 0 &&
  html`<div class="scroll" tabindex="0" role="region" aria-label="Keys of ${stage.name}"><table class="keys"><caption>Keys of ${stage.name}</caption>
<thead><tr><th scope="col">Cell</th><th scope="col">Key</th><th scope="col">Status</th><th scope="col" class="n">Time</th></tr></thead>
<tbody>
${stage.keys.map(
  ({ cell, key, status, seconds }) =>
    html`<tr><th scope="row">${cell === '' ? '–' : cell}</th><td><code>${key}</code></td><td class="${status}">${STATUS_WORDS[status]}</td><td class="n">${formatSeconds(seconds)}</td></tr>\n`,
)}</tbody></table></div>`
}
</details>
`;
}

/** Plain data on one line, as YAML has it. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([name, item]) => `${name}: ${flow(item)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  return typeof value === 'string' && /^[\p{L}_][\p{L}\p{N}_./-]*$/u.test(value) ? value : JSON.stringify(value);
}
