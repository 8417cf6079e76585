/** Seconds that a rate looks back, and the fewest actions in them that make one. */
const WINDOW = 30;
const FEWEST = 3;

/** Buckets of a second, in which actions are counted. */
export class Rate {
  readonly #counts: { readonly second: number; actions: number }[] = [];

  /** An action was computed at that second. */
  count(at: number): void {
    const second = Math.floor(at);
    const last = this.#counts.at(-1);
    if (last?.second === second) last.actions++;
    else this.#counts.push({ second, actions: 1 });
  }

  /** Actions in the last seconds; undefined where there were too few to speak of a rate. */
  at(now: number): { readonly actions: number; readonly seconds: number } | undefined {
    while (this.#counts.length > 0 && this.#counts[0].second < now - WINDOW) this.#counts.shift();
    const actions = this.#counts.reduce((sum, each) => sum + each.actions, 0);
    if (actions < FEWEST || now < 1) return undefined;
    return { actions, seconds: Math.min(WINDOW, now) };
  }
}
