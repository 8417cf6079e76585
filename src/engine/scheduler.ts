import { setTimeout as sleep } from 'node:timers/promises';
import type { ActionRecord } from '../store/actions.ts';
import type { Digest } from '../store/canonical.ts';
import type { Presence } from '../store/cas.ts';
import type { Leases } from '../store/leases.ts';
import type { RemoteCache } from '../store/remote/remoteCache.ts';
import { type AttemptOptions, isStopped, type Outcome } from './attempts.ts';
import type { Failure } from './events.ts';
import { Fetching } from './fetching.ts';
import { refusedBy } from './gates.ts';
import type { ActionNode } from './graph.ts';
import { cpusOf, type Lane, Lanes, type Remote, takeTogether } from './lane.ts';
import { Ledger, type ScheduleResult } from './ledger.ts';
import { Namesakes } from './namesakes.ts';
import { ReadyQueue } from './readyQueue.ts';
import { isEmptyGather, NOTHING, type ResolveContext, type ResolvedAction, resolveAction } from './resolve.ts';
import { Users } from './users.ts';
import { untilFree } from './waiting.ts';

export interface ScheduleOptions extends Omit<ResolveContext, 'record'>, AttemptOptions {
  readonly leases: Leases;
  readonly jobs: number;
  /** Does some of the actions elsewhere; the others are done by `executor`. */
  readonly remote?: Remote;
  /** Go on with what does not depend on a failed action. */
  readonly keepGoing: boolean;
  /** A cache that other machines share: it is asked for what is about to run. */
  readonly shared?: RemoteCache;
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
  readonly #context: ResolveContext & Pick<ScheduleOptions, 'log'>;
  readonly #nodes: readonly ActionNode[];
  /** Blobs that were there when the run started: what its forecast knew. */
  readonly #present: Presence;
  readonly #ledger: Ledger;
  readonly #users = new Users();
  readonly #namesakes: Namesakes;
  #starting = true;
  /** Keys that this run computed or is at. */
  readonly #computed = new Set<Digest>();
  readonly #ready: ReadyQueue;
  /** Those of them that name files of the study, which may change meanwhile; the others are resolved when it is their turn. */
  readonly #resolved = new Map<ActionNode, ResolvedAction>();
  readonly #fetching: Fetching | undefined;
  #running = 0;
  #idle: () => void = () => undefined;
  /** An error of the store or of Driftline itself: the run ends with it once what is under way has ended. */
  #broken: { readonly error: unknown } | undefined;
  readonly #lanes: Lanes;
  /** Whether what came back from elsewhere is about to be made up for. */
  #refilling = false;
  #stopping = false;

