/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { formatValue } from '../format.ts';
import type { Drawn, Series } from './drawn.ts';
import { button, element } from './element.ts';
import type { Movement } from './move.ts';
import { type Saved, save } from './save.ts';
import type { Axis } from './vega.ts';

/** How much closer one press brings a figure. */
const STEP = 1.5;

/** The row of buttons below a figure. All that the pointer does in a figure can be done here from the keyboard. */
export class Tools {
  readonly bar: HTMLElement;
  readonly #figure: string;
  readonly #saving: HTMLElement;
  /** Values that are hidden, by field: they stay so when a figure is drawn anew. */
  readonly #hidden = new Map<string, Set<unknown>>();
  #back: HTMLButtonElement | undefined;

  constructor(figure: string, files: readonly Saved[]) {
    this.#figure = figure;
    this.bar = element('div', { class: 'tools', role: 'group', 'aria-label': `Tools of ${figure}` });
    this.#saving = group(
      'Save',
      files.map((file) => button(file.label, () => save(file), `${file.label}: save ${figure} as shown`)),
    );
  }

  /** Offers what can be done with a figure as it is drawn now. */
  show(drawn: Drawn, movement: Movement, flip: (axis: Axis) => Promise<void>): void {
    const active = this.bar.contains(document.activeElement) ? (document.activeElement as HTMLElement) : undefined;
    const parts = [
      ...drawn.series.map((series) => this.#seriesGroup(drawn, series)),
      ...(drawn.switches.length === 0 ? [] : [this.#scaleGroup(drawn, flip)]),
      ...(drawn.areas.length === 0 ? [] : [this.#zoomGroup(movement)]),
      this.#saving,
    ];
    this.bar.replaceChildren(...parts);
    const key = active?.dataset.key;
    if (key !== undefined) this.bar.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus();
    if (!drawn.ownLegends) this.#listenToLegends(drawn);
  }

  tellZoomed(zoomed: boolean): void {
    if (this.#back !== undefined) this.#back.disabled = !zoomed;
  }

  #seriesGroup(drawn: Drawn, series: Series): HTMLElement {
    const { field, values } = series;
    const hidden = this.#hidden.get(field) ?? new Set();
    this.#hidden.set(field, hidden);
    const tell = () => {
      drawn.view.signal(series.signal, [...hidden]);
      void drawn.view.runAsync();
    };
    if (hidden.size > 0) tell();
    const buttons = values.map(({ value, colour }) => {
      const label = `${formatValue(value)}`;
      const made = button(
        label,
        (self) => {
          if (!hidden.delete(value)) hidden.add(value);
          self.ariaPressed = String(!hidden.has(value));
          tell();
        },
        `${label}: show ${field} ${label} in ${this.#figure}`,
      );
      made.ariaPressed = String(!hidden.has(value));
      const swatch = element('span', { class: 'swatch' });
      if (colour !== undefined) swatch.style.backgroundColor = colour;
      made.prepend(swatch);
      made.dataset.series = label;
      return made;
    });
    return group(field, buttons);
  }

  #scaleGroup(drawn: Drawn, flip: (axis: Axis) => Promise<void>): HTMLElement {
    const buttons = drawn.switches.map(({ axis, now }) => {
      const words = `${axis} ${now === 'log' ? 'linear' : 'logarithmic'}`;
      const made = button(words, () => flip(axis), `${words}: another ${axis} axis for ${this.#figure}`);
      made.dataset.key = axis; // the button that takes its place says something else
      return made;
    });
    return group('Axes', buttons);
  }

  #zoomGroup(movement: Movement): HTMLElement {
    this.#back = button('reset', () => movement.reset(), `reset the view of ${this.#figure}`);
    this.#back.disabled = true;
    const made = group('Zoom', [
      button('+', () => movement.zoom(1 / STEP), `+: closer, ${this.#figure}`),
      button('−', () => movement.zoom(STEP), `−: wider, ${this.#figure}`),
      this.#back,
    ]);
    made.title = 'Drag to move, Ctrl and the wheel to zoom, double click to go back';
    return made;
  }

  /** A click on a legend's entry does what its button does. */
  #listenToLegends({ view }: Drawn): void {
    view.addEventListener('click', (_event, item) => {
      const { mark, datum } = (item ?? {}) as { mark?: { role?: string }; datum?: { value?: unknown } };
      if (mark?.role?.startsWith('legend-') !== true || datum?.value === undefined) return;
      this.bar
        .querySelector<HTMLButtonElement>(`button[data-series="${CSS.escape(formatValue(datum.value))}"]`)
        ?.click();
    });
  }
}

const group = (name: string, buttons: readonly HTMLButtonElement[]): HTMLElement =>
  element(
    'span',
    { class: 'toolset', role: 'group', 'aria-label': name },
    element('span', { class: 'of' }, name),
    ...buttons,
  );
