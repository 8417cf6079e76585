// What the pages of the reference have in common.

/** A table; columns that are empty in every row are left out. */
export function table(head, rows) {
  const used = head.map((_, at) => rows.some((row) => (row[at] ?? '') !== ''));
  const line = (cells) => `| ${cells.filter((_, at) => used[at]).join(' | ')} |`;
  const ruler = head.map(() => '---');
  return [line(head), line(ruler), ...rows.map((row) => line(head.map((_, at) => cell(row[at] ?? ''))))].join('\n');
}

/** Outside of code, what looks like a tag would vanish, and a star begin emphasis. */
export const plain = (text) =>
  text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll('<', '&lt;').replaceAll('*', '\\*')))
    .join('');

/** A pipe would end the cell, also within code. */
const cell = (text) => plain(String(text).replaceAll('|', '\\|').replaceAll('\n', ' '));

export const code = (text) => `\`${text}\``;

/** A sentence that begins with a capital letter and ends with a full stop. */
export const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.:!?]$/.test(text) ? '' : '.'}`;

/** The link that GitHub makes of a heading. */
export const anchor = (heading) =>
  `#${heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')}`;

export const GENERATED = '<!-- Written by npm run docs from the sources. -->';
