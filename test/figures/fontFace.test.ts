import PDFDocument from 'pdfkit';
import { describe, expect, it } from 'vitest';
import { type Face, faceOf, fontFace, fontFile } from '../../src/figures/fonts.ts';

interface Measuring {
  font(file: string): { fontSize(size: number): { widthOfString(text: string): number } };
}

describe('FontFace', () => {
  const texts = ['mean queue length', 'λ = 0.7894, α ≥ 2', '10⁻⁷ ₁₂ − – “ß” é'];

  it.each<Face>(['regular', 'bold', 'italic', 'boldItalic'])(
    'measures %s as another reader of the font does',
    (face) => {
      const document = new PDFDocument({}) as unknown as Measuring;
      for (const text of texts) {
        const expected = document.font(fontFile(face)).fontSize(1).widthOfString(text);
        // Kerning, which the other reader applies, is all that differs.
        expect(Math.abs(fontFace(face).width(text) - expected)).toBeLessThan(0.04 * expected);
        expect(fontFace(face).width(text)).toBeGreaterThanOrEqual(expected - 1e-3);
      }
    },
  );

  it('has the signs that figures use', () => {
    for (const sign of 'λαβθ₁₂ᵢ⁰¹²³⁴⁵⁶⁷⁸⁹⁻−±≤≥∞×·') expect([sign, fontFace('regular').has(sign)]).toEqual([sign, true]);
    expect(fontFace('regular').has('漢')).toBe(false);
  });

  it('knows faces by CSS weight and style', () => {
    expect([faceOf('bold', undefined), faceOf(700, 'italic'), faceOf(400, 'normal')]).toEqual([
      'bold',
      'boldItalic',
      'regular',
    ]);
  });
});
