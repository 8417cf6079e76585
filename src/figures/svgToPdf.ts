import type { Drawing } from './drawSvg.ts';
import { faceOf, fontFile } from './fonts.ts';

/** Points to a CSS pixel. */
const POINT = 72 / 96;

/** PDFKit refuses dashes of length 0, with which SVG writes round dots and Vega its unbroken lines ("1,0"). */
const withoutZeroDashes = (svg: string): string =>
  svg.replaceAll(/ stroke-dasharray="([^"]*)"/g, (_, dashes: string) => {
    const lengths = dashes.split(/[\s,]+/).map(Number);
    const unbroken = lengths.every((length, at) => at % 2 === 0 || length === 0);
    return unbroken ? '' : ` stroke-dasharray="${lengths.map((length) => length || 0.01).join(',')}"`;
  });

/** A page of the drawing's size, text as text in the embedded fonts. No date, so that the bytes are the drawing's alone. */
export async function svgToPdf({ svg, width, height }: Drawing, title: string): Promise<Uint8Array> {
  const [{ default: PDFDocument }, { default: drawOn }] = await Promise.all([
    import('pdfkit'),
    import('svg-to-pdfkit'),
  ]);
  const epoch = new Date(0);
  const document = new PDFDocument({
    size: [width * POINT, height * POINT],
    margin: 0,
    // Compressors differ between builds of Node, and a figure is small.
    compress: false,
    info: { Title: title, Producer: 'Driftline', Creator: 'Driftline', CreationDate: epoch, ModDate: epoch },
  });
  const chunks: Uint8Array[] = [];
  document.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  const ended = new Promise((resolve, reject) => document.on('end', resolve).on('error', reject));
  drawOn(document, withoutZeroDashes(svg), 0, 0, {
    fontCallback: (_family: string, bold: boolean, italic: boolean) =>
      fontFile(faceOf(bold ? 'bold' : 'normal', italic ? 'italic' : 'normal')),
  });
  document.end();
  await ended;
  return new Uint8Array(Buffer.concat(chunks));
}