  constructor(nodes: readonly ActionNode[], options: ScheduleOptions) {
    this.#nodes = nodes;
    this.#options = options;
    this.#context = { ...options, record: (target) => this.#ledger.records.get(target) };
    this.#ledger = new Ledger(options.emit);
    options.log.load(); // before the blobs are listed: another process writes them first
    this.#present = options.cas.snapshot();
    this.#ready = new ReadyQueue(nodes);
    this.#fetching = options.shared && new Fetching(options.shared, this.#present, this.#context, nodes, this.#ready);
    this.#namesakes = new Namesakes(nodes, options);
    this.#lanes = new Lanes(nodes, this.#ready, options, this.#isStopping);
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

  readonly #isStopping = (): boolean => this.#stopping || isStopped(this.#options);

  /** Visits what is ready; a cached action settles on the spot and may make more ready. What is left gets a thread. */
  #drain(): void {
    for (let node = this.#ready.shift(); node !== undefined; node = this.#ready.shift()) this.#visit(node);
    this.#fetching?.begin(this.#track, this.#fetched, this.#isStopping);
    // Not a thread's turn for each action: a hundred thousand that wait for theirs would be as many closures.
    const { local, remote } = this.#lanes;
    const { free } = local;
    for (let thread = 0; thread < free; thread++) this.#track(() => local.begin(() => this.#computeNext(local)));
    if (remote !== undefined && remote.free > 0 && !this.#refilling) this.#refill(remote);
  }

  /** Hands more to the cluster, soon: what comes back comes in numbers, and is made up for in one go. */
  #refill(lane: Lane): void {
    this.#refilling = true;
    this.#track(async () => {
      await sleep(REFILL_MS);
      this.#refilling = false;
      while (lane.free > 0) this.#track(() => this.#computeNext(lane));
    });
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
      action = resolveAction(node, this.#context);
    } catch (error) {
      this.#fail(node, '', { kind: 'missing-input', message: (error as Error).message }, 1);
      return;
    }
    const record = isEmptyGather(action) ? NOTHING : this.#recall(action);
    if (record !== undefined) this.#settle(action, 'cached', record);
    else if (!this.#follows(action) && (this.#computed.has(action.key) || !this.#fetching?.take(action))) {
      this.#enqueue(action);
    }
  }

  /** What the shared cache gave, if anything. */
  readonly #fetched = (action: ResolvedAction, record: ActionRecord | undefined): void => {
    if (record === undefined) this.#enqueue(action);
    else this.#settle(action, 'fetched', record);
  };

  #enqueue(action: ResolvedAction): void {
    this.#lanes.of(action.node).todo.push(action.node);
    // A hundred thousand that wait would hold as many keys, manifests and tasks.
    if (action.files.size > 0) this.#resolved.set(action.node, action);
  }

  /** Does something that the run waits for. */
  readonly #track = (work: () => Promise<void>): void => {
    this.#running++;
    work()
      .catch((error: unknown) => {
        this.#broken ??= { error };
        this.#stop();
      })
      .then(() => {
        this.#running--;
        this.#drain();
        if (this.#running === 0) this.#idle();
      });
  };

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
   * of that computation only, and for what a look asks for: two computations may turn out to have equal inputs, but no
   * forecast can know it, and a run executes what was forecast.
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
  async #computeNext(lane: Lane): Promise<void> {
    const actions = this.#takeNext(lane);
    if (actions.length > 0) {
      await lane.hold(cpusOf(actions[0].node), () => this.#computeAlone(actions, lane));
      this.#drain(); // before the thread is free for another: what this made ready may come first
    }
  }

  #takeNext(lane: Lane): ResolvedAction[] {
    return takeTogether(lane).map((node) => {
      const action = this.#resolved.get(node) ?? resolveAction(node, this.#context);
      this.#resolved.delete(node);
      return action;
    });
  }

  /** Computes those actions that no other process computes; waits for the others without a thread. */
  async #computeAlone(actions: readonly ResolvedAction[], lane: Lane): Promise<void> {
    const { leases, log } = this.#options;
    if (this.#isStopping()) {
      for (const { node } of actions) this.#skip(node, node.target);
      return;
    }
    const mine = actions.filter((action) => {
      if (leases.acquire(action.key)) return true;
      this.#track(() => this.#awaitOther(action));
      return false;
    });
    if (mine.length > 0) log.refresh(); // another process may have recorded them since they were looked at
    const open = mine.filter((action) => {
      const record = this.#recall(action);
      if (record === undefined) return true;
      this.#settle(action, 'cached', record);
      leases.release(action.key);
      return false;
    });
    lane.underWay += open.length;
    const outcomes = lane.attempts.compute(open);
    const ended = await Promise.allSettled(open.map((action, at) => this.#conclude(action, outcomes[at], lane)));
    for (const each of ended) if (each.status === 'rejected') throw each.reason;
  }

  async #conclude(action: ResolvedAction, computed: Promise<Outcome>, lane: Lane): Promise<void> {
    const { node, key } = action;
    this.#computed.add(key); // now: between its record and its outcome others have their turn
    let outcome: Outcome;
    try {
      outcome = await computed;
      if (outcome.became === 'done') {
        this.#lanes.pace.took(node, outcome.record.seconds);
        this.#settle(action, 'executed', outcome.record);
        this.#options.shared?.upload(key, outcome.record);
      }
    } finally {
      lane.underWay--;
      this.#options.leases.release(key);
    }
    if (outcome.became === 'failed') this.#fail(node, key, outcome.failure, outcome.attempt, outcome.log);
    else if (outcome.became === 'stopped') this.#skip(node, node.target);
    else if (outcome.became === 'returned') {
      this.#computed.delete(key);
      this.#enqueue(action);
    }
    this.#drain(); // the others of its thread may take long
  }

  /** Waits until the process that is at an action has finished it, failed, or died. */
  async #awaitOther(action: ResolvedAction): Promise<void> {
    const { node, key } = action;
    const { leases, log, emit } = this.#options;
    emit({ type: 'action-awaited', target: node.target, stage: node.stage.name, key });
    await untilFree(leases, key, this.#isStopping);
    if (this.#isStopping()) {
      this.#skip(node, node.target);
      return;
    }
    log.refresh();
    const record = this.#recall(action);
    if (record === undefined) this.#enqueue(action);
    else this.#settle(action, 'cached', record);
  }

  #settle(action: ResolvedAction, how: 'executed' | 'cached' | 'fetched', record: ActionRecord): void {
    this.#ledger.done(action, how, record);
    this.#readyUsers(action.node);
  }

  #readyUsers({ target }: ActionNode): void {
    for (const user of this.#users.ready(target)) this.#ready.push(user);
  }

  #fail(node: ActionNode, key: Digest, failure: Failure, attempt: number, log = ''): void {
    this.#ledger.failed(node, key, failure, attempt, log);
    if (!this.#options.keepGoing) this.#stop();
    this.#skipUsers(node, node.target);
  }

  /** Begins nothing more; what waits in a cluster's queue is not begun either. */
  #stop(): void {
    if (!this.#stopping) this.#options.remote?.queue.takeBack();
    this.#stopping = true;
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

/** Milliseconds in which what comes back from elsewhere is gathered before as much is handed over. */
const REFILL_MS = 5;
