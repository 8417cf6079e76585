import { html, type Markup, type Part } from './html.ts';

// A star opens only where a word begins and closes only where one ends, so that λ* and 2 * 3 stay what they are.
const CODE = '`(?<code>[^`\\n]+)`';
const STRONG = '(?<![\\p{L}\\p{N}*])\\*\\*(?=\\S)(?<strong>[^*]+?)(?<=\\S)\\*\\*(?![\\p{L}\\p{N}*])';
const EMPHASIS = '(?<![\\p{L}\\p{N}*])\\*(?=\\S)(?<emphasis>[^*]+?)(?<=\\S)\\*(?![\\p{L}\\p{N}*])';
// A subscript belongs to a single letter, so that names such as job_delay stay what they are.
const SUBSCRIPT =
  '(?<![\\p{L}_])(?<base>\\p{L})_(?:\\{(?<below>[^{}\\n]+)\\}|(?<index>[\\p{L}\\p{N}]{1,2})(?![\\p{L}\\p{N}_]))';
const POWER = '(?<=[\\p{L}\\p{N})])\\^(?:\\{(?<above>[^{}\\n]+)\\}|(?<power>[-−]?[\\p{L}\\p{N}]+))';
const INLINE = new RegExp([CODE, STRONG, EMPHASIS, SUBSCRIPT, POWER].join('|'), 'gu');

function marked(groups: Readonly<Record<string, string | undefined>>): Markup {
  const { code, strong, emphasis, base, below, index, above, power } = groups;
  if (code !== undefined) return html`<code>${code}</code>`;
  if (strong !== undefined) return html`<strong>${inlineMarkdown(strong)}</strong>`;
  if (emphasis !== undefined) return html`<em>${inlineMarkdown(emphasis)}</em>`;
  return base !== undefined ? html`${base}<sub>${below ?? index}</sub>` : html`<sup>${above ?? power}</sup>`;
}

/**
 * One line or paragraph: `code`, *emphasis*, **strong**, and for mathematics, which is plain Unicode, subscripts of one
 * letter (s_i, λ_{crit}) and powers (r^i, 11^{1/6}). Everything else is text, HTML included.
 */
export function inlineMarkdown(text: string): Markup {
  const parts: Part[] = [];
  let last = 0;
  for (const match of text.matchAll(INLINE)) {
    parts.push(text.slice(last, match.index), marked(match.groups ?? {}));
    last = match.index + match[0].length;
  }
  return html`${[...parts, text.slice(last)]}`;
}

const ITEM = /^\s*[-*]\s+/;

/** Paragraphs, separated by blank lines; a block whose first line begins with `- ` is a list. */
export function markdown(text: string): Markup {
  const blocks = text
    .replace(/\r\n?/g, '\n')
    .split(/\n\s*\n/)
    .map((block) => block.trim())
    .filter((block) => block !== '');
  return html`${blocks.map((block) => (ITEM.test(block) ? list(block) : html`<p>${inlineMarkdown(block)}</p>\n`))}`;
}

function list(block: string): Markup {
  const items: string[] = [];
  for (const line of block.split('\n')) {
    if (ITEM.test(line)) items.push(line.replace(ITEM, ''));
    else items.push(`${items.pop()} ${line.trim()}`);
  }
  return html`<ul>${items.map((item) => html`<li>${inlineMarkdown(item)}</li>`)}</ul>\n`;
}

/** The same text on one line without code and emphasis marks, for attributes and titles. */
export const plainText = (text: string): string =>
  text
    .replace(INLINE, (whole, ...rest) => {
      const { code, strong, emphasis } = rest.at(-1) as Record<string, string | undefined>;
      return code ?? strong ?? emphasis ?? whole;
    })
    .replace(/\s+/g, ' ')
    .trim();
