import pLimit from 'p-limit';
import type { ActionRecord } from '../store/actions.ts';
import type { Digest } from '../store/canonical.ts';
import type { Leases } from '../store/leases.ts';
import { type AttemptOptions, Attempts } from './attempts.ts';
import { Budget } from './budget.ts';
import type { Failure } from './events.ts';
import { refusedBy } from './gates.ts';
import type { ActionNode } from './graph.ts';
import { Ledger, type ScheduleResult } from './ledger.ts';
import { Namesakes } from './namesakes.ts';
import { ReadyQueue } from './readyQueue.ts';
import { isEmptyGather, NOTHING, type ResolveContext, type ResolvedAction, resolveAction } from './resolve.ts';
import { Users } from './users.ts';
import { untilFree } from './waiting.ts';

export interface ScheduleOptions extends Omit<ResolveContext, 'record'>, AttemptOptions {
  readonly leases: Leases;
  readonly jobs: number;
  /** Go on with what does not depend on a failed action. */
  readonly keepGoing: boolean;
}

/**
 * Does what is not done: walks the nodes, inputs first; an action whose key is recorded and whose blobs are there is
 * not run again. What was finished is recorded at once, so that a stop at any moment loses only what was running. What
 * another process is at with the same store is left to it, and its result taken.
 */
export async function schedule(nodes: readonly ActionNode[], options: ScheduleOptions): Promise<ScheduleResult> {
  return new Schedule(nodes, options).run();
}

class Schedule {
  readonly #options: ScheduleOptions;
  readonly #nodes: readonly ActionNode[];
  /** Blobs that were there when the run started: what its forecast knew. */
  readonly #present: ReadonlySet<Digest>;
  readonly #ledger: Ledger;
  readonly #users = new Users();
  readonly #namesakes: Namesakes;
  #starting = true;
  /** Keys that this run computed or is at. */
  readonly #computed = new Set<Digest>();
  readonly #ready: ReadyQueue;
  /** Actions that have to be computed and wait for a thread. */
  readonly #todo: ReadyQueue;
  readonly #resolved = new Map<ActionNode, ResolvedAction>();
  #running = 0;
  #idle: () => void = () => undefined;
  /** An error of the store or of Driftline itself: the run ends with it once what is under way has ended. */
  #broken: { readonly error: unknown } | undefined;
  readonly #attempts: Attempts;
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #cores: Budget;
  #stopping = false;

  constructor(nodes: readonly ActionNode[], options: ScheduleOptions) {
    this.#nodes = nodes;
    this.#options = options;
    this.#ledger = new Ledger(options.emit);
    options.log.load(); // before the blobs are listed: another process writes them first
    this.#present = options.cas.list();
    this.#ready = new ReadyQueue(nodes);
    this.#todo = new ReadyQueue(nodes);
    this.#limit = pLimit(options.jobs);
    this.#namesakes = new Namesakes(nodes, options);
    this.#cores = new Budget(options.jobs);
    this.#attempts = new Attempts(options, this.#isStopping);
  }

