import type { StoredOutput } from '../store/actions.ts';
import type { Digest } from '../store/canonical.ts';
import type { Port } from '../study/contract.ts';
import type { Json } from '../study/plan.ts';
import type { Failure } from './events.ts';
import type { KindNeeds } from './kindNeeds.ts';

/** How the bytes of an input are handed to a run. */
export type InputFormat = 'table' | 'bytes' | 'csv-table' | 'json-table';

/** One blob of an input; null stands for an optional output that its maker left out. */
export interface InputBlob {
  readonly digest: Digest;
  readonly format: InputFormat;
}

/** What a run that can grow has in common with its longer and shorter ones, and how far it is to go. */
export interface Growth {
  readonly key: Digest;
  readonly at: number;
}

/** All that a worker needs to do an action: plain data, self-contained but for the store. */
export interface Task {
  readonly target: string;
  readonly storeRoot: string;
  /** Another store for the outputs, where they are only to be compared. */
  readonly outputRoot?: string;
  readonly bundle: string;
  readonly entry: 'run' | 'combine';
  readonly params: Json;
  readonly files: Readonly<Record<string, Digest>>;
  readonly inputs: Readonly<Record<string, InputBlob | readonly InputBlob[]>>;
  readonly outputs: Readonly<Record<string, Port>>;
  readonly seed: string;
  /** For the combination of replicates whose number was decided: how many each planned look takes in. */
  readonly looks?: readonly number[];
  /** For a run that can go on from the checkpoint of a shorter one. */
  readonly growth?: Growth;
}

/** What became of a task. */
export type TaskResult =
  | {
      readonly ok: true;
      readonly outputs: Readonly<Record<string, StoredOutput>>;
      readonly seconds: number;
      /** How far the checkpoint was from which it went on, where that is another one than when it was handed over. */
      readonly from?: number;
      readonly log: string;
    }
  | { readonly ok: false; readonly failure: Failure; readonly log: string };

/** What is known of the action behind a task, for who does it on another machine. */
export interface TaskAction {
  /** Under which its result is to be recorded. */
  readonly key: Digest;
  readonly stage: string;
  readonly cpus: number;
  /** Seconds that it is expected to take, where that is known. */
  readonly seconds?: number;
  /** What its kind's code rests on. */
  readonly needs?: KindNeeds;
}

/** Does tasks somewhere: worker threads here, a cluster elsewhere. */
export interface Executor {
  /**
   * Resolves whatever becomes of the task; rejects when `signal` is aborted, and with a StoreError where the store
   * refuses what the task writes: that is no fault of the task's, and ends the run.
   */
  execute(task: Task, options: ExecuteOptions): Promise<TaskResult>;
  /**
   * Does short tasks one after another, handed over in one go. Each resolves as it ends, or to undefined where it was not
   * begun: after one that failed, or after one that turned out to be long, which must not hold up the others.
   */
  executeAll(tasks: readonly Task[], options: ExecuteAllOptions): Promise<TaskResult | undefined>[];
  close(): Promise<void>;
}

/** Does tasks elsewhere, where they wait for their turn. */
export interface Queue {
  /** As an {@link Executor} does; resolves to undefined where the task was taken back. */
  execute(task: Task, options: QueueOptions): Promise<TaskResult | undefined>;
  /** Takes back what was not begun. */
  takeBack(): void;
  close(): Promise<void>;
}

interface Limits {
  readonly signal: AbortSignal;
  /** Bytes of heap that the task may use. */
  readonly memory?: number;
  /** By the path of its bundle, what a kind's code rests on: looked at before a thread imports it, and after each task. */
  readonly needs?: Readonly<Record<string, KindNeeds>>;
  /** Aborted when there is little time left: a run that grows leaves a checkpoint as soon as it can, and goes on. */
  readonly warning?: AbortSignal;
  /** Told when it has. */
  onCheckpoint?(): void;
}

export interface ExecuteOptions extends Limits {
  /** Seconds after which the task is killed. */
  readonly time?: number;
  onProgress(fraction: number): void;
}

export interface QueueOptions extends Pick<ExecuteOptions, 'signal' | 'memory' | 'time'> {
  readonly action: TaskAction;
  /** Told when its turn has come, once or more often. */
  onBegin(): void;
  onProgress(fraction: number): void;
}

/** Tasks are named by their place in the list. */
export interface ExecuteAllOptions extends Limits {
  onBegin(at: number): void;
  onProgress(at: number, fraction: number): void;
}
