/** Thrown when interpolation or a matrix would make a plan of absurd size; carries no place, the caller knows it. */
export class PlanTooLarge extends Error {}

/**
 * How much a plan may hold. References can multiply like aliases (ten parameters that each name the one before ten
 * times are 10^10 values), so every resolved value is paid for before it is made.
 */
export class Budget {
  #left: number;

  constructor(values = 10_000_000) {
    this.#left = values;
  }

  /** Throws PlanTooLarge when the plan has become too large. */
  spend(values: number): void {
    this.#left -= values;
    if (this.#left < 0) throw new PlanTooLarge('the study expands to more than 10,000,000 values');
  }

  /** Long texts cost as much as the values that would take their room. */
  spendText(text: string): void {
    this.spend(1 + (text.length >> 4));
  }
}
