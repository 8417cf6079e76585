/** What a job is asked to be, as sbatch was told. */
export interface Submission {
  readonly name: string;
  readonly user: string;
  readonly script: string;
  readonly args: readonly string[];
  /** The numbers in its array; undefined for a job that is no array. */
  readonly tasks: readonly number[] | undefined;
  /** How many of an array run at once. */
  readonly throttle: number | undefined;
  readonly cpus: number;
  /** MiB. */
  readonly memory: number;
  /** Minutes; undefined: without end. */
  readonly limit: number | undefined;
  readonly warning: { readonly signal: NodeJS.Signals; readonly seconds: number; readonly script: boolean } | undefined;
  readonly requeue: boolean;
  readonly held: boolean;
  readonly append: boolean;
  readonly output: string;
  readonly error: string | undefined;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly comment: string | undefined;
  readonly partition: string;
  readonly account: string | undefined;
  /** Nodes that it may have. */
  readonly nodes: readonly string[] | undefined;
}

/** A job of the fake cluster: one that is no array, or one of an array. */
export interface FakeJob {
  readonly submission: Submission;
  /** What sbatch told: of the whole array. */
  readonly array: number;
  readonly task: number | undefined;
  /** Its own number, which one of an array gets when it starts; its last one has the array's. */
  id: number;
  state: string;
  reason: string;
  node: string | undefined;
  restarts: number;
  submitted: number;
  started: number | undefined;
  ended: number | undefined;
  code: number;
  signal: number;
  /** The controller knows of it no more. */
  forgotten: boolean;
  /** What runs; undefined where nothing does. */
  running: RunningScript | undefined;
  /** Take back what is to befall it. */
  timers: (() => void)[];
  /** The state that it ends in, once it was asked to. */
  stopping: string | undefined;
}

/** A script that was started on a node. */
export interface RunningScript {
  /** Signals it, and with `all` also what it started. */
  signal(name: NodeJS.Signals, all: boolean): void;
}

/** Starts scripts; `ended` is called once. */
export interface ScriptRunner {
  start(job: FakeJob, node: string, ended: (code: number, signal: number) => void): RunningScript;
  close(): Promise<void>;
}

export const isOver = ({ state }: FakeJob): boolean => !['PENDING', 'RUNNING', 'COMPLETING'].includes(state);

/** `7`, or `5_2` of an array. */
export const nameOf = ({ array, task, id }: FakeJob): string => (task === undefined ? String(id) : `${array}_${task}`);
