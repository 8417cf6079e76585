import type { TaskResult } from '../../engine/task.ts';
import type { Cas } from '../../store/cas.ts';
import { StoreError } from '../../store/storeError.ts';
import { listResults, type ProgressName, type ResultRecord, readResult } from './resultFiles.ts';
import { type Batch, type Element, openWorks, type Work } from './work.ts';

export interface CollectHooks {
  /** A result that counts. */
  settled(work: Work, result: TaskResult): void;
  /** What a job that told its last left undone. */
  left(element: Element, how: 'done' | 'stopped'): void;
  /** An input that the job found missing and that is there: its disk saw it late. */
  blind(work: Work, element: Element): void;
}

/**
 * Takes in what jobs told since it was looked last. A good result counts from whichever start of a job, since all of them
 * give the same bytes. A bad one counts from the newest start alone, and while the job does not wait to be started again:
 * one that the cluster took for dead may tell much later that it failed.
 */
export function collect(batch: Batch, cas: Cas, hooks: CollectHooks): void {
  const { records, progress } = listResults(batch.folder);
  const names = records.filter(({ name, element }) => !batch.read.has(name) && element in batch.elements);
  for (const { element, attempt } of names) {
    batch.elements[element].attempt = Math.max(batch.elements[element].attempt, attempt);
  }
  names.sort((a, b) => a.element - b.element || a.attempt - b.attempt || a.count - b.count);
  for (const name of names) {
    const element = batch.elements[name.element];
    const record = element.closed ? undefined : readResult(batch.folder, batch.token, name);
    if (element.closed || (record !== undefined && take(record, element, cas, hooks))) batch.read.add(name.name);
  }
  for (const one of progress) tellProgress(one, batch);
}

/** Of the newest start of a job; what an orphan does is of no interest. */
function tellProgress({ element, attempt, at, fraction }: ProgressName, { elements }: Batch): void {
  const job = elements[element];
  if (job === undefined || job.closed || job.state === 'pending' || attempt !== job.attempt) return;
  const work = job.works[at];
  if (work === undefined || work.done) return;
  work.options.onBegin();
  work.options.onProgress(fraction);
}

/** False where some of it is to be looked at once more. */
function take(record: ResultRecord, element: Element, cas: Cas, hooks: CollectHooks): boolean {
  const { results, attempt, end } = record;
  const newest = attempt === element.attempt && element.state !== 'pending';
  let whole = true;
  element.works.slice(0, results.length + 1).forEach((work) => {
    if (work !== undefined && !work.done && attempt === element.attempt) work.options.onBegin();
  });
  for (const [at, result] of results) {
    const work = element.works[at];
    if (work === undefined || work.done) continue;
    if (result.ok) {
      // The record may be seen before the blobs that were written before it.
      if (Object.values(result.outputs).every(({ digest }) => cas.has(digest))) hooks.settled(work, result);
      else whole = false;
    } else if (!newest) whole = false;
    else if (result.failure.refusal !== undefined) work.fail(new StoreError(result.failure.refusal));
    else if (result.failure.kind === 'damaged-input' && inputsAreThere(work, cas)) hooks.blind(work, element);
    else hooks.settled(work, result);
  }
  if (!whole || end === undefined) return whole;
  if (!newest && openWorks(element).length > 0) return false;
  element.ended = true;
  hooks.left(element, end);
  return true;
}

function inputsAreThere({ task }: Work, cas: Cas): boolean {
  const blobs = Object.values(task.inputs).flat();
  return [...blobs.map(({ digest }) => digest), ...Object.values(task.files)].every((digest) => cas.has(digest));
}
