import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { KindNeeds } from '../engine/kindNeeds.ts';
import type { Task, TaskResult } from '../engine/task.ts';

/** Tasks for one thread, with what ties them to the one that gave them. */
export interface ErrandMessage {
  readonly tasks: readonly Task[];
  /** By the path of its bundle, what the code of a kind rests on. */
  readonly needs: Readonly<Record<string, KindNeeds>>;
  /** How many tasks were begun, how far the last of them is, and whether a checkpoint of it is wanted and was left. */
  readonly shared: SharedArrayBuffer;
  /** A folder for the tasks' scratch folders. */
  readonly scratch: string;
  /** Any message on it asks to stop; what comes back is HEARD, or a {@link TaskEnd} for each task that ended. */
  readonly port: MessagePort;
}

export interface TaskEnd {
  readonly at: number;
  readonly result: TaskResult;
  /** Whether the task has a scratch folder. */
  readonly scratched: boolean;
}

const BEGUN = 0;
export const PROGRESS = 1;
export const MILLIONTHS = 1e6;
export const WISH = 2;
export const WANTED = 1;
export const FULFILLED = 2;

/** More than any errand has: nothing of it can be begun any more. */
const CLOSED = 2 ** 30;

/** Begins a task of the thread's errand, unless it was taken back. */
export const claim = (cells: Int32Array, at: number): boolean =>
  Atomics.compareExchange(cells, BEGUN, at, at + 1) === at;

/** An errand as the one who gave it sees it: what became of each task, and what can be taken back. */
export class Errand {
  readonly results: Promise<TaskResult | undefined>[];
  readonly message: ErrandMessage;
  readonly #port: MessagePort;
  readonly #cells: Int32Array;
  readonly #resolve: ((result: Promise<TaskResult> | undefined) => void)[] = [];
  readonly #conclude: (end: TaskEnd) => Promise<TaskResult>;
  readonly #settled: boolean[];
  /** Tasks from here on were not begun when they were taken back. */
  #limit: number;
  /** Whether some task may have left a scratch folder. */
  scratched = false;

  /** `conclude` makes of a task's end what it is to count for. */
  constructor(
    tasks: readonly Task[],
    needs: Readonly<Record<string, KindNeeds>>,
    scratch: string,
    conclude: (end: TaskEnd) => Promise<TaskResult>,
  ) {
    const { port1, port2 } = new MessageChannel();
    const shared = new SharedArrayBuffer(12);
    this.message = { tasks, needs, shared, scratch, port: port2 };
    this.#port = port1;
    this.#cells = new Int32Array(shared);
    this.#conclude = conclude;
    this.#limit = tasks.length;
    this.#settled = tasks.map(() => false);
    this.results = tasks.map(() => new Promise((resolve) => this.#resolve.push(resolve)));
    port1.on('message', this.#receive);
  }

  get port(): MessagePort {
    return this.#port;
  }

  /** How far the task is that was begun last, which is named by its place; undefined where it has ended. */
  progress(): { readonly at: number; readonly fraction: number } | undefined {
    const at = this.begun - 1;
    if (at < 0 || this.#settled[at]) return undefined;
    return { at, fraction: Atomics.load(this.#cells, PROGRESS) / MILLIONTHS };
  }

  /** Asks the task that is at work for a checkpoint. */
  wantCheckpoint(): void {
    Atomics.compareExchange(this.#cells, WISH, 0, WANTED);
  }

  /** Whether it left one: true once. */
  gotCheckpoint(): boolean {
    return Atomics.compareExchange(this.#cells, WISH, FULFILLED, 0) === FULFILLED;
  }

  /** Takes back what was not begun. */
  takeBack(): void {
    const begun = Atomics.exchange(this.#cells, BEGUN, CLOSED);
    if (begun === CLOSED) return;
    for (let at = begun; at < this.#limit; at++) this.#end(at, undefined);
    this.#limit = begun;
  }

  /**
   * Takes in what the thread said before its errand ended. Where it died, that is what became of the task that it began
   * last, or else was to begin; others whose results it did not get to the disk are given back too.
   */
  close(death?: () => Promise<TaskResult>): void {
    for (let got = receiveMessageOnPort(this.#port); got !== undefined; got = receiveMessageOnPort(this.#port)) {
      this.#receive(got.message);
    }
    this.#port.close();
    const at = Math.max(0, this.begun - 1);
    const died = this.#settled[at] ? this.#settled.indexOf(false) : at;
    if (death !== undefined && died >= 0) this.#end(died, death());
    for (let each = 0; each < this.#settled.length; each++) this.#end(each, undefined);
  }

  readonly #receive = (message: unknown): void => {
    if (typeof message !== 'object') return;
    const end = message as TaskEnd;
    this.scratched ||= end.scratched;
    this.#end(end.at, this.#conclude(end));
  };

  #end(at: number, result: Promise<TaskResult> | undefined): void {
    if (this.#settled[at]) return;
    this.#settled[at] = true;
    this.#resolve[at](result);
  }

  /** How many tasks were begun. */
  get begun(): number {
    const begun = Atomics.load(this.#cells, BEGUN);
    return begun === CLOSED ? this.#limit : begun;
  }
}
