/// <reference lib="dom" />
import type { Pixel } from './colours.ts';
import { h, onceAFrame } from './dom.ts';
import { type Grid, neighbour } from './grid.ts';

export interface HeatMapOptions {
  readonly grid: Grid;
  readonly cells: number;
  readonly label: string;
  /** What stands over each column, and before each row; none where the cells are in no such order. */
  readonly over: readonly string[];
  readonly before: readonly string[];
  /** What is said of a cell: to the pointer, and to who cannot see. */
  readonly words: (cell: number) => string;
  readonly choose: (cell: number) => void;
}

/** CSS pixels of a cell at most, and from which on cells stand apart and show how far they are. */
const LARGEST = 30;
const APART = 7;

/** Of the labels at the edges, in CSS pixels. */
const FONT = 11;
const FONT_FAMILY = 'system-ui, "DejaVu Sans", sans-serif';
const LONGEST_LABEL = 140;
/** Room that the last label over a column may need beyond it. */
const EDGE = 12;

/**
 * Cells as a picture. The picture has one pixel a cell, which is all that changes when cells do; it is drawn to size once
 * a frame, so that a hundred thousand cells cost no more than a small photograph.
 */
export class HeatMap {
  readonly element: HTMLElement;
  readonly #options: HeatMapOptions;
  readonly #canvas: HTMLCanvasElement;
  readonly #image: ImageData;
  readonly #pixels: Uint32Array;
  readonly #small: HTMLCanvasElement;
  readonly #tip = h('div', { class: 'tip', hidden: true });
  readonly #told: HTMLElement;
  #progress: ArrayLike<number> | undefined;
  #cursor = -1;
  #size = 0;
  /** Room for labels before and over the cells. */
  #left = 0;
  #top = 0;
  readonly #ask = onceAFrame(() => this.#draw());

