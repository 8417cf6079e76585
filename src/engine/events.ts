import type { Digest } from '../store/canonical.ts';
import type { RemoteTrouble, Uploads } from '../store/remote/remoteCache.ts';
import type { Refusal } from '../store/storeError.ts';

/** Why an action failed, as data: the command line words it. */
export interface Failure {
  readonly kind:
    | 'threw'
    | 'timeout'
    | 'exited'
    | 'out-of-memory'
    | 'bad-output'
    | 'input-changed'
    | 'missing-input'
    | 'damaged-input'
    | 'store-refuses'
    /** A job on a cluster: somebody cancelled it; it was lost again and again. */
    | 'cancelled'
    | 'lost'
    /** There the code that its key names is not what would run: packages or Node are of another version. */
    | 'other-code';
  readonly message: string;
  /** Where in the kind's own code it arose, a line for each call, the innermost first. */
  readonly stack?: string;
  /** The same as places in the kind's bundle, as the thread knows them; replaced by `stack` before anybody is told. */
  readonly frames?: readonly Frame[];
  /** Of `store-refuses`: what cannot be written, and why. */
  readonly refusal?: Refusal;
}

/** A call, as a place in a file: lines and columns count from 1. */
export interface Frame {
  readonly name?: string;
  readonly line: number;
  readonly column: number;
}

/** How a cluster stands to a run. */
export interface ClusterState {
  /** Actions that wait to be submitted. */
  readonly waiting: number;
  /** Actions whose job is queued, and those whose job runs. */
  readonly queued: number;
  readonly running: number;
  /** Of these, the ones that share a job with others. */
  readonly packed: number;
  /** Actions that came back from the cluster. */
  readonly done: number;
  /** Actions that an earlier run had submitted. */
  readonly adopted: number;
  /** Jobs that are queued or running. */
  readonly jobs: number;
  /** Why jobs wait, in the cluster's words, each with the number of jobs. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Since when the cluster's controller has not answered, as its last words; absent while it answers. */
  readonly trouble?: string;
}

/** What a run tells while it goes on. Times are seconds since its start. */
export type RunEvent =
  | { readonly type: 'run-started'; readonly run: string; readonly actions: number }
  | {
      readonly type: 'action-cached';
      readonly target: string;
      readonly stage: string;
      readonly key: Digest;
      /** It came from a shared cache just now. */
      readonly fetched?: boolean;
    }
  /** Another process is at it; its result will be taken. */
  | { readonly type: 'action-awaited'; readonly target: string; readonly stage: string; readonly key: Digest }
  /** Handed to a cluster; it starts when the cluster has room. */
  | { readonly type: 'action-queued'; readonly target: string; readonly stage: string; readonly key: Digest }
  | ({ readonly type: 'cluster' } & ClusterState)
  | {
      readonly type: 'action-started';
      readonly target: string;
      readonly stage: string;
      readonly key: Digest;
      readonly attempt: number;
    }
  | { readonly type: 'action-progress'; readonly target: string; readonly stage: string; readonly fraction: number }
  | {
      readonly type: 'action-finished';
      readonly target: string;
      readonly stage: string;
      readonly key: Digest;
      readonly seconds: number;
      readonly log?: string;
    }
  | {
      readonly type: 'action-failed';
      readonly target: string;
      readonly stage: string;
      readonly key: Digest;
      readonly failure: Failure;
      readonly attempt: number;
      readonly retryIn?: number;
      readonly log?: string;
    }
  | { readonly type: 'action-skipped'; readonly target: string; readonly stage: string; readonly because: string }
  /** A replicate or a look that an earlier look, `because`, made superfluous. */
  | { readonly type: 'action-not-needed'; readonly target: string; readonly stage: string; readonly because: string }
  | {
      /** Results that are not those of driftline.lock. */
      readonly type: 'lock-differs';
      readonly changed: readonly string[];
      readonly added: readonly string[];
      readonly removed: readonly string[];
    }
  /** A shared cache did not do what was asked of it. What is not to be had there is computed. */
  | { readonly type: 'cache-trouble'; readonly place: string; readonly trouble: RemoteTrouble }
  /** Uploads to a shared cache, once they have all ended. */
  | ({ readonly type: 'cache-uploaded'; readonly place: string } & Uploads)
  /** The name now stands for the run that has these results: this one, or an earlier one where nothing had to run. */
  | { readonly type: 'run-tagged'; readonly run: string; readonly tag: string }
  | {
      readonly type: 'run-finished';
      readonly run: string;
      readonly seconds: number;
      readonly executed: number;
      readonly cached: number;
      readonly failed: number;
      readonly skipped: number;
      readonly notNeeded: number;
      /** How many of the cached ones came from a shared cache. */
      readonly fetched: number;
      readonly interrupted: boolean;
    };
