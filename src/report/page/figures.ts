/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { dataTable } from './dataTable.ts';
import { type Drawn, draw, valuesOf } from './drawn.ts';
import { element } from './element.ts';
import { Movement } from './move.ts';
import { datasetsOf } from './rows.ts';
import { savedFiles } from './save.ts';
import { shownSpec } from './spec.ts';
import { Tools } from './tools.ts';
import { unpacked } from './unpack.ts';
import type { Axis } from './vega.ts';

/** Puts the interactive figure in the place of its drawing. A figure that cannot be embedded keeps the drawing. */
async function embedFigure(plate: HTMLElement): Promise<void> {
  const text = await unpacked(plate.dataset.spec ?? '');
  const drawing = plate.querySelector('img');
  if (text === undefined || drawing === null) return;
  const given = JSON.parse(text);
  const shown = shownSpec(given);
  const holder = element('div', { role: 'img', 'aria-label': drawing.alt });
  const flipped = new Map<Axis, number>();
  /** Draws the figure as it is to be now, and only then takes the one of before away. */
  const redraw = async (): Promise<Drawn> => {
    const frame = document.createElement('div');
    const next = await draw(frame, shown, flipped);
    // The library names every figure alike; what it shows is said by the drawing that it replaces.
    for (const name of ['role', 'aria-label', 'aria-roledescription']) frame.removeAttribute(name);
    holder.replaceChildren(frame);
    return next;
  };
  let drawn = await redraw();
  drawing.replaceWith(holder);

  const name = plate.dataset.figure ?? 'figure';
  const tools = new Tools(
    name,
    savedFiles(name, () => drawn.view, text, datasetsOf(given)),
  );
  plate.after(tools.bar);
  const begin = (): void => {
    const { view, areas } = drawn;
    tools.show(drawn, new Movement(view, areas, holder, (zoomed) => tools.tellZoomed(zoomed)), flip);
  };
  const flip = async (axis: Axis): Promise<void> => {
    if (!flipped.delete(axis)) {
      const fields = drawn.switches.find((one) => one.axis === axis)?.fields ?? [];
      flipped.set(axis, Math.min(...valuesOf(drawn.view, fields).filter((value) => value > 0)));
    }
    const before = drawn;
    drawn = await redraw();
    before.remove();
    begin();
  };
  begin();
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

/** Puts the tables behind a figure in their places when they are first opened. */
export function fillData(): void {
  for (const details of document.querySelectorAll<HTMLDetailsElement>('details.data'))
    details.addEventListener('toggle', () => fill(details), { once: true });
}

async function fill(details: HTMLDetailsElement): Promise<void> {
  const text = await unpacked(details.dataset.spec ?? '');
  if (text === undefined) return;
  const tables = datasetsOf(JSON.parse(text));
  const { figure = '' } = details.dataset;
  for (const [name, rows] of tables) details.append(dataTable(tables.size > 1 ? `${figure}, ${name}` : figure, rows));
}
