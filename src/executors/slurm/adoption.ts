import type { Digest } from '../../store/canonical.ts';
import { type BatchJournal, batchFolder, readJournals, readSubmitted } from './batch.ts';
import { readResult, resultNames } from './resultFiles.ts';
import { type Batch, newBatch, type Work } from './work.ts';

interface Place {
  readonly journal: BatchJournal;
  readonly element: number;
  readonly at: number;
}

/**
 * The jobs that earlier runs submitted and did not wait for. What they are at is found by the keys of their actions, so
 * whoever has the lease of an action may wait for its job as if it were his own.
 */
export class Adoption {
  readonly #storeRoot: string;
  readonly #places = new Map<Digest, Place[]>();
  readonly #batches = new Map<string, Batch>();

  constructor(storeRoot: string) {
    this.#storeRoot = storeRoot;
    for (const journal of readJournals(storeRoot)) {
      journal.elements.forEach((keys, element) => {
        keys.forEach((key, at) => {
          const places = this.#places.get(key);
          if (places === undefined) this.#places.set(key, [{ journal, element, at }]);
          else places.push({ journal, element, at });
        });
      });
    }
  }

  /** The array that does an action already, with the action in its place; undefined where none does. Once for each action. */
  adopt(work: Work, now: number): Batch | undefined {
    const places = this.#places.get(work.action.key);
    if (places === undefined) return undefined;
    this.#places.delete(work.action.key);
    const [found] = [this.#hasResult, this.#isAtIt].flatMap((fits) => places.filter(fits));
    if (found === undefined) return undefined;
    const batch = this.#batchOf(found.journal, now);
    batch.elements[found.element].works[found.at] = work;
    batch.elements[found.element].closed = false;
    return batch;
  }

  readonly #hasResult = ({ journal, element, at }: Place): boolean =>
    this.#records({ journal, element, at }).some(({ results }) =>
      results.some(([place, result]) => place === at && result.ok),
    );

  /** A job that told its last and gave no good result is not waited for: this run may do better. */
  readonly #isAtIt = (place: Place): boolean =>
    this.#records(place).every(({ end, results }) => end === undefined && !results.some(([at]) => at === place.at));

  #records({ journal: { token }, element }: Place) {
    const folder = batchFolder(this.#storeRoot, token);
    const names = resultNames(folder).filter((name) => name.element === element);
    return names.flatMap((name) => readResult(folder, token, name) ?? []);
  }

  #batchOf({ token, elements }: BatchJournal, now: number): Batch {
    const known = this.#batches.get(token);
    if (known !== undefined) return known;
    const folder = batchFolder(this.#storeRoot, token);
    const job = readSubmitted(folder);
    const adopted = job === undefined ? 'unsure' : 'sure';
    const nobodys = elements.map((keys) => keys.map(() => undefined));
    const batch = newBatch({ token, folder, adopted }, now, nobodys);
    if (job !== undefined) batch.jobs.add(job);
    for (const element of batch.elements) element.closed = true; // until somebody asks for one of its actions
    this.#batches.set(token, batch);
    return batch;
  }
}
