import type { ActionLog, LogEntry } from '../store/actions.ts';

/** Milliseconds after which a record is written though others of its group are still to come. */
const PATIENCE_MS = 20;

interface Waiting extends LogEntry {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Records that are written together: bringing many to the disk takes as long as bringing one. */
export class RecordGroup {
  readonly #log: ActionLog;
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(log: ActionLog) {
    this.#log = log;
  }

  /** Resolves when the record is on disk. */
  add(entry: LogEntry): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...entry, resolve, reject });
      this.#timer ??= setTimeout(() => this.flush(), PATIENCE_MS);
    });
  }

  /** Writes what waits. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    const group = this.#waiting;
    this.#waiting = [];
    try {
      this.#log.appendAll(group);
    } catch (error) {
      for (const { reject } of group) reject(error);
      return;
    }
    for (const { resolve } of group) resolve();
  }
}
