import { Markup } from './html.ts';

/** Attributes that change nothing in an image: what is said of it is said of the image. */
const UNMET = / (?:(?:role|aria-[a-z]+|class|pointer-events)="[^"]*"|opacity="1")/g;

/** Attributes that hold lengths, and the digits in them that are too small to be seen. */
const LENGTHS = / (?:d|transform|[xy][12]?|width|height|points)="[^"]*"/g;
const UNSEEN = /(\.\d)\d+(?![\de])/g;

const FAMILY = / font-family="[^"]*"/g;

/**
 * A drawing with less to carry: tenths of a pixel, its font named once, single quotes, which an address takes as they
 * are, and no texts for who cannot see an image.
 */
function slim(svg: string): string {
  const [family] = svg.match(FAMILY) ?? [];
  let root = true;
  return svg.replace(/<[^<>]*>/g, (tag) => {
    const bare = / stroke="/.test(tag) ? tag : tag.replace(/ stroke-width="[^"]*"/, '');
    let drawn = bare.replace(UNMET, '').replace(LENGTHS, (lengths) => lengths.replace(UNSEEN, '$1'));
    if (family !== undefined) drawn = drawn.replace(FAMILY, (own) => (own === family ? '' : own));
    if (root) drawn = drawn.replace(/^<svg\b/, `<svg${family ?? ''}`);
    root = false;
    return drawn.includes("'") ? drawn : drawn.replaceAll('"', "'");
  });
}

/**
 * A drawing as the address of an image. As an image it can run no script and load nothing, whatever it holds; the
 * markup of the page and of the drawing never meet. It has no character that a quoted attribute would have escaped.
 */
export const svgAddress = (svg: string): Markup =>
  new Markup(
    `data:image/svg+xml;charset=utf-8,${slim(svg)
      .trim()
      .replace(
        /[%#&<>"\r\n\t]/g,
        (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
      )}`,
  );

/** Width and height that the drawing's root declares, so that the page does not jump when it comes. */
export function svgSize(svg: string): { width: number; height: number } | null {
  const root = /<svg\b[^<>]*>/.exec(svg)?.[0] ?? '';
  const length = (name: string) => Number(new RegExp(`\\s${name}="([0-9.]+)(?:px)?"`).exec(root)?.[1] ?? Number.NaN);
  const [width, height] = [Math.ceil(length('width')), Math.ceil(length('height'))];
  return width > 0 && height > 0 ? { width, height } : null;
}
