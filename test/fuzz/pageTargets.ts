import { inlineMarkdown, markdown, plainText } from '../../src/report/markdown.ts';
import { yamlSource } from '../../src/report/yaml.ts';
import { mathml } from '../../src/typeset/mathml.ts';
import type { Target } from './target.ts';

const text = (input: Uint8Array): string => new TextDecoder().decode(input);

/** What a page may get of a text: tags that say how something looks, and nothing that loads, links or runs. */
const TAGS = /^<\/?(?:p|ul|li|code|pre|em|strong|sub|sup|b|i|m[a-z]+)(?: (?:[a-z]+="[^"<>]*"))*>$/;
const ACTIVE = / (?:href|src|style|on[a-z]+)=/;

function checkMarkup(markup: string): void {
  if (!/^(?:[^<>]|<[^<>]*>)*$/.test(markup)) throw new RangeError('a text got into a page unescaped');
  for (const [tag] of markup.matchAll(/<[^<>]*>/g))
    if (!TAGS.test(tag) || ACTIVE.test(tag)) throw new RangeError(`a text became ${tag}`);
}

const TEX = [
  '$',
  '$$',
  '\\',
  '\\frac',
  '{',
  '}',
  '^',
  '_',
  '&',
  '\\\\',
  '\\text{<b>}',
  '\\href{javascript:1}{x}',
  '\\url{http://127.0.0.1/}',
  '\\includegraphics{x}',
  '\\def\\a{\\a\\a}',
  '\\newcommand\\a[1]{#1#1}',
  '\\a',
  '\\color{red}',
  '\\class{x}{y}',
  '\\id{x}{y}',
  '\\style{color:red}{y}',
  '\\rule{9em}{9em}',
  '\\begin{matrix}',
  '\\end{matrix}',
  '\\left(',
  '\\right)',
  '\\sqrt[',
  '\\unicode{x3c}',
  '\\char60',
  '"',
  "'",
  '<',
  '>',
];

export const pageTargets: readonly Target[] = [
  {
    name: 'tex',
    words: TEX,
    refuses: ['TexError'],
    share: 4,
    take(input) {
      for (const display of [false, true]) checkMarkup(mathml(text(input), display));
    },
  },
  {
    name: 'text',
    words: [...TEX, '`', '*', '**', '~', '- ', '\n', '\n\n', ': ', '# ', '<script>', '&lt;', '\u2028', 'a_1', 'x^2'],
    refuses: [],
    share: 4,
    take(input) {
      const written = text(input);
      for (const set of [inlineMarkdown, markdown]) checkMarkup(set(written).text);
      checkMarkup(yamlSource(written).text.replace(' class="source" tabindex="0"', ''));
      plainText(written);
    },
  },
];
