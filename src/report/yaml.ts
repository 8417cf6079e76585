import { html, type Markup } from './html.ts';

// The last part takes all there is, also what `.` takes for the end of a line: without a match all ways to part the beginning would be tried.
const LINE = /^(\s*(?:- )*\s*(?:\{ *)?)([\w.$"'-]+:(?=\s|$))?(.*)$/s;

/** Splits a line at its comment, if it has one: a `#` after white space and outside quotes. */
function splitComment(line: string): [code: string, comment: string] {
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!;
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if ((character === '"' || character === "'") && (at === 0 || /[\s[{,:]/.test(line[at - 1]!)))
      quote = character;
    else if (character === '#' && (at === 0 || /\s/.test(line[at - 1]!))) return [line.slice(0, at), line.slice(at)];
  }
  return [line, ''];
}

/** A study file for reading: keys and comments are told apart, line by line; a hint for the eye, not a parser. */
export function yamlSource(text: string): Markup {
  const lines = text.replace(/\r\n?/g, '\n').trimEnd().split('\n');
  return html`<pre class="source" tabindex="0"><code>${lines.map((line) => {
    const [code, comment] = splitComment(line);
    const [, indent = '', key = '', rest = ''] = LINE.exec(code) ?? [];
    return html`${indent}${key !== '' && html`<b>${key}</b>`}${rest}${comment !== '' && html`<i>${comment}</i>`}\n`;
  })}</code></pre>`;
}
