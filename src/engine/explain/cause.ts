import type { Digest } from '../../store/canonical.ts';
import type { Forecast } from '../forecast.ts';
import type { ActionNode } from '../graph.ts';

/**
 * One thing that is not as it was before: where an explanation ends. Plain data. `from` is absent where there was
 * nothing before, `to` where there is nothing now.
 */
export type Cause =
  /** A parameter of the stage, by its dotted path: `policy.C`. */
  | { readonly kind: 'parameter'; readonly path: string; readonly from?: unknown; readonly to?: unknown }
  /** A part of the rule by which replicates are decided on, as the study calls it: `until.halfWidth`. */
  | { readonly kind: 'rule'; readonly path: string; readonly from?: unknown; readonly to?: unknown }
  /** A file of the module graph of the stage's kind, as the study (or Driftline, for its own kinds) calls it. */
  | { readonly kind: 'source'; readonly path: string; readonly from?: Digest; readonly to?: Digest }
  | { readonly kind: 'package'; readonly name: string; readonly from?: string; readonly to?: string }
  /** The stage uses another kind. */
  | { readonly kind: 'uses'; readonly from: string; readonly to: string }
  /** The code differs, but neither its sources nor its packages do (`bundler`), or what it was is not known. */
  | { readonly kind: 'code'; readonly bundler: boolean; readonly from: Digest; readonly to: Digest }
  /** Major version of Node. */
  | { readonly kind: 'runtime'; readonly from: string; readonly to: string }
  /** The meaning of keys, which another version of Driftline may change. */
  | { readonly kind: 'format'; readonly from: number; readonly to: number }
  /** The study's seed; what it was, where the run's journal says. */
  | { readonly kind: 'seed'; readonly from?: string; readonly to: string }
  /** The contents of a file of the study. */
  | { readonly kind: 'file'; readonly path: string; readonly from?: Digest; readonly to?: Digest }
  /** How an input is handed over. */
  | { readonly kind: 'port'; readonly input: string; readonly from: string; readonly to: string }
  /** An input that was not there, or is not any more; `target` makes it. */
  | { readonly kind: 'input'; readonly change: 'new' | 'gone'; readonly input: string; readonly target?: string }
  /** An input that another target makes now. */
  | { readonly kind: 'rebound'; readonly input: string; readonly from: string; readonly to: string }
  /** An input whose contents differ, without a record of what made them before. */
  | { readonly kind: 'contents'; readonly input: string; readonly from: Digest; readonly to?: Digest }
  | { readonly kind: 'cell'; readonly change: 'new' | 'gone'; readonly stage: string; readonly cell: string }
  | { readonly kind: 'replicate'; readonly change: 'new' | 'gone'; readonly stage: string; readonly replicate: number }
  /** A look at the first replicates of cells under `until`. */
  | { readonly kind: 'look'; readonly change: 'new' | 'gone'; readonly stage: string; readonly look: number }
  /** The same cells in another order. */
  | { readonly kind: 'order'; readonly stage: string }
  /** Recorded under this very key, but these outputs are gone from the store. */
  | { readonly kind: 'lost'; readonly outputs: readonly string[]; readonly run: string }
  /** An earlier run had a result under this very key, but its record is gone. */
  | { readonly kind: 'unrecorded'; readonly run?: string }
  /** An earlier run took a result under this very key that was accepted by a statement, which was taken back since. */
  | { readonly kind: 'taken-back'; readonly run: string; readonly statement: Digest }
  /** It failed in the last run, under this very key. */
  | { readonly kind: 'failed'; readonly run: string; readonly target: string; readonly message: string }
  /** An input cannot be read, or its maker leaves it out. */
  | { readonly kind: 'missing'; readonly message: string }
  /** Nothing like it was computed before. */
  | { readonly kind: 'first' };

/** An input that is not, or may turn out not to be, what it was: the explanation goes on at its maker. */
export interface Link {
  readonly input: string;
  readonly target: string;
  /** Its contents before; absent where it was no input. */
  readonly from?: Digest;
  /** Its contents now; absent while its maker has to run first. */
  readonly to?: Digest;
}

/** An earlier action with which one is compared. */
export interface Before {
  readonly key: Digest;
  /** What it was called then. */
  readonly target: string;
  /** The run that computed it, and the profile that it was under; absent where its journal is gone. */
  readonly run: string;
  readonly profile?: string | null;
}

/** One action, compared with what it was before. */
export interface Finding {
  readonly target: string;
  readonly stage: string;
  readonly role: ActionNode['role'];
  readonly state: Forecast['state'];
  readonly key?: Digest;
  /** The nearest earlier action. */
  readonly before?: Before;
  readonly causes: readonly Cause[];
  readonly links: readonly Link[];
  /** A look that is to run first, and says whether this is needed at all. */
  readonly gate?: string;
  /** The user through which the explanation came here; absent for what was asked about. */
  readonly via?: string;
}
