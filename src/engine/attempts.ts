import type { ActionLog, ActionRecord } from '../store/actions.ts';
import type { Digest } from '../store/canonical.ts';
import type { Cas } from '../store/cas.ts';
import { Checkpoints } from '../store/checkpoints.ts';
import type { Failure, RunEvent } from './events.ts';
import { growthOf } from './growth.ts';
import { pause } from './pause.ts';
import type { ResolvedAction } from './resolve.ts';
import { storeFiles } from './storeFiles.ts';
import type { Executor, Growth, TaskResult } from './task.ts';

/** What became of an action that had to be computed. */
export type Outcome =
  | { readonly became: 'done'; readonly record: ActionRecord }
  | { readonly became: 'failed'; readonly failure: Failure; readonly attempt: number; readonly log: string }
  | { readonly became: 'stopped' };

export interface AttemptOptions {
  readonly studyRoot: string;
  readonly storeRoot: string;
  readonly run: string;
  readonly cas: Cas;
  readonly log: ActionLog;
  readonly executor: Executor;
  readonly signal: AbortSignal;
  emit(event: RunEvent): void;
}

/** Failures that another attempt in this run cannot mend. */
const FINAL: ReadonlySet<Failure['kind']> = new Set(['input-changed', 'damaged-input']);

/** Computes actions and records what they gave. */
export class Attempts {
  readonly #options: AttemptOptions;
  readonly #isStopping: () => boolean;
  readonly #checkpoints: Checkpoints;
  /** Kinds whose code is explained in the log already. */
  readonly #explained = new Set<Digest>();

  constructor(options: AttemptOptions, isStopping: () => boolean) {
    this.#options = options;
    this.#isStopping = isStopping;
    this.#checkpoints = new Checkpoints(options.storeRoot);
  }

  /** Tries an action as often as its stage allows. */
  async compute(action: ResolvedAction): Promise<Outcome> {
    const { node, key } = action;
    const { times, delay } = node.stage.retry;
    for (let attempt = 1; ; attempt++) {
      if (this.#isStopping()) return { became: 'stopped' };
      const base = { target: node.target, stage: node.stage.name, key, attempt };
      this.#options.emit({ type: 'action-started', ...base });
      const growth = growthOf(action);
      const from = growth && this.#checkpoints.furthest(growth.key, growth.at);
      const result = await this.#execute(action, growth);
      if (result === undefined) return { became: 'stopped' };
      if (result.ok) return { became: 'done', record: this.#commit(action, result, from) };
      const { failure, log } = result;
      if (attempt > times || FINAL.has(failure.kind)) return { became: 'failed', failure, attempt, log };
      const retryIn = delay * 2 ** (attempt - 1);
      this.#options.emit({ type: 'action-failed', ...base, failure, retryIn, ...(log && { log }) });
      await pause(retryIn, this.#options.signal);
    }
  }

  /** Undefined: the run was stopped meanwhile. */
  async #execute(action: ResolvedAction, growth: Growth | undefined): Promise<TaskResult | undefined> {
    const { node } = action;
    const { studyRoot, cas, executor, signal, emit } = this.#options;
    const changed = storeFiles(action, studyRoot, cas);
    if (changed !== undefined) return { ok: false, failure: changed, log: '' };
    let last = 0;
    try {
      const { time, memory } = node.stage.resources;
      const declared = node.role === 'run';
      return await executor.execute(growth === undefined ? action.task : { ...action.task, growth }, {
        signal,
        ...(time !== undefined && declared && { time }),
        ...(memory !== undefined && declared && { memory }),
        onProgress: (fraction) => {
          if (fraction !== last)
            emit({ type: 'action-progress', target: node.target, stage: node.stage.name, fraction });
          last = fraction;
        },
      });
    } catch (error) {
      if (!signal.aborted) throw error;
      return undefined;
    }
  }

  #commit(action: ResolvedAction, result: TaskResult & { ok: true }, from: number | undefined): ActionRecord {
    const { node, key, manifest, kind } = action;
    const { log, run, emit } = this.#options;
    const record: ActionRecord = {
      outputs: result.outputs,
      seconds: rounded(result.seconds),
      ...(from !== undefined && { from }),
      run,
      target: node.target,
    };
    if (!this.#explained.has(kind.digest)) {
      log.explain(kind.digest, { kind: kind.uses, sources: kind.sources, packages: kind.packages });
      this.#explained.add(kind.digest);
    }
    log.append(key, record, manifest);
    const base = { target: node.target, stage: node.stage.name, key, seconds: record.seconds };
    emit({ type: 'action-finished', ...base, ...(result.log && { log: result.log }) });
    return record;
  }
}

const rounded = (seconds: number): number => Math.round(seconds * 1e6) / 1e6;
