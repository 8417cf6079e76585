import { mathml, TexError } from '../typeset/mathml.ts';
import { CODE, MATH } from '../typeset/mathSpans.ts';
import { html, Markup, type Part } from './html.ts';

// A star opens only where a word begins and closes only where one ends, so that λ* and 2 * 3 stay what they are.
const STRONG = '(?<![\\p{L}\\p{N}*])\\*\\*(?=\\S)(?<strong>[^*]+?)(?<=\\S)\\*\\*(?![\\p{L}\\p{N}*])';
const EMPHASIS = '(?<![\\p{L}\\p{N}*])\\*(?=\\S)(?<emphasis>[^*]+?)(?<=\\S)\\*(?![\\p{L}\\p{N}*])';
// A subscript belongs to a single letter, so that names such as job_delay stay what they are.
const SUBSCRIPT =
  '(?<![\\p{L}_])(?<base>\\p{L})_(?:\\{(?<below>[^{}\\n]+)\\}|(?<index>[\\p{L}\\p{N}]{1,2})(?![\\p{L}\\p{N}_]))';
const POWER = '(?<=[\\p{L}\\p{N})])\\^(?:\\{(?<above>[^{}\\n]+)\\}|(?<power>[-−]?[\\p{L}\\p{N}]+))';
const DOLLAR = '(?<dollar>\\\\\\$)';
const INLINE = new RegExp([CODE, MATH, DOLLAR, STRONG, EMPHASIS, SUBSCRIPT, POWER].join('|'), 'gu');

function marked(groups: Readonly<Record<string, string | undefined>>): Markup {
  const { code, display, math, dollar, strong, emphasis, base, below, index, above, power } = groups;
  if (display !== undefined || math !== undefined) return formula(display ?? math ?? '', display !== undefined);
  if (dollar !== undefined) return html`$`;
  if (code !== undefined) return html`<code>${code}</code>`;
  if (strong !== undefined) return html`<strong>${inlineMarkdown(strong)}</strong>`;
  if (emphasis !== undefined) return html`<em>${inlineMarkdown(emphasis)}</em>`;
  return base !== undefined ? html`${base}<sub>${below ?? index}</sub>` : html`<sup>${above ?? power}</sup>`;
}

/** TeX as MathML. What cannot be set is shown as it is written: a study with such TeX is refused before it runs. */
function formula(tex: string, display: boolean): Markup {
  try {
    // One that is wider than the page scrolls, and what scrolls is reached from the keyboard.
    return new Markup(mathml(tex, display).replace('<math display', '<math tabindex="0" display'));
  } catch (error) {
    if (!(error instanceof TexError)) throw error;
    return html`<code>${tex}</code>`;
  }
}

/**
 * One line or paragraph: `code`, *emphasis*, **strong**, TeX between dollars ($\lambda_c$, and $$…$$ on
 * lines of its own), and for mathematics in plain Unicode subscripts of one letter (s_i, λ_{crit}) and powers (r^i,
 * 11^{1/6}). Everything else is text, HTML included.
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
      const groups = rest.at(-1) as Record<string, string | undefined>;
      const { code, display, math, dollar, strong, emphasis } = groups;
      if (display !== undefined || math !== undefined) return spoken(display ?? math ?? '');
      return dollar === undefined ? (code ?? strong ?? emphasis ?? whole) : '$';
    })
    .replace(/\s+/g, ' ')
    .trim();

/** A formula as the characters that it is set in, one after the other. */
const spoken = (tex: string): string =>
  formula(tex, false)
    .text.replace(/<[^>]*>/g, '')
    .replace(/&(?:lt|gt|amp|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity);

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
};
