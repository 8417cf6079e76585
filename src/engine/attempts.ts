import type { ActionLog, ActionRecord } from '../store/actions.ts';
import type { Cas } from '../store/cas.ts';
import { Checkpoints } from '../store/checkpoints.ts';
import type { Failure, RunEvent } from './events.ts';
import { growthOf } from './growth.ts';
import { pause } from './pause.ts';
import { Recorder } from './recorder.ts';
import type { ResolvedAction } from './resolve.ts';
import { withPlaces } from './sourcePlaces.ts';
import { storeFiles } from './storeFiles.ts';
import type { Executor, Queue, Task, TaskAction, TaskResult } from './task.ts';

/** What became of an action that had to be computed. */
export type Outcome =
  | { readonly became: 'done'; readonly record: ActionRecord }
  | { readonly became: 'failed'; readonly failure: Failure; readonly attempt: number; readonly log: string }
  | { readonly became: 'stopped' }
  /** Handed over with others and not begun. */
  | { readonly became: 'returned' };

export interface AttemptOptions {
  readonly studyRoot: string;
  readonly storeRoot: string;
  readonly run: string;
  readonly cas: Cas;
  readonly log: ActionLog;
  readonly executor: Executor;
  /** Does the tasks instead. What it does comes back when it does, not when a thread is through. */
  readonly queued?: { readonly queue: Queue; readonly expected: (action: ResolvedAction) => number | undefined };
  readonly signal: AbortSignal;
  /** Aborted when nothing more is to be begun; what is under way ends as it would. */
  readonly enough?: AbortSignal;
  emit(event: RunEvent): void;
}

/** Whether a run was asked to begin nothing more. */
export const isStopped = ({ signal, enough }: Pick<AttemptOptions, 'signal' | 'enough'>): boolean =>
  signal.aborted || enough?.aborted === true;

/** Failures that another attempt in this run cannot mend. */
const FINAL: ReadonlySet<Failure['kind']> = new Set(['input-changed', 'damaged-input', 'cancelled', 'other-code']);

/** Resolves to undefined where the action was not begun; rejects where the run was stopped meanwhile, or is broken. */
type Attempt = Promise<TaskResult | undefined>;

/** Computes actions and records what they gave. */
export class Attempts {
  readonly #options: AttemptOptions;
  readonly #isStopping: () => boolean;
  readonly #records: Recorder;
  readonly #checkpoints: Checkpoints;
  /** From how far the last attempt at an action went on, where there was a checkpoint. */
  readonly #from = new WeakMap<ResolvedAction, number>();

  constructor(options: AttemptOptions, isStopping: () => boolean) {
    this.#options = options;
    this.#isStopping = isStopping;
    this.#records = new Recorder(options.log);
    this.#checkpoints = new Checkpoints(options.storeRoot);
  }

