/** Attributes of a drawing that nobody meets in an image: what is said of it is said of the image. */
const SPOKEN = / (?:role|aria-[a-z]+)="[^"]*"/g;

/** Attributes that hold lengths, and the digits in them that are too small to be seen. */
const LENGTHS = / (?:d|transform|[xy][12]?|width|height|points)="[^"]*"/g;
const UNSEEN = /(\.\d\d)\d+(?![\de])/g;

/** A drawing with less to carry: hundredths of a pixel, and no texts for who cannot see an image. */
const slim = (svg: string): string =>
  svg.replace(/<[^>]*>/g, (tag) =>
    tag.replace(SPOKEN, '').replace(LENGTHS, (lengths) => lengths.replace(UNSEEN, '$1')),
  );

/**
 * A drawing as the address of an image. As an image it can run no script and load nothing, whatever it holds; the
 * markup of the page and of the drawing never meet.
 */
export const svgAddress = (svg: string): string =>
  `data:image/svg+xml;charset=utf-8,${slim(svg)
    .trim()
    .replace(
      /[%#<>"\r\n\t]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    )}`;

/** Width and height that the drawing's root declares, so that the page does not jump when it comes. */
export function svgSize(svg: string): { width: number; height: number } | null {
  const root = /<svg\b[^>]*>/.exec(svg)?.[0] ?? '';
  const length = (name: string) => Number(new RegExp(`\\s${name}="([0-9.]+)(?:px)?"`).exec(root)?.[1] ?? Number.NaN);
  const [width, height] = [Math.ceil(length('width')), Math.ceil(length('height'))];
  return width > 0 && height > 0 ? { width, height } : null;
}
