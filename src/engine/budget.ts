/** Cores handed out first come, first served. A demand above the total gets all of them, alone. */
export class Budget {
  readonly #total: number;
  #free: number;
  readonly #waiting: { readonly amount: number; readonly start: () => void }[] = [];

  constructor(total: number) {
    this.#total = total;
    this.#free = total;
  }

  /** Runs `work` while it holds `amount`. */
  async hold<T>(amount: number, work: () => Promise<T>): Promise<T> {
    const held = Math.min(amount, this.#total);
    await new Promise<void>((start) => {
      this.#waiting.push({ amount: held, start });
      this.#serve();
    });
    try {
      return await work();
    } finally {
      this.#free += held;
      this.#serve();
    }
  }

  /** Serves from the front only, so that a large demand is not passed over for ever by small ones. */
  #serve(): void {
    for (let next = this.#waiting[0]; next !== undefined && next.amount <= this.#free; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#free -= next.amount;
      next.start();
    }
  }
}
