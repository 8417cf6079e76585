import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compareCodePoints, type Digest } from './canonical.ts';
import { readSealed, writeSealed } from './sealed.ts';

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
}

export interface RunAction {
  readonly target: string;
  readonly key: Digest;
  readonly status: 'executed' | 'cached' | 'failed';
  readonly seconds: number;
  /** Why it failed, in the words of what failed. */
  readonly failure?: string;
}

const folder = (storeRoot: string): string => join(storeRoot, 'runs');

export function writeRun(storeRoot: string, record: RunRecord): void {
  writeSealed(join(folder(storeRoot), `${record.id}.json`), record);
}

/** A journal; undefined where it is damaged, or where it is none. */
function readRun(path: string): RunRecord | undefined {
  const record = readSealed<RunRecord | null>(path);
  const texts = [record?.id, record?.startedAt];
  const numbers = [record?.seconds, record?.jobs, ...COUNTS.map((name) => record?.counts?.[name])];
  const fine =
    texts.every((text) => typeof text === 'string') &&
    numbers.every((number) => typeof number === 'number') &&
    (record?.profile === null || typeof record?.profile === 'string') &&
    Array.isArray(record.actions) &&
    record.actions.every(isRunAction);
  return fine ? (record as RunRecord) : undefined;
}

const COUNTS = ['executed', 'cached', 'failed', 'skipped'] as const;

const isRunAction = (action: RunAction | null): boolean =>
  typeof action?.target === 'string' && typeof action.key === 'string' && typeof action.seconds === 'number';

/** The newest readable run, or undefined where there is none. */
export const lastRun = (storeRoot: string): RunRecord | undefined => recentRuns(storeRoot, 1)[0];

/** The newest readable runs, newest first. */
export function recentRuns(storeRoot: string, most: number): RunRecord[] {
  const runs: RunRecord[] = [];
  for (const name of runNames(storeRoot).reverse()) {
    if (runs.length >= most) break;
    // A damaged journal is passed over: it explains results, it does not hold them.
    const record = readRun(join(folder(storeRoot), name));
    if (record !== undefined) runs.push(record);
  }
  return runs;
}

/** A journal as it was found; without a record where it is damaged. */
export interface RunJournal {
  readonly path: string;
  readonly record: RunRecord | undefined;
}

/** What runs that start at a moment are called, less what tells two of them apart: names are in the order of time. */
export const namesOfRuns = (start: Date): string => start.toISOString().replace(/[:.]/g, '-');

/** Every run's journal, oldest first. */
export const allRuns = (storeRoot: string): RunJournal[] =>
  runNames(storeRoot).map((name) => {
    const path = join(folder(storeRoot), name);
    return { path, record: readRun(path) };
  });

function runNames(storeRoot: string): string[] {
  try {
    return readdirSync(folder(storeRoot))
      .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
      .sort(compareCodePoints);
  } catch {
    return [];
  }
}
