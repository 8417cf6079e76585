import pLimit from 'p-limit';
import type { ActionLog } from '../store/actions.ts';
import { type AttemptOptions, Attempts } from './attempts.ts';
import { Budget } from './budget.ts';
import { Expectation } from './expectation.ts';
import type { ActionNode } from './graph.ts';
import { Pace } from './pace.ts';
import { ReadyQueue } from './readyQueue.ts';
import type { ResolveContext, ResolvedAction } from './resolve.ts';
import type { Queue } from './task.ts';

/** Other machines than this one, for the actions that they take. */
export interface Remote {
  readonly queue: Queue;
  /** Actions that are handed over at a time; the machines see for themselves to their cores. */
  readonly most: number;
  takes(node: ActionNode): boolean;
  /** Seconds that an action of this stage takes, where a person said so. */
  hint(stage: string): number | undefined;
}

/** Actions that have to be computed in one place, and how many of them at a time. */
export interface Lane {
  /** Those that wait. */
  readonly todo: ReadyQueue;
  readonly attempts: Attempts;
  /** Actions that are being computed. */
  underWay: number;
  /** How many of those that wait can be begun now. */
  readonly free: number;
  /** How many of those that wait are taken in one go with this one, which is the first of them. */
  together(first: ActionNode): number;
  /** Runs `work` while it holds so many cores. */
  hold(cpus: number, work: () => Promise<void>): Promise<void>;
}

/** The threads of this machine, one for each core that is to be used. */
class LocalLane implements Lane {
  readonly todo: ReadyQueue;
  readonly attempts: Attempts;
  readonly #jobs: number;
  readonly #pace: Pace;
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #cores: Budget;
  underWay = 0;

  constructor(todo: ReadyQueue, attempts: Attempts, jobs: number, pace: Pace) {
    this.todo = todo;
    this.attempts = attempts;
    this.#jobs = jobs;
    this.#pace = pace;
    this.#limit = pLimit(jobs);
    this.#cores = new Budget(jobs);
  }

  get free(): number {
    return Math.min(this.todo.length, this.#jobs - this.#limit.activeCount - this.#limit.pendingCount);
  }

  /** Does something when a thread is free. */
  begin(work: () => Promise<void>): Promise<void> {
    return this.#limit(work);
  }

  together(first: ActionNode): number {
    const share = Math.ceil(this.todo.length / this.#jobs);
    return isSimple(first) ? Math.min(this.#pace.most(first), share) : 1;
  }

  hold(cpus: number, work: () => Promise<void>): Promise<void> {
    return this.#cores.hold(cpus, work);
  }
}

/** Actions that are looked at in one go before they are handed over: whether another process has or does them. */
const MOST_IN_ONE_LOOK = 256;

class RemoteLane implements Lane {
  readonly todo: ReadyQueue;
  readonly attempts: Attempts;
  readonly #most: number;
  underWay = 0;

  constructor(todo: ReadyQueue, attempts: Attempts, most: number) {
    this.todo = todo;
    this.attempts = attempts;
    this.#most = most;
  }

  get free(): number {
    return Math.min(this.todo.length, this.#most - this.underWay);
  }

  together(): number {
    return Math.min(this.free, MOST_IN_ONE_LOOK);
  }

  hold(_: number, work: () => Promise<void>): Promise<void> {
    return work();
  }
}

/** The next that waits, with those after it where it is of a stage whose actions are short: a thread gets them in one go. */
export function takeTogether(lane: Lane): ActionNode[] {
  const { todo } = lane;
  const { first } = todo;
  if (first === undefined) return [];
  const most = lane.together(first);
  const taken: ActionNode[] = [];
  for (let node = todo.first; node !== undefined && taken.length < most; node = todo.first) {
    if (node.stage !== first.stage || node.role !== first.role) break;
    taken.push(todo.shift()!);
  }
  return taken;
}

interface LaneOptions extends Omit<ResolveContext, 'record'>, AttemptOptions {
  readonly log: ActionLog;
  readonly jobs: number;
  readonly remote?: Remote;
}

/** The lanes of a run: the threads here, and maybe one to other machines. */
export class Lanes {
  readonly local: LocalLane;
  readonly remote: RemoteLane | undefined;
  readonly pace = new Pace();
  readonly #takes: (node: ActionNode) => boolean;

  /** `like`: another queue of the same nodes. */
  constructor(nodes: readonly ActionNode[], like: ReadyQueue, options: LaneOptions, isStopping: () => boolean) {
    const { jobs, remote } = options;
    const todo = (): ReadyQueue => new ReadyQueue(nodes, like);
    this.local = new LocalLane(todo(), new Attempts(options, isStopping), jobs, this.pace);
    this.#takes = (node) => remote?.takes(node) ?? false;
    if (remote === undefined) return;
    const expectation = new Expectation(options, this.pace, remote.hint);
    const queued = { queue: remote.queue, expected: (action: ResolvedAction) => expectation.of(action) };
    this.remote = new RemoteLane(todo(), new Attempts({ ...options, queued }, isStopping), remote.most);
  }

  of(node: ActionNode): Lane {
    return this.remote !== undefined && this.#takes(node) ? this.remote : this.local;
  }
}

export const cpusOf = (node: ActionNode): number => (node.role === 'run' ? node.stage.resources.cpus : 1);

/** Whether an action can be one of several that a thread does in turn: it has one core and no time limit of its own. */
const isSimple = (node: ActionNode): boolean =>
  cpusOf(node) === 1 && (node.role !== 'run' || node.stage.resources.time === undefined);
