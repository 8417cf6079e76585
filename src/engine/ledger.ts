import type { ActionRecord } from '../store/actions.ts';
import type { Digest } from '../store/canonical.ts';
import type { RunAction } from '../store/runs.ts';
import type { Failure, RunEvent } from './events.ts';
import type { ActionNode } from './graph.ts';
import type { ResolvedAction } from './resolve.ts';

export interface ScheduleResult {
  readonly actions: readonly RunAction[];
  /** Records of all targets that are done. */
  readonly records: ReadonlyMap<string, ActionRecord>;
  /** Replicates and looks that were not needed, each with the look that decided it. They count as nothing else. */
  readonly notNeeded: ReadonlyMap<string, string>;
  readonly counts: {
    readonly executed: number;
    readonly cached: number;
    readonly failed: number;
    readonly skipped: number;
  };
  /** How many of the cached ones came from a shared cache in this run. */
  readonly fetched: number;
}

/** Keeps what became of each action of a run, and tells it. */
export class Ledger implements ScheduleResult {
  readonly actions: RunAction[] = [];
  readonly records = new Map<string, ActionRecord>();
  readonly notNeeded = new Map<string, string>();
  readonly counts = { executed: 0, cached: 0, failed: 0, skipped: 0 };
  fetched = 0;
  /** Targets that failed or were skipped. */
  readonly lost = new Set<string>();
  readonly #emit: (event: RunEvent) => void;

  constructor(emit: (event: RunEvent) => void) {
    this.#emit = emit;
  }

  done({ node, key }: ResolvedAction, how: 'executed' | 'cached' | 'fetched', record: ActionRecord): void {
    const status = how === 'executed' ? 'executed' : 'cached';
    const fetched = how === 'fetched' && { fetched: true };
    if (status === 'cached') {
      this.#emit({ type: 'action-cached', target: node.target, stage: node.stage.name, key, ...fetched });
    }
    if (fetched) this.fetched++;
    this.counts[status]++;
    const accepted = record.accepted && { accepted: record.accepted.statement };
    this.actions.push({ target: node.target, key, status, seconds: record.seconds, ...accepted });
    this.records.set(node.target, record);
  }

  dispensed({ target, stage }: ActionNode, because: string): void {
    this.notNeeded.set(target, because);
    this.#emit({ type: 'action-not-needed', target, stage: stage.name, because });
  }

  failed({ target, stage }: ActionNode, key: Digest, failure: Failure, attempt: number, log: string): void {
    this.counts.failed++;
    this.lost.add(target);
    this.actions.push({ target, key, status: 'failed', seconds: 0, failure: failure.message });
    const base = { target, stage: stage.name, key, failure, attempt };
    this.#emit({ type: 'action-failed', ...base, ...(log && { log }) });
  }

  skipped({ target, stage }: ActionNode, because: string): void {
    this.counts.skipped++;
    this.lost.add(target);
    this.#emit({ type: 'action-skipped', target, stage: stage.name, because });
  }
}
