import type { ActionLog, ActionRecord } from '../store/actions.ts';
import type { Digest } from '../store/canonical.ts';
import { RecordGroup } from './recordGroup.ts';
import type { ResolvedAction } from './resolve.ts';

/** Records what actions gave, several at a time, each kind's code explained before the first record that rests on it. */
export class Recorder {
  readonly #log: ActionLog;
  readonly #group: RecordGroup;
  /** Kinds whose code is explained in the log already. */
  readonly #explained = new Set<Digest>();

  constructor(log: ActionLog) {
    this.#log = log;
    this.#group = new RecordGroup(log);
  }

  /** Resolves when the record is on disk. */
  record({ key, manifest, kind }: ResolvedAction, record: ActionRecord): Promise<void> {
    if (!this.#explained.has(kind.digest)) {
      this.#log.explain(kind.digest, { kind: kind.uses, sources: kind.sources, packages: kind.packages });
      this.#explained.add(kind.digest);
    }
    return this.#group.add({ key, record, manifest });
  }

  /** Writes what waits for company. */
  flush(): void {
    this.#group.flush();
  }
}
