import { isKeyManifest } from '../engine/forecast.ts';
import type { KeyManifest } from '../engine/key.ts';
import type { ActionLog, ActionRecord } from '../store/actions.ts';
import type { Digest } from '../store/canonical.ts';
import type { Cas } from '../store/cas.ts';
import { type Side, stagesOf } from './side.ts';
import { targetParts } from './target.ts';

/**
 * Why a side has no result of a target: the study had no such target (`absent`), it `failed`, it was `skipped` after a
 * failure, not `asked` for, is `outdated` in the study as it is, or is `removed` from the store.
 */
export type Missing = 'absent' | 'failed' | 'skipped' | 'unasked' | 'outdated' | 'removed';

/** The kinds' explanations of their code. */
export interface CodeExplanation {
  readonly sources: Readonly<Record<string, Digest>>;
  readonly packages: Readonly<Record<string, string>>;
}

/** What results are read from. */
export interface Archive {
  readonly log: Pick<ActionLog, 'get' | 'manifests'>;
  readonly cas: Pick<Cas, 'has' | 'get'>;
}

/** What is in the store of a side's results. */
export class Results {
  readonly side: Side;
  readonly #log: Archive['log'];
  readonly #cas: Archive['cas'];
  readonly #manifests: ReadonlyMap<Digest, unknown>;
  readonly #stages: ReadonlySet<string>;
  #cells: Map<string, string[]> | undefined;

  /** @param manifests all of the log's, which are read once for both sides */
  constructor(side: Side, { log, cas }: Archive, manifests: ReadonlyMap<Digest, unknown>) {
    this.side = side;
    this.#log = log;
    this.#cas = cas;
    this.#manifests = manifests;
    this.#stages = stagesOf(side);
  }

  has(stage: string): boolean {
    return this.#stages.has(stage);
  }

  /** The record of a target; without one where its result is not there any more. */
  record(target: string): ActionRecord | undefined {
    const key = this.side.keys.get(target);
    return key === undefined ? undefined : this.#log.get(key);
  }

  manifest(target: string): KeyManifest | undefined {
    const found = this.#manifests.get(this.side.keys.get(target) ?? '');
    return isKeyManifest(found) ? found : undefined;
  }

  explanation(code: Digest): CodeExplanation | undefined {
    return this.#manifests.get(code) as CodeExplanation | undefined;
  }

  /** The digest of an output, or why there is none. */
  output(target: string, output: string): { readonly digest: Digest } | { readonly missing: Missing } {
    const stored = this.record(target)?.outputs[output];
    if (stored !== undefined) {
      return this.#cas.has(stored.digest) ? { digest: stored.digest } : { missing: 'removed' };
    }
    return { missing: this.#whyMissing(target) };
  }

  /** The targets of a stage's cells; replicates and gathered tables are others. */
  cells(stage: string): readonly string[] {
    if (this.#cells === undefined) {
      this.#cells = new Map();
      for (const target of this.side.keys.keys()) {
        const parts = targetParts(target);
        if (parts === undefined || parts.output !== undefined || parts.replicate !== undefined) continue;
        const cells = this.#cells.get(parts.stage);
        if (cells === undefined) this.#cells.set(parts.stage, [target]);
        else cells.push(target);
      }
    }
    return this.#cells.get(stage) ?? [];
  }

  bytes(digest: Digest): Buffer {
    return this.#cas.get(digest);
  }

  #whyMissing(target: string): Missing {
    const { keys, failed, complete, study, run } = this.side;
    if (failed.has(target)) return 'failed';
    const parts = targetParts(target);
    if (keys.has(target)) {
      // A table that all cells left out has no record; nor has a result that was removed.
      return this.record(target) !== undefined || this.#isLeftOut(parts?.stage, parts?.output) ? 'absent' : 'removed';
    }
    if (complete || study === undefined || !this.has(parts?.stage ?? '')) return 'absent';
    if (run === null) return 'outdated';
    return study.targets.length > 0 ? 'unasked' : 'skipped';
  }

  #isLeftOut(stage: string | undefined, output: string | undefined): boolean {
    if (output === undefined) return false;
    const records = this.cells(stage ?? '').map((target) => this.record(target));
    return records.length > 0 && records.every((record) => record !== undefined && !(output in record.outputs));
  }
}
