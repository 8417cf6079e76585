import type { Comparison } from '../compare/compare.ts';
import type { TakenIn } from '../engine/soFar.ts';

/** What may be said of a cell, or of a stage: of all its actions together. A number on the wire is a place in this list. */
export const STATES = ['waiting', 'queued', 'partly', 'running', 'done', 'cached', 'failed', 'skipped'] as const;

export type State = (typeof STATES)[number];

/** A stage as the overview shows it. */
export interface StageNow {
  readonly name: string;
  readonly state: State;
  /** Cells by state, in the order of {@link STATES}. */
  readonly cells: readonly number[];
  /** Actions that are settled, of those that there are. */
  readonly settled: number;
  readonly actions: number;
  /** Seconds of computing behind what is there. */
  readonly seconds: number;
}

export interface StageFacts {
  readonly name: string;
  readonly uses: string;
  readonly cells: number;
  readonly replicates: number | null;
  /** Whether it draws a figure, and whether that depends on replicates, so that it can be drawn before all are there. */
  readonly figure: boolean;
}

export interface RunNow {
  readonly id: string;
  readonly startedAt: string;
  readonly profile: string | null;
  readonly targets: readonly string[];
  readonly state: 'running' | 'finished' | 'failed' | 'stopped' | 'broken off';
  /** Seconds, as far as it is told. */
  readonly seconds: number;
  readonly settled: number;
  readonly actions: number;
  readonly failed: number;
  /** Begun by `driftline watch`, which goes on when this run is stopped. */
  readonly watched: boolean;
}

export interface ClaimNow {
  readonly id: string;
  readonly says: string;
  readonly source: string | null;
  readonly verdict: 'supported' | 'refuted' | 'undecided' | 'missing';
}

/** All that the page begins with. */
export interface Snapshot {
  readonly study: string;
  readonly profile: string | null;
  readonly set: Readonly<Record<string, string>>;
  /** Where in the tale of which run this stands: what came after it is asked for by it. */
  readonly at: string;
  readonly chapters: readonly { readonly title: string; readonly stages: readonly string[] }[];
  readonly facts: readonly StageFacts[];
  readonly stages: readonly StageNow[];
  readonly claims: readonly ClaimNow[];
  readonly run: RunNow | null;
  /** Why the study as it is now cannot be read; what is shown is the study before. */
  readonly problem: string | null;
}

/** Cells of one stage as they are now, each list in the order of `cells`. */
export interface CellsNow {
  readonly stage: string;
  /** Places in the stage's list of cells. */
  readonly cells: readonly number[];
  readonly states: readonly number[];
  /** Of each cell's actions, how much is done: 0 to 1. */
  readonly progress: readonly number[];
  readonly seconds: readonly number[];
}

/** What became other since a place in the tale: absolute values, so that hearing of it twice does no harm. */
export interface Change {
  readonly stages: readonly StageNow[];
  readonly cells: readonly CellsNow[];
  readonly run: RunNow | null;
}

/** A stage's matrix, column by column. */
export interface Matrix extends Omit<CellsNow, 'cells'> {
  readonly axes: readonly { readonly name: string; readonly values: readonly (string | number | boolean)[] }[];
  /** Columns of tables with one row a cell, by which cells can be coloured: `summary.jobDelay`. */
  readonly metrics: readonly string[];
}

/** An action of a cell. */
export interface ActionNow {
  readonly target: string;
  readonly role: string;
  readonly state: string;
  readonly fraction: number;
  readonly seconds: number | null;
  readonly outputs: readonly { readonly name: string; readonly bytes: number; readonly rows: number | null }[];
  readonly failure: string | null;
  readonly log: string | null;
}

export interface CellFacts {
  readonly stage: string;
  readonly cell: number;
  readonly target: string;
  readonly state: number;
  readonly axes: Readonly<Record<string, string | number | boolean>>;
  readonly params: readonly (readonly [path: string, value: string])[];
  readonly inputs: readonly (readonly [name: string, from: string])[];
  readonly numbers: readonly (readonly [name: string, value: number | string | boolean | null])[];
  readonly actions: readonly ActionNow[];
  /** The command that computes it. */
  readonly command: string;
}

/** A figure drawn from the replicates that are there. */
export interface FigureSoFar {
  /** Of the drawing; null where there is none yet. */
  readonly digest: string | null;
  readonly takenIn: readonly TakenIn[];
  /** What is missing, or went wrong. */
  readonly lacks: string | null;
}

/** A run that can be named. */
export interface RunNamed {
  readonly name: string;
  readonly id: string;
  readonly startedAt: string;
  readonly profile: string | null;
  readonly targets: readonly string[];
  readonly seconds: number;
  readonly executed: number;
  readonly failed: number;
  readonly tags: readonly string[];
}

/** Two runs, and in what they differ. */
export interface Compared extends Comparison {
  readonly same: boolean;
  readonly from: { readonly run: string | null };
  readonly to: { readonly run: string | null };
}

/** How a run that was started from a page ended, in the command's own words. */
export interface Said {
  readonly code: number | null;
  readonly words: string;
}
