/// <reference lib="dom" />
import type { View } from 'vega';
import { placedGroups } from './scene.ts';
import { AXES } from './vega.ts';
import {
  domainSignal,
  type Invertible,
  middle,
  movedDomain,
  type PlotArea,
  ZOOMED,
  zoomedDomain,
  zoomScales,
} from './zoom.ts';

/** Pixels that the pointer goes before it moves the figure: less is a click. */
const SLACK = 3;

/** How much closer a turn of the wheel by one pixel brings a figure. */
const WHEEL = 1.002;

/** Pixels of a line, where the wheel counts in lines. */
const LINE = 16;

/** An area under the pointer, and where in it the pointer is. */
interface Under {
  readonly area: PlotArea;
  readonly x: number;
  readonly y: number;
}

/** Moves and zooms a drawn figure: by dragging, by the wheel with Ctrl or ⌘, back by a double click, and by its methods. */
export class Movement {
  readonly #view: View;
  readonly #areas: readonly PlotArea[];
  readonly #changed: (zoomed: boolean) => void;
  #asked = false;

  /** @param changed is told whether the figure is shown otherwise than it was drawn */
  constructor(view: View, areas: readonly PlotArea[], holder: HTMLElement, changed: (zoomed: boolean) => void) {
    this.#view = view;
    this.#areas = areas;
    this.#changed = changed;
    if (zoomScales(areas).length > 0) this.#listen(holder);
  }

  /** Shows `factor` times as much around the middle of each area. */
  zoom(factor: number): void {
    for (const name of zoomScales(this.#areas)) {
      const scale = this.#scale(name);
      this.#show(name, zoomedDomain(scale, middle(scale), factor));
    }
  }

  reset(): void {
    for (const name of zoomScales(this.#areas)) this.#view.signal(domainSignal(name), null);
    this.#view.signal(ZOOMED, false);
    this.#draw();
    this.#changed(false);
  }

  #scale(name: string): Invertible {
    return this.#view.scale(name) as unknown as Invertible;
  }

  #show(name: string, domain: readonly number[]): void {
    const [from = 0, to = 0] = domain;
    if (!Number.isFinite(from) || !Number.isFinite(to) || from === to) return;
    this.#view.signal(domainSignal(name), domain);
    this.#view.signal(ZOOMED, true);
    this.#draw();
    this.#changed(true);
  }

  /** Once for all changes before the next frame. */
  #draw(): void {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      void this.#view.runAsync();
    });
  }

  /** The innermost area under the pointer. */
  #under(event: MouseEvent, drawing: Element): Under | undefined {
    const box = drawing.getBoundingClientRect();
    const shown = shownScale(drawing);
    const [x, y] = [(event.clientX - box.left) / shown, (event.clientY - box.top) / shown];
    for (const { name, item, ...corner } of placedGroups(this.#view).reverse()) {
      const area = this.#areas.find((one) => one.name === name);
      const width = name === undefined ? this.#view.width() : (item.width ?? 0);
      const height = name === undefined ? this.#view.height() : (item.height ?? 0);
      const [left, top] = [x - corner.x, y - corner.y];
      const isIn = left >= 0 && top >= 0 && left <= width && top <= height;
      if (area !== undefined && isIn) return { area, x: left, y: top };
    }
    return undefined;
  }

  #listen(holder: HTMLElement): void {
    const drawing = holder.querySelector<HTMLElement>('svg, canvas');
    if (drawing === null) return;
    let drag: { readonly area: PlotArea; x: number; y: number; moving: boolean } | undefined;
    drawing.addEventListener('pointerdown', (event) => {
      const under = event.button === 0 && event.pointerType !== 'touch' ? this.#under(event, drawing) : undefined;
      drag = under && { area: under.area, x: event.clientX, y: event.clientY, moving: false };
    });
    drawing.addEventListener('pointermove', (event) => {
      if (drag === undefined) return;
      const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
      if (!drag.moving && Math.hypot(dx, dy) < SLACK) return;
      if (!drag.moving) drawing.setPointerCapture(event.pointerId);
      const shown = shownScale(drawing);
      for (const [axis, by] of [
        ['x', dx / shown],
        ['y', dy / shown],
      ] as const) {
        const name = drag.area.scales[axis];
        if (name !== undefined && by !== 0) this.#show(name, movedDomain(this.#scale(name), by));
      }
      drag = { area: drag.area, x: event.clientX, y: event.clientY, moving: true };
    });
    for (const end of ['pointerup', 'pointercancel'] as const) drawing.addEventListener(end, () => (drag = undefined));
    drawing.addEventListener('dblclick', () => this.reset());
    drawing.addEventListener('wheel', (event) => this.#turn(event, drawing), { passive: false });
  }

  /** The wheel turns the page unless it is asked to bring the figure closer. */
  #turn(event: WheelEvent, drawing: Element): void {
    const under = event.ctrlKey || event.metaKey ? this.#under(event, drawing) : undefined;
    if (under === undefined) return;
    event.preventDefault();
    const factor = WHEEL ** (event.deltaY * (event.deltaMode === 0 ? 1 : LINE));
    for (const axis of AXES) {
      const name = under.area.scales[axis];
      if (name !== undefined) this.#show(name, zoomedDomain(this.#scale(name), under[axis], factor));
    }
  }
}

/** Pixels of the page for each of those in which a figure is drawn: a wide one is shown smaller on a narrow screen. */
const shownScale = (drawing: Element): number =>
  drawing.getBoundingClientRect().width /
  (Number(drawing.getAttribute('width')) / (drawing instanceof HTMLCanvasElement ? devicePixelRatio : 1));
