import { anchor, embeddedJson, html, type Markup } from './html.ts';
import { inlineMarkdown, plainText } from './markdown.ts';
import type { ReportFigure } from './model.ts';
import { downloads } from './table.ts';

/**
 * A drawing as the address of an image. As an image it can run no script and load nothing, whatever it holds; the
 * markup of the page and of the drawing never meet.
 */
const svgAddress = (svg: string): string =>
  `data:image/svg+xml;charset=utf-8,${svg
    .trim()
    .replace(
      /[%#<>"\r\n\t]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    )}`;

/** Width and height that the drawing's root declares, so that the page does not jump when it comes. */
function svgSize(svg: string): { width: number; height: number } | null {
  const root = /<svg\b[^>]*>/.exec(svg)?.[0] ?? '';
  const length = (name: string) => Number(new RegExp(`\\s${name}="([0-9.]+)(?:px)?"`).exec(root)?.[1] ?? Number.NaN);
  const [width, height] = [Math.ceil(length('width')), Math.ceil(length('height'))];
  return width > 0 && height > 0 ? { width, height } : null;
}

/** A figure: the drawing until the page's script puts the interactive one in its place, caption and files. */
export function figureSection(figure: ReportFigure): Markup {
  const id = anchor('figure', figure.name);
  const spec = anchor('spec', figure.name);
  const size = svgSize(figure.svg);
  const alternative = plainText(figure.description ?? figure.title ?? figure.name);
  return html`<figure id="${id}">
<div class="plate" data-spec="${spec}"><img alt="${alternative}"${
    size !== null && html` width="${size.width}" height="${size.height}"`
  } src="${svgAddress(figure.svg)}"></div>
<figcaption>${figure.title !== undefined && html`<strong>${figure.title}</strong> `}${
    figure.description !== undefined && inlineMarkdown(figure.description)
  } <span class="files"><code>${figure.name}</code> ${downloads(figure.files, figure.name)}</span></figcaption>
<script type="application/json" id="${spec}">${embeddedJson(figure.spec)}</script>
</figure>
`;
}
