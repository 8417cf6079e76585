import type { ClusterState } from '../../engine/events.ts';
import type { Queue, QueueOptions, Task, TaskResult } from '../../engine/task.ts';
import { Cas } from '../../store/cas.ts';
import { Adoption } from './adoption.ts';
import { removeBatch } from './batch.ts';
import type { Cluster } from './cluster.ts';
import { collect } from './collect.ts';
import { SlurmError } from './command.ts';
import { type Clock, Rate, systemClock } from './rate.ts';
import { Sender } from './sender.ts';
import type { Limits } from './settings.ts';
import { Settlement } from './settlement.ts';
import { clusterState } from './state.ts';
import { Submitter, type SubmitterOptions } from './submitter.ts';
import { isUnheard, Watch } from './watch.ts';
import { type Batch, type Element, openWorks, type Work } from './work.ts';

/** Milliseconds between two looks at what jobs have told, and the part of them for each array that is looked at. */
const TURN_MS = 250;
const TURN_PER_BATCH_MS = 10;
const LONGEST_TURN_MS = 5000;

/** How much longer a turn gets by each in which nothing came, up to so many milliseconds. */
const QUIET_GROWTH = 1.1;
const QUIET_TURN_MS = 2000;

/** Actions gather until for so many milliseconds none came, but no longer than that: what goes as one array is one submission. */
const GATHER_MS = 100;
const LONGEST_GATHER_MS = 1000;

/** Milliseconds for which a controller that is silent at the start of a run is asked again. */
const FIRST_PATIENCE_MS = 120_000;

/** Milliseconds after which the folder of an array whose results are all taken is of no use: they are on record. */
const CLEAN_MS = 60_000;

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
  readonly #batches = new Set<Batch>();
  /** Arrays that are not waited for any more, since when. */
  readonly #settled = new Map<Batch, number>();
  #adoption: Adoption | undefined;
  #arraySize = 1;
  #looping: Promise<void> | undefined;
  /** When the first and the last of those came that gather. */
  #gathering = 0;
  #cameLast = 0;
  #signal: AbortSignal | undefined;
  #adopted = 0;
  #wake = new AbortController();
  #quiet = TURN_MS;
  #cameBefore = 0;
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
    return this.#live().length;
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

  /** Actions that were handed over since the last turn. */
  readonly #arrived: Work[] = [];

  takeBack(): void {
    for (const work of [...this.#arrived.splice(0), ...this.#submitter.takeAll()]) work.settle(undefined);
    const queued = this.#live().filter(({ state, attempt }) => state !== 'running' && attempt < 0);
    for (const element of queued) {
      for (const work of openWorks(element)) work.settle(undefined);
      element.closed = true;
    }
    this.#cancel(queued).catch(() => undefined); // they do what was asked for before; nobody takes their results
  }

  /** Cancels all jobs that are not done. Rejects with a {@link SlurmError} where the cluster cannot be asked. */
  async cancel(): Promise<void> {
    await this.#looping;
    await this.#cancel(this.#live());
    for (const batch of this.#batches) removeBatch(batch.folder);
    this.#batches.clear();
  }

  /** Ends the work with the cluster. After an interruption its jobs go on, and another run can take them over. */
  async close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    await this.#looping;
    if (this.#signal?.aborted) return;
    this.#clean(Number.POSITIVE_INFINITY);
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
        this.#retire(this.#clock.now());
        this.#tell();
        if (this.#open.size === 0) break;
        await this.#sleep(this.#turn());
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

  /** Milliseconds until the next turn: soon after something came, and later the longer nothing does. */
  #turn(): number {
    const came = this.#arrived.length + this.#settlement.done;
    const quiet = came === this.#cameBefore ? Math.min(QUIET_TURN_MS, this.#quiet * QUIET_GROWTH) : TURN_MS;
    this.#quiet = quiet;
    this.#cameBefore = came;
    return Math.min(LONGEST_TURN_MS, Math.max(quiet, TURN_PER_BATCH_MS * this.#batches.size));
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
        while (!rate.isDue(this.#clock.now()) && this.#open.size > 0) await this.#sleep(TURN_MS);
      }
    }
    this.#watch.trouble = undefined;
    this.#adoption = new Adoption(this.#options.storeRoot);
  }

  /** Finds those that an earlier run submitted; the others wait. */
  #sort(now: number): void {
    if (this.#arrived.length > 0) this.#cameLast = now;
    for (const work of this.#arrived.splice(0)) {
      if (work.done) continue;
      const batch = this.#adoption!.adopt(work, now);
      if (batch === undefined) {
        if (this.#submitter.length === 0) this.#gathering = now;
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
    const gathers = now - this.#cameLast < GATHER_MS && now - this.#gathering < LONGEST_GATHER_MS;
    if (this.#submitter.length === 0 || gathers) return;
    const room = Math.min(this.#arraySize, this.#options.limits.jobs - this.#live().length);
    const next = this.#submitter.next(now, room);
    if (next === undefined) return;
    this.#batches.add(next.batch);
    await this.#sender.send(next.batch, () => this.#options.cluster.submit(next.request));
  }

  /** Lets go of arrays of which nothing more is expected. */
  #retire(now: number): void {
    for (const batch of this.#batches) {
      for (const element of batch.elements) if (openWorks(element).length === 0) element.closed = true;
      for (const element of batch.elements) {
        if (!element.closed && element.state === 'running') {
          element.works.find((work) => work !== undefined && !work.done)?.options.onBegin();
          for (const work of openWorks(element)) this.#submitter.runs(work, now);
        }
      }
      if (batch.elements.some(({ closed }) => !closed)) continue;
      this.#batches.delete(batch);
      this.#settled.set(batch, now);
    }
    this.#clean(now);
  }

  /** Removes folders whose results were all taken, long enough ago to be on record. */
  #clean(now: number): void {
    for (const [batch, since] of this.#settled) {
      if (now - since < CLEAN_MS) continue;
      this.#settled.delete(batch);
      const taken = batch.elements.every(({ works }) => works.every((work) => work?.done));
      if (taken) removeBatch(batch.folder);
    }
  }

  #live(): Element[] {
    return [...this.#batches].flatMap(({ elements }) => elements.filter(({ closed }) => !closed));
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
      this.#live(),
      counts,
      this.#watch.trouble ?? (unheard ? this.#sender.trouble : undefined),
    );
    const text = JSON.stringify(state);
    if (text !== this.#told) onState(state);
    this.#told = text;
  }
}
