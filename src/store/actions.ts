import { join } from 'node:path';
import { type Digest, isDigest } from './canonical.ts';
import { Segments } from './segments.ts';

/** An output that an action left in the store. */
export interface StoredOutput {
  readonly digest: Digest;
  readonly bytes: number;
  /** Rows, for a table. */
  readonly rows?: number;
}

/** Why a record stands under a key whose code never computed it: a person said so, and a sample agreed. */
export interface Acceptance {
  /** The key of the action whose outputs these are; it differs from this one in its code alone. */
  readonly from: Digest;
  /** The statement that says so. */
  readonly statement: Digest;
}

/** What an action gave, under its key. */
export interface ActionRecord {
  readonly outputs: Readonly<Record<string, StoredOutput>>;
  /** Wall time that it took. */
  readonly seconds: number;
  /** How far the checkpoint was from which it went on; absent for one that ran from its start. */
  readonly from?: number;
  /** The run that executed it. */
  readonly run: string;
  /** What the target was called when it ran (`stage[cell]#replicate`): for people, never part of the key. */
  readonly target: string;
  /** Absent where the action was computed under this very key. */
  readonly accepted?: Acceptance;
  /** Of a result that came from a shared cache: the key that answers for it. Absent where it was computed here. */
  readonly signedBy?: Digest;
}

/** A record under its key, with what the key is made of. */
export interface LogEntry {
  readonly key: Digest;
  readonly record: ActionRecord;
  readonly manifest: unknown;
}

/**
 * A record as it stands in a segment; undefined for what is none. A checksum tells an accident, not an intention: what
 * a record names becomes the path of a file, so its form is checked too.
 */
export function parseRecord(text: string): ActionRecord | undefined {
  const value = parseManifest(text) as Partial<ActionRecord> | undefined;
  if (value === undefined) return undefined;
  const { outputs, seconds, run, target, accepted, signedBy } = value;
  const fine =
    typeof seconds === 'number' &&
    typeof run === 'string' &&
    typeof target === 'string' &&
    (accepted === undefined || isDigest(accepted?.statement)) &&
    (signedBy === undefined || isDigest(signedBy)) &&
    typeof outputs === 'object' &&
    outputs !== null &&
    Object.values(outputs).every(isStoredOutput);
  return fine ? (value as ActionRecord) : undefined;
}

export function isStoredOutput(value: unknown): value is StoredOutput {
  if (typeof value !== 'object' || value === null) return false;
  const { digest, bytes, rows } = value as Partial<StoredOutput>;
  return isDigest(digest) && isCount(bytes) && (rows === undefined || isCount(rows));
}

const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** A manifest, or what explains a digest, as it stands in a segment; undefined for what is none. */
export function parseManifest(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The memory of what was computed. Records are short, for they are read at every start; the manifests that explain
 * keys stand in segments of their own and are read on request only. A manifest is written before its record.
 */
export class ActionLog {
  readonly #records: Segments;
  readonly #manifests: Segments;
  #known: Map<string, string> | undefined;
  #damaged = 0;
  /** Keys recorded since this was first read, by this process or another. */
  readonly #since = new Set<Digest>();

  constructor(storeRoot: string, runId: string) {
    const folder = join(storeRoot, 'actions');
    this.#records = new Segments(folder, '.log', runId);
    this.#manifests = new Segments(folder, '.manifests', runId);
  }

  /** Reads what is recorded now; else the first question does. */
  load(): void {
    this.#load();
  }

  get(key: Digest): ActionRecord | undefined {
    const text = this.#load().get(key);
    return text === undefined ? undefined : parseRecord(text);
  }

  append(key: Digest, record: ActionRecord, manifest: unknown): void {
    this.appendAll([{ key, record, manifest }]);
  }

  /** Appends many records at once: all manifests come before the first record. */
  appendAll(entries: readonly LogEntry[]): void {
    const known = this.#load();
    this.#manifests.appendAll(entries.map(({ key, manifest }) => [key, manifest]));
    this.#records.appendAll(entries.map(({ key, record }) => [key, record]));
    for (const { key, record } of entries) {
      known.set(key, JSON.stringify(record));
      this.#since.add(key);
    }
  }

  /** Takes in what other processes recorded since this one looked last. */
  refresh(): void {
    const known = this.#load();
    for (const [key, text] of this.#records.grown()) {
      known.set(key, text);
      this.#since.add(key);
    }
  }

  /** Whether a key was recorded since this log was first read. */
  isNew(key: Digest): boolean {
    return this.#since.has(key);
  }

  /** Stores what explains a digest that manifests name, such as a kind's source files behind its code. */
  explain(digest: Digest, explanation: unknown): void {
    this.#manifests.append(digest, explanation);
  }

  /** Keys in the order in which they were first written. */
  keys(): Iterable<Digest> {
    return this.#load().keys();
  }

  /** The manifest behind each key, and the explanation behind each explained digest. */
  manifests(): Map<Digest, unknown> {
    return new Map(
      [...this.manifestTexts()].flatMap(([key, text]) => {
        const manifest = parseManifest(text);
        return manifest === undefined ? [] : [[key, manifest] as const];
      }),
    );
  }

  /** The same as JSON, for who needs few of them. */
  manifestTexts(): ReadonlyMap<Digest, string> {
    return this.#manifests.read().records;
  }

  /** Lines that failed their checksum and were passed over. */
  get damaged(): number {
    this.#load();
    return this.#damaged;
  }

  close(): void {
    this.#records.close();
    this.#manifests.close();
  }

  #load(): Map<string, string> {
    if (this.#known === undefined) {
      const { records, damaged, torn } = this.#records.read();
      this.#known = records;
      this.#damaged = damaged + torn;
    }
    return this.#known;
  }
}
