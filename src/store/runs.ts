import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compareCodePoints, type Digest } from './canonical.ts';
import { readSealed, rememberSealed, writeSealed } from './sealed.ts';

/** What one run did, for people: `status`, the report and later comparisons. */
export interface RunRecord {
  readonly id: string;
  readonly startedAt: string;
  readonly seconds: number;
  readonly profile: string | null;
  readonly jobs: number;
  /** The machine that it ran on. */
  readonly host?: string;
  readonly counts: {
    readonly executed: number;
    readonly cached: number;
    readonly failed: number;
    readonly skipped: number;
  };
  /** Every action of the run: target → key and what became of it. */
  readonly actions: readonly RunAction[];
  /** The study as it was; absent in journals of before. */
  readonly study?: RunStudy;
}

/** What was asked for, resolved: keys tell results apart, this tells why they were other ones. */
export interface RunStudy {
  /** Targets that were asked for; none: the whole study. */
  readonly targets: readonly string[];
  readonly seed: string;
  /** With the profile's and those of the command line in place. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Every stage of the study, and every claim's test as `claim:<id>`. */
  readonly stages: Readonly<Record<string, RunStage>>;
}

export interface RunStage {
  /** Its kind. */
  readonly uses: string;
  /** The output that is a figure's self-contained spec. */
  readonly figure?: string;
}

export interface RunAction {
  readonly target: string;
  readonly key: Digest;
  readonly status: 'executed' | 'cached' | 'failed';
  readonly seconds: number;
  /** Why it failed, in the words of what failed. */
  readonly failure?: string;
  /** Computed by other code and accepted: the statement that it rested on. */
  readonly accepted?: Digest;
}

const folder = (storeRoot: string): string => join(storeRoot, 'runs');

export function writeRun(storeRoot: string, record: RunRecord): void {
  writeSealed(join(folder(storeRoot), `${record.id}.json`), record);
}

/** Writes the journal of a run that left nothing else to keep; where the store is read-only it has none. */
export const rememberRun = (storeRoot: string, record: RunRecord): void =>
  rememberSealed(join(folder(storeRoot), `${record.id}.json`), record);

/** The newest readable run, or undefined where there is none. */
export function lastRun(storeRoot: string): RunRecord | undefined {
  for (const record of newestRuns(storeRoot)) return record;
  return undefined;
}

/** Readable runs, the newest first; each is read when it is asked for. */
export function* newestRuns(storeRoot: string): Iterable<RunRecord> {
  for (const id of runIds(storeRoot).reverse()) {
    // A damaged journal is passed over: it explains results, it does not hold them.
    const record = readRun(storeRoot, id);
    if (record !== undefined) yield record;
  }
}

/** The newest readable runs, newest first, so many at most. */
export function recentRuns(storeRoot: string, most: number): RunRecord[] {
  const runs: RunRecord[] = [];
  for (const record of newestRuns(storeRoot)) if (runs.push(record) >= most) break;
  return runs;
}

/** A run by its id, which has to be one of {@link runIds}; undefined where its journal is damaged, or is none. */
export function readRun(storeRoot: string, id: string): RunRecord | undefined {
  const record = readSealed<RunRecord | null>(join(folder(storeRoot), `${id}.json`));
  const texts = [record?.id, record?.startedAt];
  const numbers = [record?.seconds, record?.jobs, ...COUNTS.map((name) => record?.counts?.[name])];
  const fine =
    texts.every((text) => typeof text === 'string') &&
    numbers.every((number) => typeof number === 'number') &&
    (record?.profile === null || typeof record?.profile === 'string') &&
    Array.isArray(record.actions) &&
    record.actions.every(isRunAction) &&
    (record.study === undefined || isRunStudy(record.study));
  return fine ? (record as RunRecord) : undefined;
}

const COUNTS = ['executed', 'cached', 'failed', 'skipped'] as const;

const isRunAction = (action: RunAction | null): boolean =>
  typeof action?.target === 'string' && typeof action.key === 'string' && typeof action.seconds === 'number';

const isRunStudy = (study: RunStudy | null): boolean =>
  Array.isArray(study?.targets) &&
  typeof study.seed === 'string' &&
  [study.params, study.stages].every((part) => typeof part === 'object' && part !== null) &&
  Object.values(study.stages).every((stage: RunStage | null) => typeof stage?.uses === 'string');

/** Every run, oldest first. */
export const runIds = (storeRoot: string): string[] =>
  runNames(storeRoot).map((name) => name.slice(0, -'.json'.length));

/** A journal as it was found; without a record where it is damaged. */
export interface RunJournal {
  readonly id: string;
  readonly path: string;
  readonly record: RunRecord | undefined;
}

/** What runs that start at a moment are called, less what tells two of them apart: names are in the order of time. */
export const namesOfRuns = (start: Date): string => start.toISOString().replace(/[:.]/g, '-');

/** Every run's journal, oldest first. */
export const allRuns = (storeRoot: string): RunJournal[] =>
  runIds(storeRoot).map((id) => ({
    id,
    path: join(folder(storeRoot), `${id}.json`),
    record: readRun(storeRoot, id),
  }));

function runNames(storeRoot: string): string[] {
  try {
    return readdirSync(folder(storeRoot))
      .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
      .sort(compareCodePoints);
  } catch {
    return [];
  }
}
