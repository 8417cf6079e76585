/** Text that is HTML already; nothing else gets into a page unescaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for element content and for quoted attributes. NUL is no character in HTML and becomes U+FFFD. */
const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '').replaceAll('\0', '\uFFFD');

/** What a template takes: text and numbers are escaped; null, undefined and false leave nothing. */
export type Part = Markup | string | number | null | undefined | false | readonly Part[];

const markupOf = (part: Part): string => {
  if (part === null || part === undefined || part === false) return '';
  if (part instanceof Markup) return part.text;
  return typeof part === 'object' ? part.map(markupOf).join('') : escapeHtml(String(part));
};

/** A template of HTML that escapes every value put into it unless it is {@link Markup}. Attributes must be quoted. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Markup =>
  new Markup(strings.reduce((text, string, index) => text + markupOf(parts[index - 1]) + string));

/**
 * The id of an element: injective, so that two names never share one, and without spaces. Characters that ids and
 * fragments take as they are stay readable.
 */
export const anchor = (
  kind: 'chapter' | 'claim' | 'evidence' | 'figure' | 'table' | 'stage' | 'spec',
  name: string,
): string =>
  `${kind}-${name.replace(/[^A-Za-z0-9._/:-]/gu, (character) => `~${character.codePointAt(0)?.toString(16)}~`)}`;

/**
 * The address of a file by its path relative to the page, or null for what has a scheme, a host or an absolute path. A
 * `%` in a file's name, as ids of cells may have it, is escaped like any character that addresses give a meaning.
 */
export const relativeAddress = (path: string): string | null =>
  /^(?![/\\])(?![^/]*:)[^\\\p{Cc}\p{Cs}]+$/u.test(path) ? encodeURI(path).replace(/[?#]/g, encodeURIComponent) : null;
