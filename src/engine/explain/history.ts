import { type ActionLog, type ActionRecord, parseManifest } from '../../store/actions.ts';
import type { Digest } from '../../store/canonical.ts';
import { type RunAction, type RunRecord, recentRuns } from '../../store/runs.ts';
import { isKeyManifest } from '../forecast.ts';
import type { KeyManifest } from '../key.ts';
import { partsOf, sortOf } from './targetParts.ts';

/** What a kind's code was made of, as it was recorded when it ran. */
export interface CodeExplanation {
  readonly kind: string;
  readonly sources: Readonly<Record<string, Digest>>;
  readonly packages: Readonly<Record<string, string>>;
}

/** Earlier runs whose journals are read: what a target was before is sought in them. */
const RUNS_READ = 30;

/** All that is recorded of earlier actions, read once and indexed for questions about the past. */
export class History {
  readonly #log: ActionLog;
  readonly #storeRoot: string;
  readonly #records = new Map<Digest, ActionRecord>();
  readonly #byTarget = new Map<string, Digest[]>();
  readonly #bySort = new Map<string, Digest[]>();
  readonly #firstRuns = new Map<string, string>();
  readonly #byOutput = new Map<Digest, Digest[]>();
  #texts: ReadonlyMap<Digest, string> | undefined;
  readonly #parsed = new Map<Digest, unknown>();
  #byCode: Map<Digest, Digest[]> | undefined;
  #runs: readonly RunRecord[] | undefined;
  #byId: ReadonlyMap<string, RunRecord> | undefined;
  #journal: ReadonlyMap<string, readonly JournalEntry[]> | undefined;

  constructor(log: ActionLog, storeRoot: string) {
    this.#log = log;
    this.#storeRoot = storeRoot;
    for (const key of log.keys()) {
      const record = log.get(key)!;
      this.#records.set(key, record);
      push(this.#byTarget, record.target, key);
      const sort = sortOf(record.target);
      push(this.#bySort, sort, key);
      const first = this.#firstRuns.get(sort);
      if (first === undefined || record.run < first) this.#firstRuns.set(sort, record.run);
      for (const { digest } of Object.values(record.outputs)) push(this.#byOutput, digest, key);
    }
  }

  record(key: Digest): ActionRecord | undefined {
    return this.#records.get(key);
  }

  records(): Iterable<[Digest, ActionRecord]> {
    return this.#records;
  }

  manifest(key: Digest): KeyManifest | undefined {
    const manifest = this.#read(key);
    return isKeyManifest(manifest) ? manifest : undefined;
  }

  code(digest: Digest): CodeExplanation | undefined {
    return this.#read(digest) as CodeExplanation | undefined;
  }

  /** Keys that a target had: those recorded under its name, then those that journals name. */
  ofTarget(target: string): Digest[] {
    const journaled = this.#entries(target).flatMap(({ action }) => (action.status === 'failed' ? [] : [action.key]));
    return [...new Set([...(this.#byTarget.get(target) ?? []), ...journaled])];
  }

  /** Keys of the same sort of action of a stage: its replicates, its cells, or gathers of one output. */
  ofSort(target: string): readonly Digest[] {
    return this.#bySort.get(sortOf(target)) ?? [];
  }

  /** The first run that computed something of that sort. */
  firstRunOf(target: string): string | undefined {
    return this.#firstRuns.get(sortOf(target));
  }

  ofCode(code: Digest): readonly Digest[] {
    if (this.#byCode === undefined) {
      this.#byCode = new Map();
      for (const key of this.#records.keys()) {
        const manifest = this.manifest(key);
        if (manifest !== undefined) push(this.#byCode, manifest.code, key);
      }
    }
    return this.#byCode.get(code) ?? [];
  }

  /** The newest action that gave these bytes: of this name; else of the same sort in its stage; else of another stage. */
  makerOf(digest: Digest, target: string): Maker | undefined {
    const gave = (key: Digest): boolean =>
      Object.values(this.#records.get(key)?.outputs ?? {}).some((output) => output.digest === digest);
    const own = this.ofTarget(target).reverse().find(gave);
    if (own !== undefined) return { key: own, target };
    // Thousands of actions may give the same bytes, an empty table say: any of the newest will do.
    const makers = (this.#byOutput.get(digest) ?? []).slice(-MAKERS).reverse();
    const nameOf = (key: Digest): string => this.#records.get(key)!.target;
    // What merely passes a result on, as the gather of a single table does, is no maker of it.
    const { stage } = partsOf(target);
    const key =
      makers.find((each) => sortOf(nameOf(each)) === sortOf(target)) ??
      makers.find((each) => partsOf(nameOf(each)).stage !== stage);
    return key === undefined ? undefined : { key, target: nameOf(key) };
  }

  /** The newest journals, newest first. */
  get runs(): readonly RunRecord[] {
    this.#runs ??= recentRuns(this.#storeRoot, RUNS_READ);
    return this.#runs;
  }

  /** The newest run in which a target had a key, by the journals; else the one that computed it. */
  lastUse(target: string, key: Digest): string {
    const entry = this.#entries(target).find(({ action }) => action.key === key);
    return entry?.run ?? this.#records.get(key)?.run ?? '';
  }

  /** A run by its journal, if that is one of the newest. */
  journal(run: string): RunRecord | undefined {
    this.#byId ??= new Map(this.runs.map((record) => [record.id, record]));
    return this.#byId.get(run);
  }

  /** The first run, before `run`, in which a target had this very key and did not fail. */
  earlierUse(target: string, key: Digest, run?: string): JournalEntry | undefined {
    return this.#entries(target).findLast(
      (entry) => entry.action.key === key && entry.action.status !== 'failed' && (run === undefined || entry.run < run),
    );
  }

  /** What a target was in the newest run before `run` in which it was done. */
  priorKey(target: string, run: string): Digest | undefined {
    return this.#entries(target).find((entry) => entry.run < run && entry.action.status !== 'failed')?.action.key;
  }

  /** What became of a target in the newest run of all. */
  inLastRun(target: string): RunAction | undefined {
    const [newest] = this.#entries(target);
    return newest?.run === this.runs[0]?.id ? newest?.action : undefined;
  }

  #entries(target: string): readonly JournalEntry[] {
    if (this.#journal === undefined) {
      const journal = new Map<string, JournalEntry[]>();
      for (const { id, actions } of this.runs) {
        for (const action of actions) push(journal, action.target, { run: id, action });
      }
      this.#journal = journal;
    }
    return this.#journal.get(target) ?? [];
  }

  #read(key: Digest): unknown {
    if (this.#parsed.has(key)) return this.#parsed.get(key);
    this.#texts ??= this.#log.manifestTexts();
    const text = this.#texts.get(key);
    const value = text === undefined ? undefined : parseManifest(text);
    this.#parsed.set(key, value);
    return value;
  }
}

interface Maker {
  readonly key: Digest;
  readonly target: string;
}

/** Makers of equal bytes that are looked at. */
const MAKERS = 50;

export interface JournalEntry {
  readonly run: string;
  readonly action: RunAction;
}

function push<T>(lists: Map<string, T[]>, name: string, item: T): void {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, [item]);
  else list.push(item);
}
