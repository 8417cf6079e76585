import { jobName } from './batch.ts';
import type { Cluster } from './cluster.ts';
import { SlurmError } from './command.ts';
import type { JobOutcome, QueueEntry } from './parse.ts';
import { Rate } from './rate.ts';
import { type Batch, type Element, openWorks } from './work.ts';

/** Arrays that are asked about in one go. */
const MOST_ASKED = 20;

/** Milliseconds that a job's last words may come later than its end, where it died and probably said none. */
const LAST_WORDS_MS = 5000;

/** Looks at the queue in which an array has to be missing before it is taken for one that was never submitted. */
const MISSES = 2;

export interface WatchHooks {
  /** A job that ended, or was lost, with actions of which it did not tell. */
  ended(element: Element, outcome: JobOutcome | undefined): void;
}

/**
 * Follows jobs through the queue. What the queue does not list is asked about, and what nobody knows is waited for as long as
 * a file may take to be seen, before it is taken for lost: not knowing is no failure.
 */
export class Watch {
  readonly #cluster: Cluster;
  readonly #graceMs: number;
  readonly #hooks: WatchHooks;
  readonly polls: Rate;
  /** Why the controller was not heard last; undefined where it was. */
  trouble: string | undefined;

  constructor(cluster: Cluster, limits: { readonly polls: number; readonly grace: number }, hooks: WatchHooks) {
    this.#cluster = cluster;
    this.#graceMs = 1000 * limits.grace;
    this.polls = new Rate(60_000 / limits.polls);
    this.#hooks = hooks;
  }

  /** Asks what is to be asked, if it is time, and tells what ended. At most one question, and one more if there is cause. */
  async look(batches: Iterable<Batch>, now: number): Promise<void> {
    const all = [...batches];
    if (this.polls.isDue(now)) {
      const missing = this.#unexplained(all);
      // What is missing is asked about after it was missed once; the queue is looked at in between.
      if (missing.length > 0 && this.#lookedAtQueue) await this.#inquire(missing, now);
      else await this.#readQueue(all, now);
      this.#lookedAtQueue = !this.#lookedAtQueue || missing.length === 0;
    }
    for (const batch of all) for (const element of batch.elements) this.#judge(element, now);
  }

  #lookedAtQueue = false;

  async #readQueue(batches: readonly Batch[], now: number): Promise<void> {
    let queue: QueueEntry[];
    try {
      queue = await this.#cluster.queue();
    } catch (error) {
      this.#failed(error, now);
      return;
    }
    this.#answered(now);
    const byName = new Map<string, QueueEntry[]>();
    for (const entry of queue) {
      const entries = byName.get(entry.name);
      if (entries === undefined) byName.set(entry.name, [entry]);
      else entries.push(entry);
    }
    for (const batch of batches) if (batch.since < now) place(batch, byName.get(jobName(batch.token)) ?? [], now);
  }

  async #inquire(elements: readonly Element[], now: number): Promise<void> {
    const jobs = [...new Set(elements.flatMap(({ batch }) => [...batch.jobs]))].slice(0, MOST_ASKED);
    let outcomes: JobOutcome[];
    try {
      outcomes = await this.#cluster.outcomes(jobs);
    } catch (error) {
      this.#failed(error, now);
      return;
    }
    this.#answered(now, jobs.length);
    const known = new Map<string, JobOutcome>();
    for (const outcome of outcomes) known.set(`${outcome.job} ${outcome.element}`, outcome);
    for (const element of elements) {
      const found = [...element.batch.jobs].flatMap((job) => known.get(`${job} ${element.index}`) ?? []);
      const live = found.find(({ state }) => state !== 'ended');
      if (live !== undefined) {
        element.state = live.state;
        element.missing = undefined;
      } else if (found.length > 0) element.outcome = found.at(-1);
    }
  }

  /** Jobs that the queue does not list, that have not told their last, and of which nothing is known. */
  #unexplained(batches: readonly Batch[]): Element[] {
    return batches.flatMap(({ elements, jobs }) =>
      elements.filter(
        ({ closed, ended, missing, outcome }) =>
          jobs.size > 0 && !closed && !ended && missing !== undefined && outcome === undefined,
      ),
    );
  }

  #judge(element: Element, now: number): void {
    const { batch, closed, missing, outcome } = element;
    if (closed || missing === undefined || batch.unsure !== undefined || openWorks(element).length === 0) return;
    if (now - missing >= this.#patience(batch, outcome)) this.#hooks.ended(element, outcome);
  }

  /** Milliseconds for which a job that is not in the queue is waited for. */
  #patience({ adopted, jobs }: Batch, outcome: JobOutcome | undefined): number {
    if (outcome === undefined) {
      // Whoever submitted it died before he wrote down that it was taken, and it is not there.
      return adopted === 'unsure' && jobs.size === 0 ? Math.min(this.#graceMs, LAST_WORDS_MS) : this.#graceMs;
    }
    return outcome.word === 'COMPLETED' || outcome.word === 'FAILED'
      ? this.#graceMs
      : Math.min(this.#graceMs, LAST_WORDS_MS);
  }

  #answered(now: number, questions = 1): void {
    this.polls.asked(now, true, questions);
    this.trouble = undefined;
  }

  #failed(error: unknown, now: number): void {
    if (!(error instanceof SlurmError) || error.reason === 'missing') throw error;
    this.polls.asked(now, false);
    this.trouble = error.message;
  }
}

/** Takes in what the queue lists of an array. */
function place(batch: Batch, entries: readonly QueueEntry[], now: number): void {
  for (const { job } of entries) batch.jobs.add(job);
  if (batch.unsure !== undefined) {
    if (entries.length > 0) batch.unsure = undefined;
    else batch.unsure.misses++;
  }
  const listed = new Map<number, QueueEntry>();
  for (const entry of entries) {
    if (entry.state !== 'ended' && listed.get(entry.element)?.state !== 'running') listed.set(entry.element, entry);
  }
  for (const element of batch.elements) {
    const entry = listed.get(element.index);
    if (entry === undefined) {
      element.missing ??= now;
      continue;
    }
    if (entry.state !== 'unknown') element.state = entry.state;
    element.reason = entry.reason;
    element.missing = undefined;
    element.outcome = undefined;
  }
}

/** Whether an array whose submission was not answered is not there, and is to be submitted once more. */
export const isUnheard = ({ unsure }: Batch): boolean => unsure !== undefined && unsure.misses >= MISSES;
