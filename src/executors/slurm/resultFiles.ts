import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskResult } from '../../engine/task.ts';
import { isStoredOutput } from '../../store/actions.ts';
import { listOrNone } from '../../store/folders.ts';
import { readSealed, writeSealed } from '../../store/sealed.ts';
import type { Refusal } from '../../store/storeError.ts';

/** What a job tells of its actions, by their place in it. It is written anew, under another name, as there is more to tell. */
export interface ResultRecord {
  readonly format: 1;
  /** Of the array: a record that strayed here from another one counts for nothing. */
  readonly token: string;
  readonly element: number;
  /** How often the cluster had started the job before. */
  readonly attempt: number;
  readonly host: string;
  readonly results: readonly (readonly [at: number, result: TaskResult])[];
  /** Present in a job's last words. `stopped`: its time was up, and it left a checkpoint; what it had not done can go on. */
  readonly end?: 'done' | 'stopped';
}

/** A record by its name alone. */
export interface ResultName {
  readonly element: number;
  readonly attempt: number;
  /** Actions that it tells of; infinite for the last one. */
  readonly count: number;
  readonly name: string;
}

/** Where the journal of an array of jobs is. */
export const journalPath = (batch: string): string => join(batch, 'batch.json');

export const resultsFolder = (batch: string): string => join(batch, 'results');

const nameOf = (element: number, attempt: number, count: number | 'end'): string =>
  `${element}.${attempt}.${count}.json`;

/** How far an action is that a job is at; its place in the job. */
export interface ProgressName {
  readonly element: number;
  readonly attempt: number;
  readonly at: number;
  /** In hundredths. */
  readonly fraction: number;
}

export const progressName = ({ element, attempt, at, fraction }: ProgressName): string =>
  `${element}.${attempt}.at-${at}-${Math.floor(100 * fraction)}`;

/** Records that are there, by their names. */
export const resultNames = (batch: string): ResultName[] => listResults(batch).records;

/** What the names tell: one listing has all that is new. */
export function listResults(batch: string): { readonly records: ResultName[]; readonly progress: ProgressName[] } {
  const records: ResultName[] = [];
  const progress: ProgressName[] = [];
  for (const name of listOrNone(resultsFolder(batch))) {
    const [, element, attempt, count, at, hundredths] =
      /^(\d{1,9})\.(\d{1,9})\.(?:(\d{1,9}|end)\.json|at-(\d{1,9})-(\d{1,2}|100))$/.exec(name) ?? [];
    if (element === undefined) continue;
    const start = { element: Number(element), attempt: Number(attempt) };
    if (count === undefined) progress.push({ ...start, at: Number(at), fraction: Number(hundredths) / 100 });
    else records.push({ ...start, count: count === 'end' ? Number.POSITIVE_INFINITY : Number(count), name });
  }
  return { records, progress };
}

/** A record; undefined where it is gone, damaged, or none of this array's. */
export function readResult(batch: string, token: string, { name, element }: ResultName): ResultRecord | undefined {
  const record = readSealed<ResultRecord | null>(join(resultsFolder(batch), name));
  const fine =
    record?.format === 1 &&
    record.token === token &&
    record.element === element &&
    Array.isArray(record.results) &&
    record.results.every(isPlacedResult);
  return fine ? record : undefined;
}

/** It lies on a disk that others may share: digests become names of files, and a failure is shown. */
function isPlacedResult(value: unknown): boolean {
  if (!Array.isArray(value) || !Number.isSafeInteger(value[0])) return false;
  const { ok, outputs, seconds, failure } = Object(value[1]) as Partial<
    Record<'ok' | 'outputs' | 'seconds' | 'failure', unknown>
  >;
  if (ok === true) {
    const all = typeof outputs === 'object' && outputs !== null ? Object.values(outputs) : [undefined];
    return typeof seconds === 'number' && all.every(isStoredOutput);
  }
  const { kind, message } = Object(failure) as Partial<Record<'kind' | 'message', unknown>>;
  return ok === false && typeof kind === 'string' && typeof message === 'string';
}

/** What a job writes its records with. */
export class ResultWriter {
  readonly #batch: string;
  readonly #head: Pick<ResultRecord, 'token' | 'element' | 'attempt' | 'host'>;
  /** The name of the last record, which the next one replaces; the first one stays. */
  #last: string | undefined;

  constructor(batch: string, head: Pick<ResultRecord, 'token' | 'element' | 'attempt' | 'host'>) {
    this.#batch = batch;
    this.#head = head;
  }

  write(results: ResultRecord['results'], end?: 'done' | 'stopped'): void {
    const { element, attempt } = this.#head;
    // Whoever waited for it has all that it needs, and has cleaned up.
    if (!existsSync(journalPath(this.#batch))) return;
    const name = nameOf(element, attempt, end === undefined ? results.length : 'end');
    const record: ResultRecord = { format: 1, ...this.#head, results, ...(end !== undefined && { end }) };
    const path = join(resultsFolder(this.#batch), name);
    // What it names is on disk. Lost itself, it costs doing its actions again.
    writeSealed(path, record, { durable: false });
    if (this.#last !== undefined) rmSync(this.#last, { force: true });
    if (results.length > 0 && end === undefined) this.#last = path;
  }

  /** Whether the cluster has started this job once more, in the belief that this one is dead. */
  get isOrphan(): boolean {
    const { element, attempt } = this.#head;
    return resultNames(this.#batch).some((other) => other.element === element && other.attempt > attempt);
  }
}

/** How a job ends that could tell no more. Slurm keeps this code even where no file can be written. */
export const EXIT_CODES = { stopped: 75, noAction: 78 } as const;

const REFUSAL_CODES: readonly Refusal['code'][] = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO'];
const FIRST_REFUSAL = 80;

export const exitCodeOf = ({ code }: Refusal): number => FIRST_REFUSAL + REFUSAL_CODES.indexOf(code);

/** What a job that ended with this code could not write; undefined where that was not why. */
export const refusalOf = (exitCode: number): Refusal['code'] | undefined => REFUSAL_CODES[exitCode - FIRST_REFUSAL];
