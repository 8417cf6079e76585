import { formatValue, plural } from './format.ts';
import { anchor, html, type Markup } from './html.ts';
import { inlineMarkdown } from './markdown.ts';
import type { ReportChapter, ReportClaim, ReportModel, Verdict } from './model.ts';
import { VERDICT_MEANINGS, VERDICT_WORDS, VERDICTS, verdictBadge, verdictIcon } from './verdict.ts';

/** Most numbers shown beside a claim on the scoreboard; its section shows them all. */
const NUMBERS = 4;

const count = (claims: readonly ReportClaim[], verdict: Verdict) =>
  claims.filter((claim) => claim.verdict === verdict).length;

/** All claims at a glance: how many stand, and each with its verdict, its first numbers and the way to its evidence. */
export function scoreboard(model: ReportModel): Markup {
  const shown = VERDICTS.filter((verdict) => verdict !== 'missing' || count(model.claims, 'missing') > 0);
  return html`<section id="claims" class="wide"><h2>Claims</h2>
<ul class="tally">${shown.map(
    (verdict) =>
      html`<li class="${verdict}">${verdictIcon(verdict)}<strong>${count(model.claims, verdict)}</strong> <span>${VERDICT_WORDS[verdict].toLowerCase()}</span><small>${VERDICT_MEANINGS[verdict]}</small></li>`,
  )}</ul>
${model.chapters.map((chapter) => chapterClaims(chapter, model.claims))}
</section>
`;
}

function chapterClaims(chapter: ReportChapter, claims: readonly ReportClaim[]): Markup | null {
  const own = chapter.claims.flatMap((id) => claims.find((claim) => claim.id === id) ?? []);
  if (own.length === 0) return null;
  return html`<h3 class="group"><a href="#${anchor('chapter', chapter.file)}">${chapter.title}</a></h3>
<ol class="scores">${own.map(score)}</ol>
`;
}

function score(claim: ReportClaim): Markup {
  const names = Object.keys(claim.numbers).slice(0, NUMBERS);
  return html`<li>${verdictBadge(claim.verdict)}
<p><a href="#${anchor('claim', claim.id)}">${inlineMarkdown(claim.says)}</a>${
    claim.source !== undefined && html` <span class="origin">${claim.source}</span>`
  } <a class="proof" href="#${anchor('evidence', claim.id)}" aria-label="Evidence: ${claim.id}">Evidence</a></p>
${names.length > 0 && html`<p class="brief">${names.map((name) => html`<span>${inlineMarkdown(name)} <b>${formatValue(claim.numbers[name], 4)}</b></span> `)}</p>`}</li>
`;
}

/** The sentence under the title: `12 claims: 8 supported, 3 refuted, 1 undecided.` */
export function summary(claims: readonly ReportClaim[]): string {
  if (claims.length === 0) return 'The study states no claims.';
  const counted = VERDICTS.filter((verdict) => count(claims, verdict) > 0).map(
    (verdict) => `${count(claims, verdict)} ${VERDICT_WORDS[verdict].toLowerCase()}`,
  );
  return `${plural(claims.length, 'claim')}: ${counted.join(', ')}.`;
}
