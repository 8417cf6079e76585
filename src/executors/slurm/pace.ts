/** Milliseconds between two looks at what jobs have told, and the part of them for each array that is looked at. */
const TURN_MS = 250;
const TURN_PER_BATCH_MS = 10;
const LONGEST_TURN_MS = 5000;

/** How much longer a turn gets by each in which nothing came, up to so many milliseconds. */
const QUIET_GROWTH = 1.1;
const QUIET_TURN_MS = 2000;

/** The time from one turn to the next: short after something came, and longer the longer nothing does. */
export class Pace {
  #quiet = TURN_MS;
  #before = 0;

  /** Milliseconds. `came`: how much did since the start; `arrays`: how many are looked at in a turn. */
  turn(came: number, arrays: number): number {
    this.#quiet = came === this.#before ? Math.min(QUIET_TURN_MS, this.#quiet * QUIET_GROWTH) : TURN_MS;
    this.#before = came;
    return Math.min(LONGEST_TURN_MS, Math.max(this.#quiet, TURN_PER_BATCH_MS * arrays));
  }
}

/** Actions gather until for so many milliseconds none came, but no longer than that: what goes as one array is one submission. */
const GATHER_MS = 100;
const LONGEST_GATHER_MS = 1000;

/** How long actions wait for others that can go with them. Times in milliseconds. */
export class Gathering {
  #first = 0;
  #last = 0;

  /** Tells that an action came, and whether none waited before it. */
  came(now: number, first: boolean): void {
    if (first) this.#first = now;
    this.#last = now;
  }

  isOn(now: number): boolean {
    return now - this.#last < GATHER_MS && now - this.#first < LONGEST_GATHER_MS;
  }
}
