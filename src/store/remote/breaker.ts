/** Failures in a row after which a place is left alone. */
const MOST_FAILURES = 3;

/** Milliseconds for which it is left alone at first; twice as long each time. */
const FIRST_REST = 30_000;

/** So many answers in a row that took longer count as a failure: thousands of them would cost more than they save. */
const SLOW_MS = 2000;
const MOST_SLOW = 100;

/** Leaves a place alone that does not do what is asked, and tries again later with a single request. */
export class Breaker {
  readonly #now: () => number;
  #failures = 0;
  #rest = FIRST_REST;
  #closedUntil = 0;
  #probing = false;
  #slow = 0;

  /** `now`: milliseconds of a clock that only goes forward. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Whether something may be asked now. */
  mayAsk(): boolean {
    if (this.#failures < MOST_FAILURES) return true;
    return this.#now() >= this.#closedUntil && !this.#probing;
  }

  /** Begins a request; what it returns is told how it ended. */
  begin(): (ended: 'well' | 'badly' | 'stopped') => void {
    const started = this.#now();
    const isProbe = this.#failures >= MOST_FAILURES;
    if (isProbe) this.#probing = true;
    return (ended) => {
      if (isProbe) this.#probing = false;
      if (ended === 'stopped') return;
      // Of many that were under way when it broke, one counts.
      if (!isProbe && this.#failures >= MOST_FAILURES) return;
      this.#slow = this.#now() - started < SLOW_MS ? 0 : this.#slow + 1;
      if (ended === 'well' && this.#slow < MOST_SLOW) {
        this.#failures = 0;
        this.#rest = FIRST_REST;
        return;
      }
      this.#failures = ended === 'well' ? MOST_FAILURES : this.#failures + 1;
      if (this.#failures < MOST_FAILURES) return;
      this.#closedUntil = this.#now() + this.#rest;
      this.#rest *= 2;
    };
  }
}
