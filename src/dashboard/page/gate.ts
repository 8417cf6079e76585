/// <reference lib="dom" />
import { fill, h } from './dom.ts';
import { takeToken } from './server.ts';

/** What a page shows that was opened without the token, or whose server knows another: where it is, and a place for it. */
export function gate(enter: () => Promise<void>, why: string): HTMLElement {
  const field = h('input', { id: 'token', type: 'password', autocomplete: 'off', spellcheck: 'false' });
  const trouble = h('p', { class: 'refuted', role: 'alert' }, why);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (takeToken(field.value)) void enter();
    else fill(trouble, 'That holds no token. It is what follows #token= in the address.');
  };
  return h(
    'form',
    { class: 'gate', onsubmit: submit },
    h('h2', {}, 'Open the address that driftline serve printed'),
    h(
      'p',
      {},
      'It ends in a token, which shows that you may see this study. Others who are logged in on this machine do not have it. ',
      'A server that was started anew on another port has another one.',
    ),
    h('label', { for: 'token' }, 'Address or token'),
    h('div', { class: 'actions' }, field, h('button', { type: 'submit', class: 'main' }, 'Open')),
    trouble,
  );
}
