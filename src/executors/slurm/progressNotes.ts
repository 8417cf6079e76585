import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { progressName, resultsFolder } from './resultFiles.ts';

/** Milliseconds from one note of a job to its next, and by how much each job of its array stretches that: all use one disk. */
const NOTE_MS = 5000;
const NOTE_PER_JOB_MS = 50;

/**
 * Tells how far the action is that a job is at, in the name of an empty file beside the job's records: whoever lists these
 * sees it, and asks nobody. An array of 500 jobs renames 17 files a second at most; a job of seconds tells nothing.
 */
export class ProgressNotes {
  readonly #folder: string;
  readonly #element: number;
  readonly #attempt: number;
  readonly #gap: number;
  #next: number;
  #last: string | undefined;

  /** @param jobs of the array; @param now milliseconds */
  constructor(
    batch: string,
    job: { readonly element: number; readonly attempt: number; readonly jobs: number },
    now: number,
  ) {
    this.#folder = resultsFolder(batch);
    this.#element = job.element;
    this.#attempt = job.attempt;
    this.#gap = NOTE_MS + NOTE_PER_JOB_MS * job.jobs;
    this.#next = now + this.#gap;
  }

  tell(at: number, fraction: number, now: number): void {
    if (now < this.#next || fraction <= 0) return;
    this.#next = now + this.#gap;
    const name = progressName({ element: this.#element, attempt: this.#attempt, at, fraction });
    if (name === this.#last) return;
    try {
      // Where the folder is gone, whoever waited has all that it needs.
      if (this.#last === undefined) writeFileSync(join(this.#folder, name), '');
      else renameSync(join(this.#folder, this.#last), join(this.#folder, name));
      this.#last = name;
    } catch {
      this.#last = undefined; // nobody needs it
    }
  }

  clear(): void {
    if (this.#last === undefined) return;
    try {
      rmSync(join(this.#folder, this.#last), { force: true });
    } catch {} // it goes with its folder
    this.#last = undefined;
  }
}
