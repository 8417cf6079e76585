import { pause } from '../../engine/pause.ts';

/** Time, as the executor sees it: milliseconds that no change of the wall clock moves. */
export interface Clock {
  now(): number;
  /** Resolves after that time, or as soon as the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) => pause(milliseconds / 1000, signal),
};

/** The longest that is waited after an answer that did not come, in milliseconds. */
const LONGEST_MS = 60_000;
const FIRST_MS = 1000;

/** Bounds how often something is asked for, and asks less often the longer nobody answers. */
export class Rate {
  readonly #gap: number;
  #next = Number.NEGATIVE_INFINITY;
  #failures = 0;
  /** How often it was asked. */
  count = 0;

  /** @param gap least milliseconds between two questions */
  constructor(gap: number) {
    this.#gap = gap;
  }

  isDue(now: number): boolean {
    return now >= this.#next;
  }

  /** Tells that so many questions were asked, and whether they were answered. */
  asked(now: number, answered: boolean, questions = 1): void {
    this.count += questions;
    this.#failures = answered ? 0 : this.#failures + 1;
    const pause = answered ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** (this.#failures - 1));
    this.#next = now + Math.max(this.#gap * questions, pause);
  }
}
