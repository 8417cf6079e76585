import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
// Imported, not only looked up, so that the fonts' version is part of what a kind that draws is made of.
import fonts from 'dejavu-fonts-ttf/package.json' with { type: 'json' };
import { FontFace } from './fontFace.ts';

/** The shipped family. Its condensed cut is about as wide as Helvetica, which a browser without it falls back to. */
export const FAMILY = 'DejaVu Sans Condensed';

/** What figures ask for: the shipped family, then what a reader's browser may have. */
export const FONT_STACK = `${FAMILY}, Helvetica, Arial, sans-serif`;

export type Face = 'regular' | 'bold' | 'italic' | 'boldItalic';

const FILES: Readonly<Record<Face, string>> = {
  regular: 'DejaVuSansCondensed.ttf',
  bold: 'DejaVuSansCondensed-Bold.ttf',
  italic: 'DejaVuSansCondensed-Oblique.ttf',
  boldItalic: 'DejaVuSansCondensed-BoldOblique.ttf',
};

const folder = (): string => join(dirname(createRequire(import.meta.url).resolve(`${fonts.name}/package.json`)), 'ttf');

/** The face for CSS font weight and style. */
export const faceOf = (weight: unknown, style: unknown): Face => {
  const bold = weight === 'bold' || weight === 'bolder' || Number(weight) >= 600;
  const italic = style === 'italic' || style === 'oblique';
  return bold ? (italic ? 'boldItalic' : 'bold') : italic ? 'italic' : 'regular';
};

/** The file of a face. */
export const fontFile = (face: Face): string => join(folder(), FILES[face]);

/** All files of the family. */
export const fontFiles = (): string[] => (Object.keys(FILES) as Face[]).map(fontFile);

const loaded = new Map<Face, FontFace>();

/** The metrics of a face, read once. */
export function fontFace(face: Face): FontFace {
  const known = loaded.get(face) ?? new FontFace(readFileSync(fontFile(face)));
  loaded.set(face, known);
  return known;
}
