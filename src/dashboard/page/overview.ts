/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type { RunNow, Snapshot, StageNow } from '../protocol.ts';
import { byId, fill, h } from './dom.ts';
import { briefly, runWords, STATE_WORDS } from './words.ts';

const addressOf = (stage: string): string => `#/stage/${encodeURIComponent(stage)}`;

interface Entry {
  readonly link: HTMLElement;
  readonly dot: HTMLElement;
  readonly count: HTMLElement;
  /** What the dot says, for who cannot see it. */
  readonly words: HTMLElement;
}

/** The stages as a list and as a graph, each with its state. */
export class Overview {
  readonly #entries = new Map<string, Entry>();
  readonly #boxes = new Map<string, SVGElement>();
  #selected: string | undefined;

  constructor({ chapters, stages }: Snapshot) {
    fill(
      byId('stages'),
      chapters.map((chapter) => [
        h('h2', {}, chapter.title),
        h(
          'ul',
          {},
          chapter.stages.map((name) => this.#entry(name)),
        ),
      ]),
    );
    for (const box of document.querySelectorAll<SVGElement>('.dag [data-stage]'))
      this.#boxes.set(box.dataset.stage!, box);
    for (const stage of stages) this.update(stage);
  }

  #entry(name: string): HTMLElement {
    const [dot, count] = [h('span', { class: 'dot', 'aria-hidden': 'true' }), h('span')];
    const words = h('span', { class: 'hidden' });
    const link = h('a', { href: addressOf(name) }, dot, h('span', {}, name, words), count);
    this.#entries.set(name, { link, dot, count, words });
    return h('li', {}, link);
  }

  update(stage: StageNow): void {
    const { name, state, settled, actions } = stage;
    const entry = this.#entries.get(name);
    if (entry !== undefined) {
      entry.dot.className = `dot ${state}`;
      entry.count.textContent = briefly(stage);
      entry.words.textContent = `, ${STATE_WORDS[state]}, `;
    }
    const box = this.#boxes.get(name);
    const bar = box?.querySelector<SVGElement>('.bar');
    if (box === undefined || !bar) return;
    box.setAttribute('class', `stage ${state}`);
    box.setAttribute('aria-label', `${box.textContent?.trim()}: ${STATE_WORDS[state]}, ${settled} of ${actions}`);
    bar.setAttribute('width', String(Math.round((Number(bar.dataset.width) * settled) / Math.max(actions, 1))));
  }

  /** Marks a stage, and what flows into and out of it, and brings it into sight. */
  select(name: string | undefined): void {
    if (name === this.#selected) return;
    this.#selected = name;
    for (const [stage, { link }] of this.#entries) mark(link, stage === name);
    for (const [stage, box] of this.#boxes) mark(box, stage === name);
    for (const path of document.querySelectorAll<SVGElement>('.dag .lines path')) {
      path.classList.toggle('near', path.dataset.from === name || path.dataset.to === name);
    }
    const box = name === undefined ? undefined : this.#boxes.get(name);
    if (box === undefined) return;
    const pane = byId('dag');
    const [inner, outer] = [box.getBoundingClientRect(), pane.getBoundingClientRect()];
    pane.scrollTo({
      left: pane.scrollLeft + inner.left + inner.width / 2 - outer.left - outer.width / 2,
      top: pane.scrollTop + inner.top + inner.height / 2 - outer.top - outer.height / 2,
    });
    const entry = this.#entries.get(name!)?.link;
    if (entry !== undefined) bringIntoSight(entry, byId('stages'));
  }
}

/** Scrolls a list and not the page around it. */
function bringIntoSight(entry: HTMLElement, list: HTMLElement): void {
  const [inner, outer] = [entry.getBoundingClientRect(), list.getBoundingClientRect()];
  const height = Math.min(outer.bottom, innerHeight) - outer.top;
  if (inner.top >= outer.top && inner.bottom <= outer.top + height) return;
  list.scrollTop += inner.top - outer.top - height / 2;
}

function mark(element: Element, isSelected: boolean): void {
  if (isSelected) element.setAttribute('aria-current', 'true');
  else element.removeAttribute('aria-current');
}

/** The line that says what the run is at. */
export function showRun(run: RunNow | null, isConnected: boolean): void {
  const place = byId('run');
  if (run === null) {
    fill(place, h('span', { class: 'soft' }, 'No run yet'));
    return;
  }
  place.className = isConnected ? run.state.replace(' ', '-') : '';
  const bar = h('span');
  bar.style.width = `${(100 * run.settled) / Math.max(run.actions, 1)}%`;
  fill(
    place,
    isConnected
      ? runWords(run, Date.now())
      : 'The server does not answer; what was last known is shown, and it is tried again.',
    h('span', { class: 'track', 'aria-hidden': 'true' }, bar),
  );
}
