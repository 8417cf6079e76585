import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STYLE } from '../../src/report/style.ts';
import { mathml, TEX_STYLE, TexError } from '../../src/typeset/mathml.ts';
import { mathSpans } from '../../src/typeset/mathSpans.ts';

describe('TeX as MathML', () => {
  it('sets fractions, scripts, sums, cases and numbers of equations', () => {
    expect(mathml('\\frac{a}{b}', false)).toBe('<math><mfrac><mi>a</mi><mi>b</mi></mfrac></math>');
    expect(mathml('s_i^d', false)).toContain('<msubsup><mi>s</mi><mi>i</mi><mi');
    expect(mathml('\\sum_{i=1}^{n} x_i', true)).toContain('<munderover>');
    expect(mathml('\\begin{cases} 1 & x \\\\ 0 & y \\end{cases}', true)).toContain(
      '<mtd class="tex-l1 tex-r0 tml-left">',
    );
    expect(mathml('x \\tag{1}', true)).toContain('<mtext class="tml-tag">(1)</mtext>');
  });

  it('gives the same text again', () => expect(mathml('\\hat{s}_i', true)).toBe(mathml('\\hat{s}_i', true)));

  it('has no style attribute, and a rule for every class that stands for one', () => {
    const texts = [
      '\\begin{aligned}a&=b\\\\c&=d\\end{aligned}',
      '\\begin{array}{l|r}a&b\\\\ \\hline c&d\\end{array}',
      'a\\!b',
      '\\tilde x \\tag{2}',
    ];
    for (const text of texts.map((tex) => mathml(tex, true))) {
      expect(text).not.toContain(' style=');
      for (const [, names = ''] of text.matchAll(/class="([^"]*)"/g))
        for (const name of names.split(' ').filter((one) => one.startsWith('tex-')))
          expect(TEX_STYLE).toContain(`.${name} {`);
    }
    expect(STYLE).toContain(TEX_STYLE);
  });

  it.each([
    ['\\foo{a', 'unsupported function name: \\foo'],
    ['\\frac{1', "unexpected end of input in a macro argument, expected '}'"],
    ['a}b', "expected 'EOF', got '}'"],
    ['\\color{red}x', 'colours, sizes and boxes are not set here (color:#ff0000)'],
    ['x'.repeat(5001), 'a formula of more than 5000 characters'],
    ['\\def\\a{\\a\\a}\\a', 'too many expansions: infinite loop or need to increase maxExpand setting'],
  ])('refuses what it cannot set in words, %#', (tex, message) => {
    expect(() => mathml(tex, true)).toThrow(new TexError(message));
  });

  it.each([
    '\\href{javascript:alert(1)}{x}',
    '\\includegraphics{x.png}',
    '\\htmlId{a}{x}',
    '\\class{a}{x}',
    '\\url{x}',
  ])('links to nothing and loads nothing: %s', (tex) => expect(() => mathml(tex, false)).toThrow(TexError));

  it('lets no markup through, whatever the TeX', () => {
    const pieces = [
      '<',
      '>',
      '"',
      "'",
      '&',
      '\\text{',
      '}',
      '{',
      '\\',
      'a',
      '^',
      '_',
      '<b onclick=x>',
      '\\frac',
      ' ',
      '\\%',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 14 }), (parts) => {
        let text = '';
        try {
          text = mathml(parts.join(''), false);
        } catch (error) {
          expect(error).toBeInstanceOf(TexError);
        }
        for (const [tag] of text.matchAll(/<[^>]*>?/g)) expect(tag).toMatch(/^<\/?m[a-z]+(?: [a-z]+="[^"]*")*>$/);
      }),
    );
  });
});

describe('TeX in a text', () => {
  const found = (text: string) => mathSpans(text).map(({ tex, display }) => (display ? [tex] : tex));

  it('stands between dollars, in a line or on lines of its own', () => {
    expect(found('the rate $\\lambda_c$, and\n$$a\n= b$$ $x$')).toEqual(['\\lambda_c', ['a\n= b'], 'x']);
  });

  it('is not what amounts, code and escaped dollars are', () => {
    expect(found('$5 and $10, `$x$`, \\$x\\$, $ x $, a$b')).toEqual([]);
  });

  it('is told by its place', () => {
    const text = 'on $a$ and $$b$$';
    expect(mathSpans(text).map(({ start, end }) => text.slice(start, end))).toEqual(['$a$', '$$b$$']);
  });
});
