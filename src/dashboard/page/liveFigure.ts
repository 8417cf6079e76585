/// <reference lib="dom" />
import { plural } from '../../report/format.ts';
import type { FigureSoFar } from '../protocol.ts';
import { fill, h } from './dom.ts';
import { ask, showFigure } from './server.ts';

/** Milliseconds between a drawing and the question for the next. */
const AGAIN_MS = 1500;

/** A figure; until all is there, drawn from what is, and again as more arrives. */
export class LiveFigure {
  readonly element = h('div');
  readonly #stage: string;
  #isWhole: boolean | undefined;
  #timer = 0;
  #shown = '';

  constructor(stage: string) {
    this.#stage = stage;
  }

  now(isWhole: boolean): void {
    if (isWhole === this.#isWhole) return;
    this.#isWhole = isWhole;
    clearTimeout(this.#timer);
    if (isWhole) this.#show({ at: String(Date.now()) }, `Figure ${this.#stage}`, undefined);
    else void this.#draw();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#isWhole = undefined;
  }

  async #draw(): Promise<void> {
    try {
      const { digest, takenIn, lacks } = await ask<FigureSoFar>('so-far', { stage: this.#stage });
      if (this.#isWhole !== false) return;
      if (digest !== null) this.#show({ 'so-far': digest }, `Figure ${this.#stage}, so far`, wordsOf(takenIn));
      else if (this.#shown === '') {
        fill(
          this.element,
          h('p', { class: 'soft' }, `No figure yet: it needs what ${lacks ?? 'comes before it'} gives.`),
        );
      }
    } catch {
      // The server is away: it is asked again.
    }
    if (this.#isWhole === false) this.#timer = setTimeout(() => void this.#draw(), AGAIN_MS) as unknown as number;
  }

  #show(which: Readonly<Record<string, string>>, alt: string, caption: string | undefined): void {
    const shown = `${Object.entries(which)} ${caption}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    const image = h('img', { alt });
    const place = h('figure', { class: 'figure' }, image, caption !== undefined && h('figcaption', {}, caption));
    // The one before stays until the next can be shown: nothing jumps.
    showFigure(image, { stage: this.#stage, ...which }).then(
      () => fill(this.element, place),
      () => fill(this.element, h('p', { class: 'soft' }, 'The figure is not to be had.')),
    );
  }
}

/** What is in a drawing of what is there so far. */
function wordsOf(takenIn: FigureSoFar['takenIn']): string {
  if (takenIn.length === 0) return 'So far: all that it is made of is there; the figure itself is being drawn.';
  const parts = takenIn.map(({ stage, cells, ofCells, fewest, most, ofReplicates }) => {
    const count = fewest === most ? String(fewest) : `${fewest} to ${most}`;
    const where = ofCells === 1 ? '' : `, in ${cells} of ${plural(ofCells, 'cell')}`;
    return `${stage}: ${count} of ${plural(ofReplicates, 'replicate')}${where}`;
  });
  return `So far — ${parts.join(' · ')}. Intervals are those of the replicates taken in, and narrow as more arrive.`;
}
