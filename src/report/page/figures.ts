/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import embed, { type VisualizationSpec } from 'vega-embed';
import { withHoverPoints } from './hover.ts';
import { shownSpec } from './spec.ts';

/** Puts the interactive figure in the place of its drawing. A figure that cannot be embedded keeps the drawing. */
async function embedFigure(plate: HTMLElement): Promise<void> {
  const text = document.getElementById(plate.dataset.spec ?? '')?.textContent;
  const drawing = plate.querySelector('img');
  if (text === null || text === undefined || drawing === null) return;
  const padding = Number.parseFloat(getComputedStyle(plate).paddingLeft);
  const { spec, renderer, config } = shownSpec(
    JSON.parse(text),
    plate.clientWidth - 2 * padding,
    Number(drawing.getAttribute('width') ?? 0),
  );
  const holder = document.createElement('div');
  await embed(holder, spec as unknown as VisualizationSpec, {
    mode: 'vega-lite',
    actions: false,
    ast: true, // expressions are interpreted: the page's policy allows no eval
    defaultStyle: false, // the page's style sheet is the only one that its policy allows
    tooltip: { disableDefaultStyle: true },
    renderer,
    config: config as never,
    patch: withHoverPoints as never,
  });
  // The library names every figure alike; what it shows is said by the drawing that it replaces.
  holder.setAttribute('role', 'img');
  holder.setAttribute('aria-label', drawing.alt);
  holder.removeAttribute('aria-roledescription');
  drawing.replaceWith(holder);
}

/** Embeds each figure when it comes near the window. */
export function embedFigures(): void {
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        embedFigure(target as HTMLElement).catch((error) =>
          console.error(`figure ${target.parentElement?.id}:`, error),
        );
      }
    },
    { rootMargin: '600px' },
  );
  for (const plate of document.querySelectorAll('.plate')) observer.observe(plate);
}
