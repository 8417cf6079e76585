import type { KindContract, Port } from '../study/contract.ts';
import type { StageDefinition } from './stage.ts';

/** A definition as it comes out of a module: nothing about it is known yet. */
// biome-ignore lint/suspicious/noExplicitAny: the module's own types are gone at run time
export type AnyStage = StageDefinition<any, any, any, any, any>;

/** The plain-data part of a kind: what the study language and the keys need. */
export type DescribedKind = Omit<KindContract, 'check'> & {
  /** Whether runs take a seed: declared, or implied by combining replicates. */
  readonly seeded: boolean;
  /** Parameters that decide what is kept of a run, not what happens in it. */
  readonly observes?: readonly string[];
  /** Parameters that only the combination of replicates reads. */
  readonly combineParams?: readonly string[];
  /** Whether the kind checks its parameters itself. */
  readonly checks: boolean;
};

/** A module that is not a kind of stage: it says what is missing. */
export class NotAStageError extends Error {
  override readonly name = 'NotAStageError';
}

/** Reads a kind's contract off its definition. Throws {@link NotAStageError}. */
export function describeStage(definition: unknown, path: string): DescribedKind {
  const stage = definition as AnyStage | undefined;
  const wrong = (what: string): never => {
    throw new NotAStageError(
      `${path}: ${what}; a kind of stage is \`export default defineStage({ summary, params, inputs, outputs, run })\``,
    );
  };
  if (typeof stage !== 'object' || stage === null) return wrong('has no default export that is a stage');
  if (typeof stage.summary !== 'string') return wrong('`summary` is missing');
  if (typeof stage.params !== 'object') return wrong('`params` is missing');
  if (typeof stage.run !== 'function') return wrong('`run` is missing');
  for (const ports of ['inputs', 'outputs'] as const) {
    if (typeof stage[ports] !== 'object' || stage[ports] === null) return wrong(`\`${ports}\` is missing`);
  }
  return plain({
    summary: stage.summary,
    params: stage.params as Record<string, unknown>,
    inputs: stage.inputs as Record<string, Port>,
    outputs: stage.outputs as Record<string, Port>,
    ...(stage.otherInputs && { otherInputs: stage.otherInputs }),
    ...(stage.replicates && { replicateOutputs: stage.replicates.outputs as Record<string, Port> }),
    ...(stage.grows !== undefined && { grows: stage.grows }),
    ...(stage.observes && { observes: stage.observes }),
    ...(stage.replicates?.params && { combineParams: stage.replicates.params }),
    seeded: stage.seeded === true || stage.replicates !== undefined,
    checks: stage.check !== undefined,
  });
}

/** A copy through JSON: drops TypeBox's symbols, so that a contract read from disk equals one read from a module. */
const plain = (kind: DescribedKind): DescribedKind => JSON.parse(JSON.stringify(kind)) as DescribedKind;
