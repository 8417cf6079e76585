import { readFileSync } from 'node:fs';
import type { Failure } from '../../engine/events.ts';
import type { TaskResult } from '../../engine/task.ts';
import { Checkpoints } from '../../store/checkpoints.ts';
import { StoreError } from '../../store/storeError.ts';
import { logOf } from './batch.ts';
import type { CollectHooks } from './collect.ts';
import type { SlurmError } from './command.ts';
import { fateOf } from './fate.ts';
import type { JobOutcome } from './parse.ts';
import type { Submitter } from './submitter.ts';
import type { WatchHooks } from './watch.ts';
import { type Batch, type Element, openWorks, type Work } from './work.ts';

/** How often an action is submitted again, through no fault of its own and without having got any further. */
const MOST_LOSSES = 3;

/** Decides what becomes of actions when their jobs have told, or have ended without telling. */
export class Settlement implements CollectHooks, WatchHooks {
  readonly #checkpoints: Checkpoints;
  readonly #submitter: Submitter;
  /** Actions that came back. */
  done = 0;

  constructor(storeRoot: string, submitter: Submitter) {
    this.#checkpoints = new Checkpoints(storeRoot);
    this.#submitter = submitter;
  }

  settled(work: Work, result: TaskResult): void {
    if (result.ok) this.#submitter.learn(work, result.seconds);
    work.options.onBegin();
    this.done++;
    work.settle(result.ok && work.from !== undefined ? { ...result, from: work.from } : result);
  }

  left(element: Element, how: 'done' | 'stopped'): void {
    const words = `its job ${nameOf(element)} ended without telling of it`;
    for (const work of openWorks(element)) this.#again(work, words, how === 'stopped');
    element.closed = true;
  }

  blind(work: Work, element: Element): void {
    this.#again(work, `its job ${nameOf(element)} did not see its inputs: is the store on a shared disk?`, false);
    element.works[element.works.indexOf(work)] = undefined;
  }

  /** What Slurm refuses it refuses for all of an array, and for the next one: the run ends with it. */
  refused(batch: Batch, error: SlurmError): void {
    for (const element of batch.elements) {
      for (const work of openWorks(element)) work.fail(error);
      element.closed = true;
    }
  }

  ended(element: Element, outcome: JobOutcome | undefined): void {
    const works = openWorks(element);
    const fate = fateOf(outcome, works.length, nameOf(element), lastLines(element));
    element.closed = true;
    switch (fate.is) {
      case 'fail':
        this.#fail(element, fate.failure);
        break;
      case 'refuse': {
        const reason = 'a job on the cluster could not write there';
        for (const work of works) {
          work.fail(new StoreError({ code: fate.code, path: element.batch.folder, reason }));
        }
        break;
      }
      case 'split':
        for (const work of works) {
          work.alone = true;
          this.#submitter.add(work);
        }
        break;
      default:
        for (const work of works) this.#again(work, fate.words, fate.is === 'continue');
    }
  }

  #fail(element: Element, failure: Failure): void {
    for (const work of openWorks(element)) this.settled(work, { ok: false, failure, log: '' });
    element.closed = true;
  }

  /** Submits an action once more; where it got further than before, that is no loss. `timeIsUp`: that of its job. */
  #again(work: Work, words: string, timeIsUp: boolean): void {
    const { growth } = work.task;
    const at = growth && this.#checkpoints.furthest(growth.key, growth.at);
    const gotFurther = at !== undefined && at > (work.from ?? Number.NEGATIVE_INFINITY);
    if (!gotFurther) work.losses++;
    // What had all the time of a job, and cannot go on where it was, would do no better.
    const futile = timeIsUp && work.alone && !gotFurther;
    work.alone ||= timeIsUp && !gotFurther;
    if (work.losses <= MOST_LOSSES && !futile) {
      this.#submitter.add(work);
      return;
    }
    const message = timeIsUp ? words : `${words}; it was submitted ${work.losses} times`;
    this.settled(work, { ok: false, failure: { kind: timeIsUp ? 'timeout' : 'lost', message }, log: '' });
  }
}

/** A job as Slurm's programs name it. */
function nameOf({ batch, index }: Element): string {
  const job = [...batch.jobs].at(-1) ?? '?';
  return batch.elements.length === 1 ? job : `${job}_${index}`;
}

/** What a job printed last: nothing, unless its program did not even start. */
function lastLines({ batch, index }: Element): string {
  try {
    return readFileSync(logOf(batch.folder, index), 'utf8').trimEnd().split('\n').slice(-5).join('\n');
  } catch {
    return '';
  }
}
