import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inlineMarkdown, markdown, plainText } from '../../src/report/markdown.ts';

const inline = (text: string) => inlineMarkdown(text).text;

describe('inline Markdown', () => {
  it('marks code, emphasis and strong emphasis', () => {
    expect(inline('a *b* **c** `d < e`')).toBe('a <em>b</em> <strong>c</strong> <code>d &lt; e</code>');
  });

  it('leaves stars alone that stand by letters or spaces', () => {
    for (const text of ['λ* and λ*', '2 * 3 * 4', 'K* < C*']) expect(inline(text)).not.toContain('<em>');
  });

  it('lowers the index of a single letter, not the parts of a name', () => {
    expect(inline('s_i, λ_c, p_{max}')).toBe('s<sub>i</sub>, λ<sub>c</sub>, p<sub>max</sub>');
    expect(inline('job_delay a_b_c')).toBe('job_delay a_b_c');
  });

  it('raises powers', () => {
    expect(inline('r^i, 11^{1/6}, (1+ε)^2')).toBe('r<sup>i</sup>, 11<sup>1/6</sup>, (1+ε)<sup>2</sup>');
  });

  it('sets TeX between dollars, and shows what it cannot set as it is written', () => {
    expect(inline('rate $\\lambda$ now')).toBe('rate <math><mi>λ</mi></math> now');
    expect(inline('$$x_i$$')).toContain('<math tabindex="0" display="block"');
    expect(inline('$\\nowhere{<b>}$')).toBe('<code>\\nowhere{&lt;b&gt;}</code>');
    expect(inline('costs \\$5, or $5 to $10')).toBe('costs $5, or $5 to $10');
    expect(inline('**$a_i$** and `$a$`')).toMatch(/^<strong><math>.*<\/math><\/strong> and <code>\$a\$<\/code>$/);
  });

  it('does nothing inside code', () => expect(inline('`a_b *c* x^2`')).toBe('<code>a_b *c* x^2</code>'));

  it('lets no markup through whatever the text', () => {
    const tags = /<(?!\/?(?:em|strong|code|sub|sup)>)/;
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '>', '&', '"', '*', '`', '_', '^', '{', '}', 'a', 'i', ' ') }),
        (text) => {
          expect(inline(text)).not.toMatch(tags);
        },
      ),
    );
  });
});

describe('blocks', () => {
  it('separates paragraphs at blank lines and makes lists of dashes', () => {
    expect(markdown('one\ntwo\n\n- a\n  b\n- *c*\n').text).toBe(
      '<p>one\ntwo</p>\n<ul><li>a b</li><li><em>c</em></li></ul>\n',
    );
  });

  it('takes HTML for text', () => {
    expect(markdown('<script>alert(1)</script>').text).toBe('<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n');
  });
});

it('gives formulas as their characters in attributes', () =>
  expect(plainText('at $\\lambda < \\frac{1}{2}$ \\$')).toBe('at λ<12 $'));

it('gives plain text for attributes', () => expect(plainText('*a* `b`\n**c** s_i')).toBe('a b c s_i'));
