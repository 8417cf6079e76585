import { FAMILY, FONT_STACK, fontFiles } from './fonts.ts';

/** Pixels to a CSS pixel: 288 to the inch, enough for print. */
const SCALE = 3;

/** The drawing in pixels, with the shipped fonts and no others, so that every machine gives the same bytes. */
export async function svgToPng(svg: string): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js');
  const image = new Resvg(svg.replaceAll(FONT_STACK, FAMILY), {
    fitTo: { mode: 'zoom', value: SCALE },
    font: { loadSystemFonts: false, fontFiles: fontFiles(), defaultFontFamily: FAMILY },
    background: 'white',
  });
  return new Uint8Array(image.render().asPng());
}
