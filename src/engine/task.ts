import type { StoredOutput } from '../store/actions.ts';
import type { Digest } from '../store/canonical.ts';
import type { Port } from '../study/contract.ts';
import type { Json } from '../study/plan.ts';
import type { Failure } from './events.ts';

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
      readonly log: string;
    }
  | { readonly ok: false; readonly failure: Failure; readonly log: string };

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

interface Limits {
  readonly signal: AbortSignal;
  /** Bytes of heap that the task may use. */
  readonly memory?: number;
}

export interface ExecuteOptions extends Limits {
  /** Seconds after which the task is killed. */
  readonly time?: number;
  onProgress(fraction: number): void;
}

/** Tasks are named by their place in the list. */
export interface ExecuteAllOptions extends Limits {
  onBegin(at: number): void;
  onProgress(at: number, fraction: number): void;
}
