import type { CacheSettings } from './cache.ts';
import type { Port } from './contract.ts';

/** A value of a matrix axis. */
export type Scalar = string | number | boolean;

/** Plain data, as it comes out of YAML: no dates, no NaN, null-prototype-safe objects. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A place in a study's files; line and column count from 1. `file` is relative to the study's folder. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What an input of a stage is bound to. */
export type InputBinding =
  /** An output of another stage; `where` keeps the cells whose axes have these values (all cells when absent). */
  | {
      readonly from: 'stage';
      readonly stage: string;
      readonly output: string;
      readonly where?: Readonly<Record<string, Scalar>>;
    }
  /** A file of the study, by its path relative to the study's folder (forward slashes). */
  | { readonly from: 'file'; readonly path: string };

/** One point of a stage's matrix with everything interpolated. */
export interface PlannedCell {
  /** `C=2,lambda=0.75` in axis order; empty for a stage without a matrix. */
  readonly id: string;
  readonly axes: Readonly<Record<string, Scalar>>;
  /** Resolved and schema-validated `with`, with the schema's defaults filled in. */
  readonly params: Json;
  /** Files that parameters name: JSON pointer below `with` → path relative to the study's folder. */
  readonly files: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, InputBinding>>;
  /** Present for a `run:` stage. */
  readonly program?: Program;
}

/** A `run:` stage's program: argv with `${inputs.x}` and `${outputs.y}` left in place, and what it reads and writes. */
export interface Program {
  readonly argv: readonly string[];
  /** Run through `sh -c`; only when the study says `shell: true`. */
  readonly shell: boolean;
  /** The program's own files, relative to the study's folder: argv words that are files of the study, and `code:`. */
  readonly code: readonly string[];
  /** File name extension under which each table input is handed over. Default `csv`. */
  readonly formats: Readonly<Record<string, 'csv' | 'arrow' | 'json'>>;
  /** The file name that each output is declared with (`fit.csv`): the program writes it where `${outputs.fit}` says. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Non-secret environment the study declares; enters the key. */
  readonly env: Readonly<Record<string, string>>;
}

export interface Resources {
  /** Cores that one action takes. Default 1. */
  readonly cpus: number;
  /** Bytes; the heap limit of the worker. */
  readonly memory?: number;
  /** Seconds after which an action is killed. */
  readonly time?: number;
}

/** What is asked of the cluster for the jobs of a stage. No part of any key. */
export interface JobSettings {
  readonly partition?: string;
  readonly account?: string;
  /** Seconds of a job. */
  readonly time?: number;
  /** Bytes of a job. */
  readonly memory?: number;
  /** Further options of sbatch, one a word. */
  readonly options?: readonly string[];
  /** Seconds of work that a job is packed with, where single actions are shorter. */
  readonly pack?: number;
  /** Seconds that an action takes, where a person knows it. */
  readonly takes?: number;
}

/** How much of a cluster, and of its controller's time, a run may take. */
export interface SlurmLimits {
  /** Jobs that are queued or running at a time. */
  readonly jobs?: number;
  /** Actions that are handed to the cluster at a time, also those that share a job. */
  readonly cells?: number;
  /** Submissions per second. */
  readonly submits?: number;
  /** Questions to the controller per minute. */
  readonly polls?: number;
  /** Seconds that a file may take to be seen on another machine. */
  readonly grace?: number;
  /** The program `node` on the cluster's nodes. */
  readonly node?: string;
}

/** Where actions are done. */
export interface StageExecutor {
  readonly kind: 'local' | 'slurm';
  readonly job: JobSettings;
}

export interface StudyExecutor extends StageExecutor {
  readonly limits: SlurmLimits;
}

/** Replicating until the interval of a metric is narrow enough. */
export interface Until {
  /** Replicates of the first look, at least 2. */
  readonly min: number;
  /** A column of a replicate's table of one row. */
  readonly metric: { readonly output: string; readonly column: string };
  readonly width: { readonly absolute: number } | { readonly relative: number };
  /** Of the interval at which a cell stops. */
  readonly confidence: number;
}

export interface PlannedStage {
  /** `claim:<id>` for a claim's test. */
  readonly name: string;
  /** The kind, as written; `driftline:run` for a `run:` stage, `driftline:claim` for a claim. */
  readonly uses: string;
  readonly axes: readonly string[];
  readonly cells: readonly PlannedCell[];
  /** Number of seeded repetitions of each cell, with `until` the largest; null where the stage declares none. */
  readonly replicates: number | null;
  /** When a cell has enough of them. */
  readonly until?: Until;
  readonly outputs: Readonly<Record<string, Port>>;
  readonly replicateOutputs?: Readonly<Record<string, Port>>;
  readonly grows?: string;
  readonly resources: Resources;
  /** Where its actions are done, if it says so itself. */
  readonly executor?: StageExecutor;
  /** How many times a failed action is tried again, and the seconds before the first retry (doubled each time). */
  readonly retry: { readonly times: number; readonly delay: number };
  readonly place: Place;
}

/** A claim as it is shown; its test is the stage `claim:<id>`. */
export interface PlannedClaim {
  readonly id: string;
  readonly says: string;
  readonly source?: string;
  readonly note?: string;
  readonly place: Place;
}

/** One study file with a title: a chapter of the report. */
export interface Chapter {
  readonly file: string;
  readonly title: string;
  readonly about?: string;
  readonly stages: readonly string[];
  readonly claims: readonly string[];
}

/** The validated, expanded study. Stages are in an order in which every input comes first. */
export interface Plan {
  readonly study: string;
  /** What the study is about, for the report. */
  readonly description?: string;
  readonly seed: string;
  /** A cache that is shared with other machines. It decides no result. */
  readonly cache?: CacheSettings;
  readonly profile: string | null;
  readonly params: Readonly<Record<string, Json>>;
  readonly stages: readonly PlannedStage[];
  /** Where actions are done unless their stage says otherwise. Default: here. */
  readonly executor?: StudyExecutor;
  readonly claims: readonly PlannedClaim[];
  readonly chapters: readonly Chapter[];
  /** Every study file that was read, relative to the study's folder, with the sha256 of its bytes. */
  readonly sources: Readonly<Record<string, string>>;
}