  constructor(options: HeatMapOptions) {
    this.#options = options;
    const { columns, rows } = options.grid;
    this.#image = new ImageData(columns, rows);
    this.#pixels = new Uint32Array(this.#image.data.buffer);
    this.#small = h('canvas', { width: columns, height: rows });
    this.#canvas = h('canvas', { 'aria-hidden': 'true' });
    this.#told = h('span', { class: 'hidden', 'aria-live': 'polite' });
    this.element = h(
      'div',
      {
        class: 'map',
        tabindex: 0,
        role: 'application',
        'aria-label': options.label,
        'aria-roledescription': 'heat map',
        onkeydown: (event: KeyboardEvent) => this.#key(event),
        onpointermove: (event: PointerEvent) => this.#hover(event),
        onpointerleave: () => this.#tip.setAttribute('hidden', ''),
        onclick: (event: MouseEvent) => this.#click(event),
        onfocus: () => this.#move(Math.max(this.#cursor, 0)),
      },
      this.#canvas,
      this.#told,
      this.#tip,
    );
    new ResizeObserver(() => this.#ask()).observe(this.element);
  }

  /** Gives each cell its colour, and how far it is: 1 where that is not shown. */
  paint(colourOf: (cell: number) => Pixel, progress?: ArrayLike<number>): void {
    for (let cell = 0; cell < this.#options.cells; cell++) this.#pixels[cell] = colourOf(cell);
    this.#progress = progress;
    this.#ask();
  }

  select(cell: number): void {
    this.#cursor = cell;
    this.#ask();
  }

  #draw(): void {
    const { columns, rows } = this.#options.grid;
    const context = this.#canvas.getContext('2d')!;
    context.font = `${FONT}px ${FONT_FAMILY}`;
    const { over, before } = this.#options;
    const longest = before.reduce((most, text) => Math.max(most, context.measureText(text).width), 0);
    this.#left = before.length > 0 ? Math.ceil(Math.min(longest, LONGEST_LABEL)) + 8 : 0;
    this.#top = over.length > 0 ? FONT + 6 : 0;
    const room = (this.element.parentElement?.clientWidth ?? 0) - 2 - this.#left - EDGE;
    if (room <= 0) return;
    const size = Math.max(2, Math.min(LARGEST, Math.floor(room / columns)));
    this.#size = size;
    const ratio = devicePixelRatio;
    const [width, height] = [this.#left + columns * size + (over.length > 0 ? EDGE : 2), this.#top + rows * size + 2];
    if (this.#canvas.width !== Math.round(width * ratio) || this.#canvas.height !== Math.round(height * ratio)) {
      this.#canvas.width = Math.round(width * ratio);
      this.#canvas.height = Math.round(height * ratio);
      // By the object model: the page's policy allows no style attributes.
      this.#canvas.style.width = `${width}px`;
      this.#canvas.style.height = `${height}px`;
    }
    this.#small.getContext('2d')!.putImageData(this.#image, 0, 0);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    this.#drawLabels(context, size);
    context.translate(this.#left, this.#top);
    context.imageSmoothingEnabled = false;
    context.drawImage(this.#small, 0, 0, columns * size, rows * size);
    if (size >= APART) this.#drawApart(context, size);
    this.#drawCursor(context, size);
  }

  /** As many as have room. */
  #drawLabels(context: CanvasRenderingContext2D, size: number): void {
    const { over, before } = this.#options;
    context.font = `${FONT}px ${FONT_FAMILY}`;
    context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--soft');
    context.textBaseline = 'middle';
    context.textAlign = 'right';
    const rows = Math.ceil((FONT + 3) / size);
    for (let row = 0; row < before.length; row += rows) {
      context.fillText(before[row], this.#left - 6, this.#top + (row + 0.5) * size, LONGEST_LABEL);
    }
    const widest = over.reduce((most, text) => Math.max(most, context.measureText(text).width), 0);
    const columns = Math.ceil((widest + 8) / size);
    context.textAlign = 'center';
    for (let column = 0; column < over.length; column += columns) {
      const middle = this.#left + (column + 0.5) * size;
      const half = context.measureText(over[column]).width / 2;
      if (middle + half <= this.#left + over.length * size + EDGE)
        context.fillText(over[column], middle, this.#top - FONT / 2 - 3);
    }
  }

  /** Gaps between cells; and in a cell that is under way, how much of it is not done yet. */
  #drawApart(context: CanvasRenderingContext2D, size: number): void {
    const { columns, rows } = this.#options.grid;
    const style = getComputedStyle(document.documentElement);
    if (this.#progress !== undefined) {
      context.fillStyle = style.getPropertyValue('--s-waiting');
      for (let cell = 0; cell < this.#options.cells; cell++) {
        const open = 1 - this.#progress[cell];
        if (open <= 0) continue;
        const [x, y] = [(cell % columns) * size, Math.floor(cell / columns) * size];
        context.fillRect(x + 2, y + 2, size - 5, Math.round((size - 5) * open));
      }
    }
    context.fillStyle = style.getPropertyValue('--paper');
    for (let column = 1; column <= columns; column++) context.fillRect(column * size - 1, 0, 1, rows * size);
    for (let row = 1; row <= rows; row++) context.fillRect(0, row * size - 1, columns * size, 1);
  }

  #drawCursor(context: CanvasRenderingContext2D, size: number): void {
    if (this.#cursor < 0) return;
    const { columns } = this.#options.grid;
    const [x, y] = [(this.#cursor % columns) * size, Math.floor(this.#cursor / columns) * size];
    const style = getComputedStyle(document.documentElement);
    context.lineWidth = 4;
    context.strokeStyle = style.getPropertyValue('--paper');
    context.strokeRect(x - 0.5, y - 0.5, size, size);
    context.lineWidth = 2;
    context.strokeStyle = style.getPropertyValue('--cursor');
    context.strokeRect(x - 0.5, y - 0.5, size, size);
  }

  #at(event: MouseEvent): number | undefined {
    const { left, top } = this.#canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - left - this.#left, event.clientY - top - this.#top];
    const [column, row] = [x, y].map((offset) => Math.floor(offset / this.#size));
    const { columns } = this.#options.grid;
    const cell = row * columns + column;
    return column >= 0 && column < columns && row >= 0 && cell < this.#options.cells ? cell : undefined;
  }

  #hover(event: PointerEvent): void {
    const cell = this.#at(event);
    this.#tip.toggleAttribute('hidden', cell === undefined);
    if (cell === undefined) return;
    this.#tip.textContent = this.#options.words(cell);
    const { width, height } = this.#tip.getBoundingClientRect();
    this.#tip.style.left = `${Math.min(event.clientX + 14, innerWidth - width - 8)}px`;
    this.#tip.style.top = `${event.clientY + 16 + height > innerHeight ? event.clientY - height - 10 : event.clientY + 16}px`;
  }

  #click(event: MouseEvent): void {
    const cell = this.#at(event);
    if (cell === undefined) return;
    this.select(cell);
    this.#options.choose(cell);
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      if (this.#cursor >= 0) this.#options.choose(this.#cursor);
      return;
    }
    const to = neighbour(Math.max(this.#cursor, 0), event.key, this.#options.grid, this.#options.cells);
    if (!/^(Arrow|Home|End)/.test(event.key)) return;
    event.preventDefault();
    this.#move(to);
  }

  #move(cell: number): void {
    this.select(cell);
    this.#told.textContent = this.#options.words(cell);
  }
}
