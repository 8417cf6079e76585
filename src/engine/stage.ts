import type { Static, TObject } from '@sinclair/typebox';
import type { ParameterProblem, Port, PortType } from '../study/contract.ts';
import type { ColumnType, Schema, Table } from '../tables/table.ts';

/** A table port with its column types; without them the columns come from the data. */
export function table<const S extends Schema>(schema: S): { type: 'table'; schema: S };
export function table(): { type: 'table' };
export function table(schema?: Schema) {
  return schema === undefined ? { type: 'table' } : { type: 'table', schema };
}

/** A file port; the extension includes no dot. */
export const file = <const E extends string>(extension: E): { type: 'file'; extension: E } => ({
  type: 'file',
  extension,
});

/** An output that a run may leave out, or an input that a study may leave out. */
export const optional = <P extends Port>(port: P): P & { optional: true } => ({ ...port, optional: true });

type CellOf<T extends ColumnType> = T extends 'utf8' ? string : T extends 'bool' ? boolean : number;

/** Columns to be written for a table port: arrays or typed arrays of one length; null is a missing value. */
export type Written<S extends Schema> = { readonly [name in keyof S]: ArrayLike<CellOf<S[name]> | null> };

type Given<P> = P extends { type: 'table'; schema: infer S extends Schema }
  ? Written<S>
  : P extends { type: 'table' }
    ? Table
    : Uint8Array;

/** A table whose columns a port declares; null is a missing value. */
export type TypedTable<S extends Schema> = Omit<Table, 'columns'> & { readonly columns: Written<S> };

type Taken<P> = P extends { type: 'table'; schema: infer S extends Schema }
  ? TypedTable<S>
  : P extends { type: 'table' }
    ? Table
    : Uint8Array;

type Ports = Readonly<Record<string, Port>>;

/** One object type of what ports stand for: those that are optional may be missing. */
type Named<P extends Ports, G extends { readonly [name in keyof P]: unknown }> = Flat<
  { readonly [name in keyof P as P[name] extends { optional: true } ? never : name]: G[name] } & {
    readonly [name in keyof P as P[name] extends { optional: true } ? name : never]?: G[name];
  }
>;

/** An intersection as one object type, in which a name that is in neither part is an error. */
type Flat<T> = { [name in keyof T]: T[name] };

/** What a run gives for its output ports. */
export type Outputs<O extends Ports> = Named<O, { readonly [name in keyof O]: Given<O[name]> }>;

/** What a run takes from its input ports. */
export type Inputs<I extends Ports> = Named<I, { readonly [name in keyof I]: Taken<I[name]> }>;

/** What a kind of stage is given to run: no clock, no environment, no disk but its scratch folder. */
export interface RunContext<P, I> {
  readonly params: P;
  readonly inputs: I;
  /** Contents of the files that parameters name, by JSON pointer below `with`. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** 64 hexadecimal digits from the study's seed, the cell's parameters and the replicate's number; empty for a kind without chance. */
  readonly seed: string;
  /** Tells how far the run is, from 0 to 1. Cheap: call it as often as convenient. */
  progress(fraction: number): void;
  /** Aborted when the run is to stop. */
  readonly signal: AbortSignal;
  /** An empty folder of this run's own. */
  readonly scratch: string;
  /** For a kind that `grows`. */
  readonly checkpoint: CheckpointAccess;
}

/** Where a run that grows can go on, and leaves what a longer one goes on from. */
export interface CheckpointAccess {
  /** The state of the same run when it had come less far, or as far. What goes on from it must equal a straight run bit for bit. */
  readonly given: Uint8Array | undefined;
  /** Leaves a state, with the value that the growing parameter would have for a run that ends here. Cheap: most are dropped. */
  save(at: number, bytes: Uint8Array): void;
}

/** What combines the replicates of a cell: for each replicate output, its values in replicate order. */
export interface CombineContext<P, R extends Ports> {
  readonly params: P;
  readonly replicates: { readonly [name in keyof R]: readonly Taken<R[name]>[] };
  /**
   * After how many replicates it was planned to look whether they are enough (`until:`); none for a fixed number of them.
   * Where there are any, their number depends on their values, and intervals are honest at `nominalConfidence(c, looks)`
   * (`src/science/stats`), or, for any dependence, at 1 − (1 − c)/looks.length.
   */
  readonly looks: readonly number[];
}

export interface StageDefinition<
  P extends TObject,
  I extends Ports,
  O extends Ports,
  R extends Ports,
  X extends PortType = never,
> {
  /** One line for `driftline stage list`. */
  readonly summary: string;
  readonly params: P;
  readonly inputs: I;
  /** The type of further inputs under names that the study chooses. */
  readonly otherInputs?: X;
  readonly outputs: O;
  /** The parameter whose larger values continue from smaller ones; it does not enter the seed. */
  readonly grows?: keyof Static<P> & string;
  /** Parameters that decide what is kept of a run, not what happens in it: they do not enter the seed either. */
  readonly observes?: readonly (keyof Static<P> & string)[];
  /** Whether a run uses its seed without combining replicates; without either, the seed is empty and no part of the key. */
  readonly seeded?: boolean;
  /** Problems with parameters that a schema cannot say; runs when the study is read. */
  check?(params: Static<P>): readonly ParameterProblem[];
  /** What one replicate gives, and how a cell's replicates become its outputs. */
  readonly replicates?: {
    readonly outputs: R;
    /** Parameters that only `combine` reads. A replicate is not told them, so it need not run again when they change. */
    readonly params?: readonly (keyof Static<P> & string)[];
    combine(context: CombineContext<Static<P>, R>): Outputs<O> | Promise<Outputs<O>>;
  };
  /** A deterministic function of params, inputs, files and seed. Gives `replicates.outputs` where declared, else `outputs`. */
  run(
    context: RunContext<
      Static<P>,
      Inputs<I> & ([X] extends [never] ? unknown : Readonly<Record<string, Table | Uint8Array>>)
    >,
  ): ([R] extends [never] ? Outputs<O> : Outputs<R>) | Promise<[R] extends [never] ? Outputs<O> : Outputs<R>>;
}

/** Declares a kind of stage; the default export of a file in `stages/`. The types of run and combine follow from the ports. */
export const defineStage = <
  P extends TObject,
  const I extends Ports,
  const O extends Ports,
  const R extends Ports = never,
  const X extends PortType = never,
>(
  definition: StageDefinition<P, I, O, R, X>,
): StageDefinition<P, I, O, R, X> => definition;
