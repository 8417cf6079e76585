import type { Schema } from '../tables/table.ts';

/** What an input or output of a stage is. A table without a schema takes its columns from the data. */
export type PortType =
  | { readonly type: 'table'; readonly schema?: Schema }
  | { readonly type: 'file'; readonly extension: string };

/** A named input or output. An optional output may be left out by a run; an optional input by a study. */
export type Port = PortType & { readonly optional?: boolean };

/** Something wrong with a stage's parameters that a schema cannot say, at a JSON pointer below `with`. */
export interface ParameterProblem {
  readonly path: string;
  readonly message: string;
}

/**
 * What the study language needs to know of a kind of stage: the part of its definition that is plain data, and its
 * check of resolved parameters.
 */
export interface KindContract {
  readonly summary: string;
  /** JSON Schema (2020-12) of `with`. A string property with `"x-driftline": "file"` names a file of the study. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Present where `params` was found to be a JSON Schema before, so that it need not be held to their own schema again. */
  readonly sound?: true;
  readonly inputs: Readonly<Record<string, Port>>;
  /** The type of further inputs under names that the study chooses; absent: none are allowed. */
  readonly otherInputs?: PortType;
  readonly outputs: Readonly<Record<string, Port>>;
  /** What one replicate gives where that differs from `outputs`; present iff the kind combines replicates. */
  readonly replicateOutputs?: Readonly<Record<string, Port>>;
  /** The parameter whose larger values continue from smaller ones; it does not enter the seed. */
  readonly grows?: string;
  /** Problems that only the kind can see, such as K > C. Called with parameters that passed the schema. */
  check?(params: unknown): readonly ParameterProblem[];
}

/** Finds the contract of a kind that a stage `uses`; the answer to an unknown one lists the names that exist. */
export type KindResolver = (
  uses: string,
) => Promise<{ readonly found: KindContract } | { readonly missing: string; readonly known: readonly string[] }>;
