import { html, type Markup, type Part } from './html.ts';

/**
 * Inline Markdown: `code`, *emphasis*, **strong**. A star opens only where a word begins and closes only where one
 * ends, so that λ* and 2 * 3 stay what they are; underscores mean nothing. Mathematics is plain Unicode.
 */
const INLINE =
  /`([^`\n]+)`|(?<![\p{L}\p{N}*])\*\*(?=\S)([^*]+?)(?<=\S)\*\*(?![\p{L}\p{N}*])|(?<![\p{L}\p{N}*])\*(?=\S)([^*]+?)(?<=\S)\*(?![\p{L}\p{N}*])/gu;

/** One line or paragraph. Everything that is not Markdown of the subset is text, HTML included. */
export function inlineMarkdown(text: string): Markup {
  const parts: Part[] = [];
  let last = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, strong, emphasis] = match;
    parts.push(text.slice(last, match.index));
    if (code !== undefined) parts.push(html`<code>${code}</code>`);
    else if (strong !== undefined) parts.push(html`<strong>${inlineMarkdown(strong)}</strong>`);
    else if (emphasis !== undefined) parts.push(html`<em>${inlineMarkdown(emphasis)}</em>`);
    last = match.index + whole.length;
  }
  parts.push(text.slice(last));
  return html`${parts}`;
}

const ITEM = /^\s*[-*]\s+/;

/** Paragraphs, separated by blank lines; a block whose lines begin with `- ` is a list. */
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

/** The same text without its marks, for attributes and titles. */
export const plainText = (text: string): string =>
  text
    .replace(INLINE, (_, code?: string, strong?: string, emphasis?: string) => code ?? strong ?? emphasis ?? '')
    .replace(/\s+/g, ' ')
    .trim();
