import type { ClusterState } from '../../engine/events.ts';
import type { Queue, QueueOptions, Task, TaskResult } from '../../engine/task.ts';
import { Cas } from '../../store/cas.ts';
import { Adoption } from './adoption.ts';
import { Batches } from './batches.ts';
import type { Cluster } from './cluster.ts';
import { collect } from './collect.ts';
import { SlurmError } from './command.ts';
import { Gathering, Pace } from './pace.ts';
import { type Clock, Rate, systemClock } from './rate.ts';
import { Sender } from './sender.ts';
import type { Limits } from './settings.ts';
import { Settlement } from './settlement.ts';
import { clusterState } from './state.ts';
import { Submitter, type SubmitterOptions } from './submitter.ts';
import { isUnheard, Watch } from './watch.ts';
import { type Element, openWorks, type Work } from './work.ts';

/** Milliseconds between two looks whether a controller that was silent is to be asked again. */
const LOOK_MS = 250;

/** Milliseconds for which a controller that is silent at the start of a run is asked again. */
const FIRST_PATIENCE_MS = 120_000;

export interface SlurmOptions extends SubmitterOptions {
  readonly cluster: Cluster;
  readonly limits: Limits;
  readonly clock?: Clock;
  onState?(state: ClusterState): void;
}

/** Does actions as jobs of a Slurm cluster that shares the disk of the store. */
export class SlurmExecutor implements Queue {
  readonly #options: SlurmOptions;
  readonly #clock: Clock;
  readonly #cas: Cas;
  readonly #submitter: Submitter;
  readonly #sender: Sender;
  readonly #settlement: Settlement;
  readonly #watch: Watch;
  readonly #open = new Set<Work>();
  /** Actions that were handed over since the last turn. */
  readonly #arrived: Work[] = [];
  readonly #batches = new Batches();
  readonly #pace = new Pace();
  readonly #gathering = new Gathering();
  #adoption: Adoption | undefined;
  #arraySize = 1;
  #looping: Promise<void> | undefined;
  #signal: AbortSignal | undefined;
  #adopted = 0;
  #wake = new AbortController();
  #told = '';

  constructor(options: SlurmOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#cas = new Cas(options.storeRoot);
    this.#submitter = new Submitter(options);
    this.#settlement = new Settlement(options.storeRoot, this.#submitter);
    this.#watch = new Watch(options.cluster, options.limits, this.#settlement);
    this.#sender = new Sender(options.limits.submits, this.#clock, this.#settlement);
  }

