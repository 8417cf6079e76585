import { writeSubmitted } from './batch.ts';
import { SlurmError } from './command.ts';
import { type Clock, Rate } from './rate.ts';
import type { Settlement } from './settlement.ts';
import type { Batch } from './work.ts';

/** Hands arrays to the cluster, and writes down what it answered. */
export class Sender {
  readonly rate: Rate;
  readonly #clock: Clock;
  readonly #settlement: Settlement;
  /** Why the last submission was not answered; undefined where it was. */
  trouble: string | undefined;

  /** @param perSecond submissions at most */
  constructor(perSecond: number, clock: Clock, settlement: Settlement) {
    this.rate = new Rate(1000 / perSecond);
    this.#clock = clock;
    this.#settlement = settlement;
  }

  async send(batch: Batch, request: () => Promise<string>): Promise<void> {
    const tries = batch.unsure?.tries ?? 0;
    this.trouble = undefined;
    try {
      const job = await request();
      batch.jobs.add(job);
      batch.unsure = undefined;
      writeSubmitted(batch.folder, job);
      this.rate.asked(this.#clock.now(), true);
    } catch (error) {
      if (!(error instanceof SlurmError) || error.reason === 'missing') throw error;
      const silent = error.reason === 'silent';
      this.rate.asked(this.#clock.now(), !silent);
      if (silent) {
        // It may have been taken all the same: its name is looked for in the queue before it is tried again.
        this.trouble = error.message;
        batch.unsure = { tries: tries + 1, misses: 0, request };
      } else this.#settlement.refused(batch, error);
    }
    batch.since = this.#clock.now();
  }
}