  /** Tries actions, in one go where there are several, each as often as its stage allows. */
  compute(actions: readonly ResolvedAction[]): Promise<Outcome>[] {
    const together = actions.length > 1 && this.#options.queued === undefined;
    const attempts = together ? this.#executeAll(actions) : actions.map((action) => this.#execute(action, 1));
    const outcomes = actions.map((action, at) => this.#outcome(action, attempts[at]));
    if (this.#options.queued !== undefined) return outcomes;
    // When the thread is free again, nothing of what it gave waits for company.
    Promise.allSettled(attempts).then(() => this.#records.flush());
    return outcomes;
  }

  async #outcome(action: ResolvedAction, first: Attempt): Promise<Outcome> {
    const { times, delay } = action.node.stage.retry;
    for (let attempt = 1, running = first; ; running = this.#execute(action, ++attempt)) {
      let result: TaskResult | undefined;
      try {
        result = await running;
      } catch (error) {
        if (!this.#options.signal.aborted) throw error;
        return { became: 'stopped' };
      }
      if (result === undefined) return { became: 'returned' };
      if (result.ok) {
        const record = this.#commit(action, result);
        if (attempt > 1 && this.#options.queued === undefined) this.#records.flush(); // its company has long been written
        return { became: 'done', record: await record };
      }
      const { log } = result;
      const failure = result.failure.frames ? await withPlaces(result.failure, action.kind) : result.failure;
      if (attempt > times || FINAL.has(failure.kind)) return { became: 'failed', failure, attempt, log };
      const retryIn = delay * 2 ** (attempt - 1);
      const told = { failure, retryIn, ...(log && { log }) };
      this.#options.emit({ type: 'action-failed', ...nameOf(action), attempt, ...told });
      await pause(retryIn, this.#options.signal);
      if (this.#isStopping()) return { became: 'stopped' };
    }
  }

  async #execute(action: ResolvedAction, attempt: number): Attempt {
    const { executor, signal, queued } = this.#options;
    let begun = false;
    const onBegin = (): void => {
      if (!begun) this.#tellStart(action, attempt);
      begun = true;
    };
    if (queued === undefined) onBegin();
    const changed = this.#storeFiles(action);
    if (changed !== undefined) return changed;
    if (queued !== undefined) this.#options.emit({ type: 'action-queued', ...nameOf(action) });
    const { time, memory } = limitsOf(action);
    const limits = { signal, ...(time !== undefined && { time }), ...(memory !== undefined && { memory }) };
    const task = this.#taskOf(action);
    const onProgress = this.#progressOf(action);
    if (queued !== undefined) {
      const seconds = queued.expected(action);
      return queued.queue.execute(task, { ...limits, action: taskAction(action, seconds), onBegin, onProgress });
    }
    return executor.execute(task, { ...limits, needs: needsOf(action), onProgress });
  }

  /** A first attempt at each of several actions that one thread does one after another. */
  #executeAll(actions: readonly ResolvedAction[]): Attempt[] {
    const { executor, signal } = this.#options;
    const changed = actions.map((action) => this.#storeFiles(action));
    const sound = actions.filter((_, at) => changed[at] === undefined);
    const { memory } = limitsOf(actions[0]);
    const progress = sound.map((action) => this.#progressOf(action));
    const attempts = executor.executeAll(
      sound.map((action) => this.#taskOf(action)),
      {
        signal,
        needs: needsOf(actions[0]), // they are of one stage
        ...(memory !== undefined && { memory }),
        onBegin: (at) => this.#tellStart(sound[at], 1),
        onProgress: (at, fraction) => progress[at](fraction),
      },
    );
    return changed.map((result) => (result === undefined ? attempts.shift()! : Promise.resolve(result)));
  }

  #storeFiles(action: ResolvedAction): TaskResult | undefined {
    const failure = storeFiles(action, this.#options.studyRoot, this.#options.cas);
    return failure && { ok: false, failure, log: '' };
  }

  #taskOf(action: ResolvedAction): Task {
    const growth = growthOf(action);
    if (growth === undefined) return action.task;
    const from = this.#checkpoints.furthest(growth.key, growth.at);
    if (from === undefined) this.#from.delete(action);
    else this.#from.set(action, from);
    return { ...action.task, growth };
  }

  #tellStart(action: ResolvedAction, attempt: number): void {
    this.#options.emit({ type: 'action-started', ...nameOf(action), attempt });
  }

  #progressOf({ node: { target, stage } }: ResolvedAction): (fraction: number) => void {
    let last = 0;
    return (fraction) => {
      if (fraction !== last) this.#options.emit({ type: 'action-progress', target, stage: stage.name, fraction });
      last = fraction;
    };
  }

  async #commit(action: ResolvedAction, result: TaskResult & { ok: true }): Promise<ActionRecord> {
    const { run, emit } = this.#options;
    const from = result.from ?? this.#from.get(action);
    const record: ActionRecord = {
      outputs: result.outputs,
      seconds: rounded(result.seconds),
      ...(from !== undefined && { from }),
      run,
      target: action.node.target,
    };
    await this.#records.record(action, record);
    emit({
      type: 'action-finished',
      ...nameOf(action),
      seconds: record.seconds,
      ...(result.log && { log: result.log }),
    });
    return record;
  }
}

const nameOf = ({ node, key }: ResolvedAction) => ({ target: node.target, stage: node.stage.name, key });

const needsOf = ({ kind }: ResolvedAction) => ({ [kind.bundle]: kind.needs });

const taskAction = ({ node, key, kind }: ResolvedAction, seconds: number | undefined): TaskAction => ({
  key,
  needs: kind.needs,
  stage: node.stage.name,
  cpus: node.role === 'run' ? node.stage.resources.cpus : 1,
  ...(seconds !== undefined && { seconds }),
});

/** What a stage declares binds its runs, not what is made of them. */
const limitsOf = ({ node }: ResolvedAction): { readonly time?: number; readonly memory?: number } =>
  node.role === 'run' ? node.stage.resources : {};

const rounded = (seconds: number): number => Math.round(seconds * 1e6) / 1e6;
