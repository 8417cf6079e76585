import { html, Markup } from './html.ts';
import type { Verdict } from './model.ts';

/** The order in which verdicts are counted and shown. */
export const VERDICTS: readonly Verdict[] = ['supported', 'refuted', 'undecided', 'missing'];

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  supported: 'Supported',
  refuted: 'Refuted',
  undecided: 'Undecided',
  missing: 'Not tested',
};

/** What a verdict means, for whoever sees the word for the first time. */
export const VERDICT_MEANINGS: Readonly<Record<Verdict, string>> = {
  supported: 'the numbers of this run bear the claim out',
  refuted: 'the numbers of this run contradict it',
  undecided: 'the numbers of this run cannot tell',
  missing: 'this run gave no verdict',
};

/** Each verdict has a shape of its own, so that it reads without colour: disc, diamond, triangle, ring. */
const SHAPES: Readonly<Record<Verdict, string>> = {
  supported:
    '<circle class="solid" cx="10" cy="10" r="9"/><path class="mark" d="M5.7 10.4l3 3 5.6-6.4" fill="none" stroke-width="2"/>',
  refuted:
    '<path class="solid" d="M10 .4L19.6 10 10 19.6.4 10z"/><path class="mark" d="M7 7l6 6m0-6l-6 6" fill="none" stroke-width="2"/>',
  undecided:
    '<path class="solid" d="M10 1.2l9.6 17.2H.4z"/><path class="mark" d="M7 13.6q1.5-2 3 0t3 0" fill="none" stroke-width="2"/>',
  missing: '<circle class="ring" cx="10" cy="10" r="8" fill="none" stroke-width="2" stroke-dasharray="3.4 2.9"/>',
};

export const verdictIcon = (verdict: Verdict): Markup =>
  new Markup(`<svg class="icon ${verdict}" viewBox="0 0 20 20" aria-hidden="true">${SHAPES[verdict]}</svg>`);

/** Icon and word. */
export const verdictBadge = (verdict: Verdict): Markup =>
  html`<span class="verdict ${verdict}">${verdictIcon(verdict)} ${VERDICT_WORDS[verdict]}</span>`;