  /** Questions to the controller, and submissions, so far. */
  get asked(): { readonly polls: number; readonly submits: number } {
    return { polls: this.#watch.polls.count, submits: this.#sender.rate.count };
  }

  /** Jobs that are queued or running, as far as is known. */
  get jobs(): number {
    return this.#batches.live().length;
  }

  execute(task: Task, options: QueueOptions): Promise<TaskResult | undefined> {
    const { action, signal } = options;
    if (this.#signal === undefined) {
      this.#signal = signal;
      signal.addEventListener('abort', this.#onAbort, { once: true });
    }
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const end = (): void => {
        work.done = true;
        this.#open.delete(work);
      };
      const work: Work = {
        task,
        action,
        options,
        settle(result) {
          end();
          resolve(result);
        },
        fail(error) {
          end();
          reject(error);
        },
        done: false,
        alone: false,
        losses: 0,
        from: undefined,
      };
      this.#open.add(work);
      this.#arrived.push(work);
      this.#wake.abort();
      this.#looping ??= this.#loop().finally(() => {
        this.#looping = undefined;
      });
    });
  }

  takeBack(): void {
    for (const work of [...this.#arrived.splice(0), ...this.#submitter.takeAll()]) work.settle(undefined);
    const queued = this.#batches.live().filter(({ state, attempt }) => state !== 'running' && attempt < 0);
    for (const element of queued) {
      for (const work of openWorks(element)) work.settle(undefined);
      element.closed = true;
    }
    this.#cancel(queued).catch(() => undefined); // they do what was asked for before; nobody takes their results
  }

  /** Cancels all jobs that are not done. Rejects with a {@link SlurmError} where the cluster cannot be asked. */
  async cancel(): Promise<void> {
    await this.#looping;
    await this.#cancel(this.#batches.live());
    this.#batches.drop();
  }

  /** Ends the work with the cluster. After an interruption its jobs go on, and another run can take them over. */
  async close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    await this.#looping;
    if (!this.#signal?.aborted) this.#batches.finish();
  }

  readonly #onAbort = (): void => {
    this.#wake.abort();
    for (const work of [...this.#open]) work.fail(this.#signal!.reason);
  };

  async #loop(): Promise<void> {
    try {
      await this.#prepare();
      while (this.#open.size > 0) {
        const now = this.#clock.now();
        this.#sort(now);
        for (const batch of this.#batches) collect(batch, this.#cas, this.#settlement);
        await this.#submit(now);
        if (this.#open.size > 0) await this.#watch.look(this.#batches, this.#clock.now());
        if (this.#signal?.aborted) return; // what is under way stays as it is
        this.#noticeRunning(this.#clock.now());
        this.#batches.retire(this.#clock.now());
        this.#tell();
        if (this.#open.size === 0) break;
        await this.#sleep(this.#pace.turn(this.#arrived.length + this.#settlement.done, this.#batches.size));
      }
    } catch (error) {
      for (const work of [...this.#open]) work.fail(error);
    }
  }

  /** Until there is something new to do, but no longer than that. */
  async #sleep(milliseconds: number): Promise<void> {
    this.#wake = new AbortController();
    await this.#clock.sleep(milliseconds, this.#wake.signal);
  }

  /** What has to be known before anything can be submitted. */
  async #prepare(): Promise<void> {
    if (this.#adoption !== undefined) return;
    const rate = new Rate(0);
    for (const started = this.#clock.now(); ; ) {
      try {
        this.#arraySize = await this.#options.cluster.arraySize();
        break;
      } catch (error) {
        const now = this.#clock.now();
        const silent = error instanceof SlurmError && error.reason === 'silent';
        if (!silent || now - started > FIRST_PATIENCE_MS || this.#signal?.aborted) throw error;
        rate.asked(now, false);
        this.#watch.trouble = error.message;
        this.#tell();
        while (!rate.isDue(this.#clock.now()) && this.#open.size > 0) await this.#sleep(LOOK_MS);
      }
    }
    this.#watch.trouble = undefined;
    this.#adoption = new Adoption(this.#options.storeRoot);
  }

  /** Finds those that an earlier run submitted; the others wait. */
  #sort(now: number): void {
    for (const work of this.#arrived.splice(0)) {
      if (work.done) continue;
      const batch = this.#adoption!.adopt(work, now);
      if (batch === undefined) {
        this.#gathering.came(now, this.#submitter.length === 0);
        this.#submitter.add(work);
      } else {
        this.#batches.add(batch);
        this.#adopted++;
      }
    }
  }

  async #submit(now: number): Promise<void> {
    if (!this.#sender.rate.isDue(now)) return;
    const unheard = [...this.#batches].find(isUnheard);
    if (unheard !== undefined) return this.#sender.send(unheard, unheard.unsure!.request);
    if (this.#submitter.length === 0 || this.#gathering.isOn(now)) return;
    const room = Math.min(this.#arraySize, this.#options.limits.jobs - this.#batches.live().length);
    const next = this.#submitter.next(now, room);
    if (next === undefined) return;
    this.#batches.add(next.batch);
    await this.#sender.send(next.batch, () => this.#options.cluster.submit(next.request));
  }

  /** Tells of those that the cluster says are running. */
  #noticeRunning(now: number): void {
    for (const element of this.#batches.live()) {
      if (element.state !== 'running') continue;
      const works = openWorks(element);
      works[0]?.options.onBegin();
      for (const work of works) this.#submitter.runs(work, now);
    }
  }

  /** Whole arrays by their number, parts of one by those of its jobs. */
  async #cancel(elements: readonly Element[]): Promise<void> {
    const words = new Set<string>();
    for (const { batch, index } of elements) {
      const whole = batch.elements.length === 1 || batch.elements.every((one) => elements.includes(one));
      for (const job of batch.jobs) words.add(whole ? job : `${job}_${index}`);
    }
    const all = [...words];
    for (let at = 0; at < all.length; at += 500) await this.#options.cluster.cancel(all.slice(at, at + 500));
  }

  #tell(): void {
    const { onState } = this.#options;
    if (onState === undefined) return;
    const waiting = this.#submitter.length + this.#arrived.length;
    const counts = { waiting, done: this.#settlement.done, adopted: this.#adopted };
    const unheard = [...this.#batches].some(({ unsure }) => unsure !== undefined);
    const state = clusterState(
      this.#batches.live(),
      counts,
      this.#watch.trouble ?? (unheard ? this.#sender.trouble : undefined),
    );
    const text = JSON.stringify(state);
    if (text !== this.#told) onState(state);
    this.#told = text;
  }
}