  async run(): Promise<ScheduleResult> {
    for (const node of this.#nodes) if (this.#users.add(node)) this.#ready.push(node);
    const idle = new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
    this.#drain();
    this.#starting = false;
    if (this.#running > 0) await idle;
    if (this.#broken !== undefined) throw this.#broken.error;
    return this.#ledger;
  }

  readonly #isStopping = (): boolean => this.#stopping || this.#options.signal.aborted;

  /** Visits what is ready; a cached action settles on the spot and may make more ready. */
  #drain(): void {
    for (let node = this.#ready.shift(); node !== undefined; node = this.#ready.shift()) this.#visit(node);
  }

  #visit(node: ActionNode): void {
    const refused = refusedBy(node, this.#ledger.records, this.#ledger.notNeeded);
    if (refused !== undefined) {
      this.#ledger.dispensed(node, refused);
      this.#readyUsers(node);
      return;
    }
    let action: ResolvedAction;
    try {
      action = resolveAction(node, { ...this.#options, record: (target) => this.#ledger.records.get(target) });
    } catch (error) {
      this.#fail(node, '', { kind: 'missing-input', message: (error as Error).message }, 1);
      return;
    }
    const record = isEmptyGather(action) ? NOTHING : this.#recall(action);
    if (record !== undefined) this.#settle(action, 'cached', record);
    else if (!this.#follows(action)) this.#enqueue(action);
  }

  #enqueue(action: ResolvedAction): void {
    this.#todo.push(action.node);
    this.#resolved.set(action.node, action);
    this.#track(() => this.#limit(() => this.#computeNext()));
  }

  /** Does something that the run waits for. */
  #track(work: () => Promise<void>): void {
    this.#running++;
    work()
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

  /** Puts a node off while another one is to do the very same computation. */
  #follows(action: ResolvedAction): boolean {
    const leader = this.#namesakes.leaderOf(action, this.#starting);
    if (leader === undefined || this.#ledger.records.has(leader)) return false;
    if (this.#ledger.lost.has(leader)) this.#skip(action.node, leader);
    else this.#users.putOff(action.node, leader);
    return true;
  }

  /**
   * The record of a key, if everything that it names is in the store. What this run computed counts for the other names
   * of that computation only, and for what a look asks for: two computations may turn out to have equal inputs, but no forecast can know it, and a
   * run executes what was forecast.
   */
  #recall({ node, key }: ResolvedAction): ActionRecord | undefined {
    const record = this.#options.log.get(key);
    if (record === undefined || (this.#computed.has(key) && !this.#namesakes.mayTake(node))) return undefined;
    return Object.values(record.outputs).every(({ digest }) => this.#isThere(key, digest)) ? record : undefined;
  }

  /**
   * A blob that was not there when the run started counts for what was recorded since. For other actions it is lost,
   * also where one of this run happens to give the same bytes: no forecast can know it.
   */
  #isThere(key: Digest, digest: Digest): boolean {
    return this.#present.has(digest) || (this.#options.log.isNew(key) && this.#options.cas.has(digest));
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
    await this.#cores.hold(cpus, () => this.#computeAlone(action));
    this.#drain(); // before the thread is free for another: what this made ready may come first
  }

  /** Computes an action that no other process computes; else waits for it without a thread. */
  async #computeAlone(action: ResolvedAction): Promise<void> {
    const { node, key } = action;
    const { leases } = this.#options;
    if (this.#isStopping()) {
      this.#skip(node, node.target);
      return;
    }
    if (!leases.acquire(key)) {
      this.#track(() => this.#awaitOther(action));
      return;
    }
    try {
      const record = this.#recallOther(action);
      if (record === undefined) await this.#compute(action);
      else this.#settle(action, 'cached', record);
    } finally {
      leases.release(key);
    }
  }

  async #compute(action: ResolvedAction): Promise<void> {
    const { node, key } = action;
    this.#computed.add(key); // now: between its record and its outcome others have their turn
    const outcome = await this.#attempts.compute(action);
    switch (outcome.became) {
      case 'done':
        this.#settle(action, 'executed', outcome.record);
        break;
      case 'failed':
        this.#fail(node, key, outcome.failure, outcome.attempt, outcome.log);
        break;
      case 'stopped':
        this.#skip(node, node.target);
        break;
    }
  }

  /** Waits until the process that is at an action has finished it, failed, or died. */
  async #awaitOther(action: ResolvedAction): Promise<void> {
    const { node, key } = action;
    const { leases, emit } = this.#options;
    emit({ type: 'action-awaited', target: node.target, stage: node.stage.name, key });
    await untilFree(leases, key, this.#isStopping);
    if (this.#isStopping()) {
      this.#skip(node, node.target);
      return;
    }
    const record = this.#recallOther(action);
    if (record === undefined) this.#enqueue(action);
    else this.#settle(action, 'cached', record);
  }

  /** What another process recorded of an action since this one looked at it. */
  #recallOther(action: ResolvedAction): ActionRecord | undefined {
    this.#options.log.refresh();
    return this.#recall(action);
  }

  #settle(action: ResolvedAction, status: 'executed' | 'cached', record: ActionRecord): void {
    this.#ledger.done(action, status, record);
    this.#readyUsers(action.node);
  }

  #readyUsers({ target }: ActionNode): void {
    for (const user of this.#users.ready(target)) this.#ready.push(user);
  }

  #fail(node: ActionNode, key: Digest, failure: Failure, attempt: number, log = ''): void {
    this.#ledger.failed(node, key, failure, attempt, log);
    if (!this.#options.keepGoing) this.#stopping = true;
    this.#skipUsers(node, node.target);
  }

  #skip(node: ActionNode, because: string): void {
    if (!this.#users.drop(node)) return;
    this.#ledger.skipped(node, because);
    this.#skipUsers(node, because);
  }

  #skipUsers(node: ActionNode, because: string): void {
    for (const user of this.#users.of(node.target)) this.#skip(user, because);
  }
}
