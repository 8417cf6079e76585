import pLimit from 'p-limit';
import type { ActionLog, ActionRecord } from '../store/actions.ts';
import type { Digest } from '../store/canonical.ts';
import type { Cas } from '../store/cas.ts';
import type { RunAction } from '../store/runs.ts';
import { Budget } from './budget.ts';
import type { Failure, RunEvent } from './events.ts';
import { type ActionNode, dependencies } from './graph.ts';
import { growthOf } from './growth.ts';
import { pause } from './pause.ts';
import { ReadyQueue } from './readyQueue.ts';
import { isEmptyGather, NOTHING, type ResolveContext, type ResolvedAction, resolveAction } from './resolve.ts';
import { storeFiles } from './storeFiles.ts';
import type { Executor, TaskResult } from './task.ts';
import { twins } from './twins.ts';

export interface ScheduleOptions extends Omit<ResolveContext, 'record'> {
  readonly run: string;
  readonly cas: Cas;
  readonly log: ActionLog;
  readonly executor: Executor;
  readonly jobs: number;
  /** Go on with what does not depend on a failed action. */
  readonly keepGoing: boolean;
  readonly signal: AbortSignal;
  emit(event: RunEvent): void;
}

export interface ScheduleResult {
  readonly actions: readonly RunAction[];
  /** Records of all targets that are done. */
  readonly records: ReadonlyMap<string, ActionRecord>;
  readonly counts: {
    readonly executed: number;
    readonly cached: number;
    readonly failed: number;
    readonly skipped: number;
  };
}

/** Failures that another attempt in this run cannot mend. */
const FINAL: ReadonlySet<Failure['kind']> = new Set(['input-changed', 'damaged-input']);

/**
 * Does what is not done: walks the nodes, inputs first; an action whose key is recorded and whose blobs are there is
 * not run again. What was finished is recorded at once, so that a stop at any moment loses only what was running.
 */
export async function schedule(nodes: readonly ActionNode[], options: ScheduleOptions): Promise<ScheduleResult> {
  return new Schedule(nodes, options).run();
}

class Schedule {
  readonly #options: ScheduleOptions;
  readonly #nodes: readonly ActionNode[];
  readonly #present: Set<Digest>;
  readonly #records = new Map<string, ActionRecord>();
  readonly #actions: RunAction[] = [];
  readonly #waitingFor = new Map<ActionNode, number>();
  readonly #users = new Map<string, ActionNode[]>();
  /** The same computation under another name: whose result a target takes. */
  #followers: Map<string, string> | undefined;
  /** Who is to compute a key, of those whose keys are known before anything was computed. */
  readonly #firstWith = new Map<Digest, string>();
  #starting = true;
  /** Keys that this run computed. */
  readonly #computed = new Set<Digest>();
  /** Targets that failed or were skipped. */
  readonly #lost = new Set<string>();
  readonly #ready: ReadyQueue;
  /** Actions that have to be computed and wait for a thread. */
  readonly #todo: ReadyQueue;
  readonly #resolved = new Map<ActionNode, ResolvedAction>();
  #running = 0;
  #idle: () => void = () => undefined;
  /** An error of the store or of Driftline itself: the run ends with it once what is under way has ended. */
  #broken: { readonly error: unknown } | undefined;
  readonly #explained = new Set<Digest>();
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #cores: Budget;
  readonly #counts = { executed: 0, cached: 0, failed: 0, skipped: 0 };
  #stopping = false;

  constructor(nodes: readonly ActionNode[], options: ScheduleOptions) {
    this.#nodes = nodes;
    this.#options = options;
    this.#present = options.cas.list();
    this.#ready = new ReadyQueue(nodes);
    this.#todo = new ReadyQueue(nodes);
    this.#limit = pLimit(options.jobs);
    this.#cores = new Budget(options.jobs);
  }

