import type { Digest } from '../store/canonical.ts';
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
    | 'store-refuses';
  readonly message: string;
  readonly stack?: string;
  /** Of `store-refuses`: what cannot be written, and why. */
  readonly refusal?: Refusal;
}

/** What a run tells while it goes on. Times are seconds since its start. */
export type RunEvent =
  | { readonly type: 'run-started'; readonly run: string; readonly actions: number }
  | { readonly type: 'action-cached'; readonly target: string; readonly stage: string; readonly key: Digest }
  /** Another process is at it; its result will be taken. */
  | { readonly type: 'action-awaited'; readonly target: string; readonly stage: string; readonly key: Digest }
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
      readonly interrupted: boolean;
    };
