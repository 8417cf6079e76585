import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from './atomic.ts';
import { compareCodePoints, type Digest } from './canonical.ts';

/** What one run did, for people: `status`, the report and later comparisons. */
export interface RunRecord {
  readonly id: string;
  readonly startedAt: string;
  readonly seconds: number;
  readonly profile: string | null;
  readonly jobs: number;
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
}

const folder = (storeRoot: string): string => join(storeRoot, 'runs');

export function writeRun(storeRoot: string, record: RunRecord): void {
  writeAtomically(join(folder(storeRoot), `${record.id}.json`), JSON.stringify(record));
}

/** The newest readable run, or undefined where there is none. */
export function lastRun(storeRoot: string): RunRecord | undefined {
  for (const name of runNames(storeRoot).reverse()) {
    try {
      return JSON.parse(readFileSync(join(folder(storeRoot), name), 'utf8')) as RunRecord;
    } catch {
      // A damaged journal is passed over: it explains results, it does not hold them.
    }
  }
  return undefined;
}

function runNames(storeRoot: string): string[] {
  try {
    return readdirSync(folder(storeRoot))
      .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
      .sort(compareCodePoints);
  } catch {
    return [];
  }
}