  async run(): Promise<ScheduleResult> {
    for (const node of this.#nodes) {
      const needed = new Set(dependencies(node));
      this.#waitingFor.set(node, needed.size);
      for (const target of needed) this.#addUser(target, node);
      if (needed.size === 0) this.#ready.push(node);
    }
    const idle = new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
    this.#drain();
    this.#starting = false;
    if (this.#running > 0) await idle;
    if (this.#broken !== undefined) throw this.#broken.error;
    return { actions: this.#actions, records: this.#records, counts: this.#counts };
  }

  #addUser(target: string, node: ActionNode): void {
    const users = this.#users.get(target);
    if (users === undefined) this.#users.set(target, [node]);
    else users.push(node);
  }

  /** Visits what is ready; a cached action settles on the spot and may make more ready. */
  #drain(): void {
    for (let node = this.#ready.shift(); node !== undefined; node = this.#ready.shift()) this.#visit(node);
  }

  #visit(node: ActionNode): void {
    let action: ResolvedAction;
    try {
      action = resolveAction(node, { ...this.#options, record: (target) => this.#records.get(target) });
    } catch (error) {
      this.#fail(node, '', { kind: 'missing-input', message: (error as Error).message }, 1);
      return;
    }
    const record = isEmptyGather(action) ? NOTHING : this.#recall(action);
    if (record !== undefined) {
      this.#options.emit({ type: 'action-cached', target: node.target, stage: node.stage.name, key: action.key });
      this.#settle(action, 'cached', record);
      return;
    }
    if (this.#follows(action)) return;
    this.#running++;
    this.#todo.push(node);
    this.#resolved.set(node, action);
    this.#limit(() => this.#computeNext())
      .catch((error: unknown) => {
        this.#broken ??= { error };
        this.#stopping = true;
      })
      .then(() => {
        this.#running--;
        this.#drain();
        if (this.#running === 0) this.#idle();
      });
  }

  /** Puts a node off while another one is to do the very same computation; told from the plan, not from who is first. */
  #follows({ node, key }: ResolvedAction): boolean {
    this.#followers ??= twins(this.#nodes, this.#options);
    const leader = this.#followers.get(node.target) ?? (this.#starting ? this.#firstWith.get(key) : undefined);
    if (leader === undefined) {
      if (this.#starting) this.#firstWith.set(key, node.target);
      return false;
    }
    if (this.#records.has(leader)) return false;
    if (this.#lost.has(leader)) {
      this.#skip(node, leader);
      return true;
    }
    this.#followers.set(node.target, leader);
    this.#waitingFor.set(node, 1);
    this.#addUser(leader, node);
    return true;
  }

  /**
   * The record of a key, if everything that it names is in the store. What this run computed counts for the other names
   * of that computation only: two computations may turn out to have equal inputs, but no forecast can know it, and a
   * run executes what was forecast.
   */
  #recall({ node, key }: ResolvedAction): ActionRecord | undefined {
    const record = this.#options.log.get(key);
    if (record === undefined || (this.#computed.has(key) && !this.#followers?.has(node.target))) return undefined;
    return Object.values(record.outputs).every(({ digest }) => this.#present.has(digest)) ? record : undefined;
  }

  /**
   * Does what comes first in the plan of all that waits for a thread, not what became ready first: a stage is combined,
   * gathered and tested before the next one starts, so that failures and figures come early.
   */
  async #computeNext(): Promise<void> {
    const node = this.#todo.shift()!;
    const action = this.#resolved.get(node)!;
    this.#resolved.delete(node);
    const cpus = node.role === 'run' ? node.stage.resources.cpus : 1;
    const record = await this.#cores.hold(cpus, () => this.#attempts(action));
    if (record !== undefined) this.#settle(action, 'executed', record);
    this.#drain(); // before the thread is free for another: what this made ready may come first
  }

  /** Tries an action as often as its stage allows. Undefined: it failed, or the run is stopping. */
  async #attempts(action: ResolvedAction): Promise<ActionRecord | undefined> {
    const { node, key } = action;
    const { times, delay } = node.stage.retry;
    for (let attempt = 1; ; attempt++) {
      if (this.#stopping || this.#options.signal.aborted) {
        this.#skip(node, node.target);
        return undefined;
      }
      this.#options.emit({ type: 'action-started', target: node.target, stage: node.stage.name, key, attempt });
      const result = await this.#execute(action);
      if (result === undefined) return undefined;
      if (result.ok) return this.#commit(action, result);
      if (attempt > times || FINAL.has(result.failure.kind)) {
        this.#fail(node, key, result.failure, attempt, result.log);
        return undefined;
      }
      const retryIn = delay * 2 ** (attempt - 1);
      const base = { target: node.target, stage: node.stage.name, key, failure: result.failure, attempt, retryIn };
      this.#options.emit({ type: 'action-failed', ...base, ...(result.log && { log: result.log }) });
      await pause(retryIn, this.#options.signal);
    }
  }

  async #execute(action: ResolvedAction): Promise<TaskResult | undefined> {
    const { node } = action;
    const { studyRoot, cas, executor, signal, emit } = this.#options;
    const changed = storeFiles(action, studyRoot, cas);
    if (changed !== undefined) return { ok: false, failure: changed, log: '' };
    let last = 0;
    try {
      const { time, memory } = node.stage.resources;
      const declared = node.role === 'run';
      const growth = growthOf(action);
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
      this.#skip(node, node.target);
      return undefined;
    }
  }

  #commit(action: ResolvedAction, result: TaskResult & { ok: true }): ActionRecord {
    const { node, key, manifest, kind } = action;
    const { log, run, emit } = this.#options;
    const record: ActionRecord = {
      outputs: result.outputs,
      seconds: rounded(result.seconds),
      run,
      target: node.target,
    };
    if (!this.#explained.has(kind.digest)) {
      log.explain(kind.digest, { kind: kind.uses, sources: kind.sources, packages: kind.packages });
      this.#explained.add(kind.digest);
    }
    log.append(key, record, manifest);
    for (const { digest } of Object.values(result.outputs)) this.#present.add(digest);
    this.#computed.add(key);
    const base = { target: node.target, stage: node.stage.name, key, seconds: record.seconds };
    emit({ type: 'action-finished', ...base, ...(result.log && { log: result.log }) });
    return record;
  }

  #settle({ node, key }: ResolvedAction, status: 'executed' | 'cached', record: ActionRecord): void {
    this.#counts[status]++;
    this.#actions.push({ target: node.target, key, status, seconds: record.seconds });
    this.#records.set(node.target, record);
    for (const user of this.#users.get(node.target) ?? []) {
      const left = this.#waitingFor.get(user)! - 1;
      this.#waitingFor.set(user, left);
      if (left === 0) this.#ready.push(user);
    }
  }

  #fail(node: ActionNode, key: Digest, failure: Failure, attempt: number, log = ''): void {
    this.#counts.failed++;
    this.#lost.add(node.target);
    this.#actions.push({ target: node.target, key, status: 'failed', seconds: 0 });
    this.#options.emit({
      type: 'action-failed',
      target: node.target,
      stage: node.stage.name,
      key,
      failure,
      attempt,
      ...(log && { log }),
    });
    if (!this.#options.keepGoing) this.#stopping = true;
    this.#skipUsers(node, node.target);
  }

  #skip(node: ActionNode, because: string): void {
    if (this.#waitingFor.get(node) === Number.POSITIVE_INFINITY) return;
    this.#waitingFor.set(node, Number.POSITIVE_INFINITY);
    this.#counts.skipped++;
    this.#lost.add(node.target);
    this.#options.emit({ type: 'action-skipped', target: node.target, stage: node.stage.name, because });
    this.#skipUsers(node, because);
  }

  #skipUsers(node: ActionNode, because: string): void {
    for (const user of this.#users.get(node.target) ?? []) this.#skip(user, because);
  }
}

const rounded = (seconds: number): number => Math.round(seconds * 1e6) / 1e6;
