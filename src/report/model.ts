import type { Judgement } from '../tables/claimTest.ts';

/**
 * Everything that the report shows, as plain data. Whoever fills it in reads plan, store and run; the report itself
 * reads no disk, no clock and no locale, so the same model gives the same bytes.
 */
export interface ReportModel {
  /** Name of the study: the page's title. */
  readonly study: string;
  /** What the study is about, in the small Markdown of `markdown.ts`. */
  readonly description?: string;
  readonly profile: string | null;
  /** The study's parameters under this profile, in the order of the study file. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly seed: string;
  /** Version of Driftline. */
  readonly version: string;
  readonly run: ReportRun;
  /** Results that earlier code computed and somebody accepted, by statement. */
  readonly accepted: readonly ReportAcceptance[];
  readonly chapters: readonly ReportChapter[];
  /** Every claim of the study, in the order of the chapters. */
  readonly claims: readonly ReportClaim[];
  /** The command line that makes this report again. */
  readonly command: string;
  /** What changed since the last run of this profile that has a tag; null where none has. */
  readonly changes: ReportChanges | null;
}

/** In what the results differ from those of an earlier run. */
export interface ReportChanges {
  readonly tags: readonly string[];
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Claims whose verdicts are others, that are new (from null) or gone (to null). */
  readonly moved: readonly ClaimMove[];
  /** Numbers beyond noise, the largest change first: at most {@link CHANGED_NUMBERS}. */
  readonly beyond: readonly NumberChange[];
  /** Counts of changed values: beyond noise, within noise, and with no interval to judge by. */
  readonly counts: { readonly beyond: number; readonly within: number; readonly unjudged: number };
  /** Names of figures that are drawn otherwise or of other data. */
  readonly figures: readonly string[];
  /** Parameters of the study, and its seed, that are others. */
  readonly settings: readonly { readonly name: string; readonly from?: unknown; readonly to?: unknown }[];
  /** Source files that are others. */
  readonly code: readonly string[];
  /** Results that could not be compared. */
  readonly incomparable: number;
  /** Whether nothing of what could be compared differs. */
  readonly same: boolean;
}

export interface ClaimMove {
  readonly id: string;
  readonly from: string | null;
  readonly to: string | null;
}

export interface NumberChange {
  readonly table: string;
  readonly column: string;
  /** The columns that say which row it is, with their values. */
  readonly row: Readonly<Record<string, unknown>>;
  readonly from: unknown;
  readonly to: unknown;
  readonly fromInterval?: readonly [number, number];
  readonly toInterval?: readonly [number, number];
  /** |to − from| over the larger of the two in size. */
  readonly relative?: number;
  /** The p-value of Welch's test, adjusted for all tests; without one the intervals do not overlap. */
  readonly p?: number;
}

/** Most numbers beyond noise that a report lists. */
export const CHANGED_NUMBERS = 30;

export interface ReportAcceptance {
  /** Its digest. */
  readonly statement: string;
  /** Null where the statement is gone. */
  readonly because: string | null;
  readonly by: { readonly user: string; readonly host: string; readonly at: string } | null;
  /** Numbers of actions: those that rest on it, and those of them that were computed again. */
  readonly actions: number;
  readonly recomputed: number;
}

export interface ReportRun {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Wall-clock time. */
  readonly seconds: number;
  /** Numbers of actions. */
  readonly executed: number;
  readonly cached: number;
  readonly failed: number;
  /** Actions run at a time. */
  readonly jobs: number;
}

export interface ReportChapter {
  /** The study file, relative to the study's folder. */
  readonly file: string;
  readonly title: string;
  /** Small Markdown. */
  readonly about?: string;
  /** Text of the file. */
  readonly source: string;
  /** Ids of claims; an id without an entry in `claims` is left out. */
  readonly claims: readonly string[];
  readonly figures: readonly ReportFigure[];
  readonly tables: readonly ReportTable[];
  readonly stages: readonly ReportStage[];
}

export interface ReportFigure {
  readonly name: string;
  readonly stage: string;
  readonly title?: string;
  /** Small Markdown, one paragraph; also the text alternative of the image. */
  readonly description?: string;
  /** The Vega-Lite specification with its data inlined. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** The same figure drawn; shown until, and wherever, the interactive one is not. */
  readonly svg: string;
  /** Format (`svg`, `png`, `pdf`, `vl.json`) → path relative to the report's folder, with forward slashes. */
  readonly files: Readonly<Record<string, string>>;
  /** Names of the tables that it draws, as `stage.output`; one that no chapter has is left out. */
  readonly tables: readonly string[];
  /** What the figure is made by: its stage in the study file, and its specification. */
  readonly made: readonly ReportSource[];
  /** The command line that makes the figure again. */
  readonly command: string;
}

/** A text of the study, or a part of one. */
export interface ReportSource {
  /** Relative to the study's folder. */
  readonly file: string;
  readonly text: string;
}

export interface ReportTable {
  /** `stage.output`. */
  readonly name: string;
  readonly columns: readonly string[];
  /** Type of each column, in order. */
  readonly types: readonly string[];
  /** The first rows, at most {@link TABLE_ROWS}. */
  readonly rows: readonly (readonly unknown[])[];
  /** Number of rows of the whole table. */
  readonly total: number;
  /** Format (`csv`, `arrow`) → path relative to the report's folder, with forward slashes. */
  readonly files: Readonly<Record<string, string>>;
}

export interface ReportStage {
  readonly name: string;
  /** The kind, as the study names it. */
  readonly kind: string;
  readonly cells: number;
  readonly replicates: number | null;
  /** Where looks at the replicates decide their number: the least; `replicates` is then the most. */
  readonly fewest?: number;
  /** Numbers of this stage's actions. */
  readonly executed: number;
  readonly cached: number;
  readonly failed: number;
  /** Time that the actions took when they ran, summed; for cached ones as recorded then. */
  readonly seconds: number;
  /** The first actions, at most {@link STAGE_KEYS}. */
  readonly keys: readonly ReportKey[];
  /** Number of actions of the stage where `keys` holds only the first ones. */
  readonly totalKeys?: number;
  /** `with`, as written or as resolved for the first cell. */
  readonly params?: unknown;
}

export interface ReportKey {
  /** The cell's id, with the replicate where there is one; empty for a stage without a matrix. */
  readonly cell: string;
  readonly key: string;
  readonly status: 'executed' | 'cached' | 'failed';
  readonly seconds: number;
}

/** `missing`: the run gave no verdict, because the claim's stage failed or was not a target. */
export type Verdict = Judgement['verdict'] | 'missing';

/** A claim with what its test found; where there is no verdict, of no rows. */
export interface ReportClaim extends Omit<Judgement, 'verdict'> {
  readonly id: string;
  readonly says: string;
  readonly source?: string;
  readonly note?: string;
  /** File of the chapter that states it. */
  readonly chapter: string;
  readonly verdict: Verdict;
  /** Columns of `decisive` to show, in order; by default those of its rows. */
  readonly columns?: readonly string[];
  /** The test as the study writes it. */
  readonly test: ReportTest;
}

export interface ReportTest {
  readonly rows: string | { readonly from: string; readonly where?: Readonly<Record<string, unknown>> };
  readonly where?: string;
  readonly every?: string;
  readonly some?: string;
  readonly refutes?: string;
  readonly numbers?: Readonly<Record<string, string>>;
}

/** Most rows of a table that a report carries; the whole table lies beside it as CSV, Arrow and Parquet. */
export const TABLE_ROWS = 20;

/** Most keys of a stage that a report carries; `run.json` has all. */
export const STAGE_KEYS = 3;
