import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { RUNTIME } from '../../engine/key.ts';
import type { KindNeeds } from '../../engine/kindNeeds.ts';
import type { Task } from '../../engine/task.ts';
import { writeAtomically } from '../../store/atomic.ts';
import { type Digest, isDigest } from '../../store/canonical.ts';
import { makeFolder, namesIn } from '../../store/folders.ts';
import { readSealed, writeSealed } from '../../store/sealed.ts';
import { writing } from '../../store/storeError.ts';
import { journalPath } from './resultFiles.ts';

/** All that a job needs to know of one of its actions. */
export interface JobAction {
  readonly key: Digest;
  readonly task: Task;
  readonly memory?: number;
  readonly time?: number;
}

/** What one job of an array is to do: the file that it is given. */
export interface ActionFile {
  readonly format: 1;
  readonly token: string;
  readonly element: number;
  /** Jobs of the array. */
  readonly jobs: number;
  readonly actions: readonly JobAction[];
  /** What runs the code, as the keys of the actions name it. */
  readonly runtime: string;
  /** By the path of its bundle, what each kind's code rests on. */
  readonly kinds: Readonly<Record<string, KindNeeds>>;
}

/** The journal of an array of jobs, written before it is submitted: whoever comes later finds by it what is under way. */
export interface BatchJournal {
  readonly format: 1;
  readonly token: string;
  readonly run: string;
  readonly host: string;
  /** Of the program in the store that does the jobs; absent where it is none of the store's. */
  readonly program?: Digest;
  /** Keys of the actions of each job. */
  readonly elements: readonly (readonly Digest[])[];
}

interface Submitted {
  readonly job: string;
}

/** Before the names of all jobs. */
const PREFIX = 'driftline-';

export const jobName = (token: string): string => PREFIX + token;
export const slurmFolder = (storeRoot: string): string => join(storeRoot, 'slurm');
export const batchFolder = (storeRoot: string, token: string): string => join(slurmFolder(storeRoot), token);
export const scriptOf = (batch: string): string => join(batch, 'job.sh');
export const logOf = (batch: string, element: number | '%a' | '%j'): string => join(batch, 'log', `${element}.txt`);

/** Replaces itself by the words that it is given, so that signals reach the program and nothing is quoted. */
const SCRIPT = '#!/bin/sh\nexec "$@"\n';

/** No two arrays ever have the same. */
export const newToken = (): string => randomBytes(8).toString('hex');

/**
 * Writes all that an array of jobs needs but for its program, its journal last. Throws a StoreError where the file system
 * refuses. `needs`: by the path of its bundle, what each kind's code rests on.
 */
export function writeBatch(
  storeRoot: string,
  journal: Pick<BatchJournal, 'token' | 'run' | 'host' | 'program'>,
  elements: readonly (readonly JobAction[])[],
  needs: ReadonlyMap<string, KindNeeds> = new Map(),
): string {
  const { token } = journal;
  const folder = batchFolder(storeRoot, token);
  writing(folder, () => {
    for (const name of ['actions', 'results', 'log']) makeFolder(join(folder, name));
  });
  writeAtomically(scriptOf(folder), SCRIPT);
  elements.forEach((actions, element) => {
    const bundles = new Set(actions.map(({ task }) => task.bundle));
    const kinds = Object.fromEntries([...needs].filter(([bundle]) => bundles.has(bundle)));
    const file: ActionFile = { format: 1, token, element, jobs: elements.length, actions, runtime: RUNTIME, kinds };
    // A job that does not find it whole says so, and is submitted again.
    writeSealed(actionPath(folder, element), file, { durable: false });
  });
  const keys = elements.map((actions) => actions.map(({ key }) => key));
  writeSealed(journalPath(folder), { format: 1, ...journal, elements: keys } satisfies BatchJournal);
  return folder;
}

/** Undefined where it is not there, or is damaged. */
export function readActions(folder: string, element: number): ActionFile | undefined {
  const file = readSealed<ActionFile | null>(actionPath(folder, element));
  return file?.format === 1 && file.element === element && Array.isArray(file.actions) ? file : undefined;
}

/** Writes down that the cluster took an array, and under which number. */
export const writeSubmitted = (folder: string, job: string): void =>
  writeSealed(join(folder, 'submitted.json'), { job } satisfies Submitted);

export function readSubmitted(folder: string): string | undefined {
  const job = readSealed<Submitted | null>(join(folder, 'submitted.json'))?.job;
  return typeof job === 'string' && /^\d+$/.test(job) ? job : undefined;
}

/** Arrays of jobs that earlier runs left, in the order of their names. */
export function readJournals(storeRoot: string): BatchJournal[] {
  return batchTokens(storeRoot).flatMap((token) => {
    const journal = readSealed<BatchJournal | null>(journalPath(batchFolder(storeRoot, token)));
    const fine = journal?.format === 1 && journal.token === token && Array.isArray(journal.elements);
    return fine && journal.elements.every((keys) => Array.isArray(keys) && keys.every(isDigest)) ? [journal] : [];
  });
}

/** What there is of arrays of jobs. */
export const batchTokens = (storeRoot: string): string[] =>
  namesIn(slurmFolder(storeRoot)).filter((name) => /^[0-9a-f]{16}$/.test(name));

/** A job that is still at it finds its folder gone, and ends. */
export const removeBatch = (folder: string): void => rmSync(folder, { recursive: true, force: true, maxRetries: 2 });

const actionPath = (folder: string, element: number): string => join(folder, 'actions', `${element}.json`);
