import { removeBatch } from './batch.ts';
import { type Batch, type Element, openWorks } from './work.ts';

/** Milliseconds after which the folder of an array whose results are all taken is of no use: they are on record. */
const CLEAN_MS = 60_000;

/** The arrays of jobs of a run. Iterates over those that are waited for. */
export class Batches implements Iterable<Batch> {
  readonly #open = new Set<Batch>();
  /** Those that are not waited for any more, since when. */
  readonly #settled = new Map<Batch, number>();

  /** How many are waited for. */
  get size(): number {
    return this.#open.size;
  }

  [Symbol.iterator](): Iterator<Batch> {
    return this.#open.values();
  }

  add(batch: Batch): void {
    this.#open.add(batch);
  }

  /** Jobs that are queued or running, as far as is known. */
  live(): Element[] {
    return [...this.#open].flatMap(({ elements }) => elements.filter(({ closed }) => !closed));
  }

  /** Lets go of arrays of which nothing more is expected, and some time later of their folders; `now` in milliseconds. */
  retire(now: number): void {
    for (const batch of this.#open) {
      for (const element of batch.elements) if (openWorks(element).length === 0) element.closed = true;
      if (batch.elements.some(({ closed }) => !closed)) continue;
      this.#open.delete(batch);
      this.#settled.set(batch, now);
    }
    this.#clean(now - CLEAN_MS);
  }

  /** Removes, at the end of a run, what nobody will ask for: all results that were taken are on record. */
  finish(): void {
    this.#clean(Number.POSITIVE_INFINITY);
  }

  /** Removes what is waited for: its jobs were cancelled. */
  drop(): void {
    for (const { folder } of this.#open) removeBatch(folder);
    this.#open.clear();
  }

  /** Removes folders of arrays that were let go before a moment, if their results were all taken. */
  #clean(before: number): void {
    for (const [batch, since] of this.#settled) {
      if (since > before) continue;
      this.#settled.delete(batch);
      const taken = batch.elements.every(({ works }) => works.every((work) => work?.done));
      if (taken) removeBatch(batch.folder);
    }
  }
}
