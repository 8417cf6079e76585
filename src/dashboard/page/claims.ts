/// <reference lib="dom" />
import type { ClaimNow } from '../protocol.ts';
import { h } from './dom.ts';

const WORDS: Readonly<Record<ClaimNow['verdict'], string>> = {
  supported: '✓ supported',
  refuted: '✗ refuted',
  undecided: '? undecided',
  missing: '· not tested',
};

/** The claims with their verdicts: what there is to see where nothing is selected. */
export function claimList(claims: readonly ClaimNow[]): HTMLElement {
  const count = (verdict: ClaimNow['verdict']): number => claims.filter((claim) => claim.verdict === verdict).length;
  const counts = `${count('supported')} supported, ${count('refuted')} refuted, ${count('undecided')} undecided, ${count('missing')} not tested`;
  if (claims.length === 0)
    return h('p', { class: 'soft' }, 'Choose a stage to see its cells. This study makes no claims.');
  return h(
    'div',
    {},
    h('h2', {}, 'Claims'),
    h('p', { class: 'soft' }, `${counts}. Choose a stage above or on the left to see its cells.`),
    h(
      'ul',
      { class: 'claims' },
      claims.map(({ says, source, verdict }) =>
        h(
          'li',
          {},
          h('b', { class: verdict }, WORDS[verdict]),
          h('span', {}, says, source !== null && h('span', { class: 'soft' }, ` ${source}`)),
        ),
      ),
    ),
  );
}
