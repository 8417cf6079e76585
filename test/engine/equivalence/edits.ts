import fc from 'fast-check';
import { FILES, type FileName, type InputModel, type StageModel, type StudyModel, USES, type Uses } from './model.ts';

/** What is done to a study, or to its store, between two runs. */
export type Edit =
  | { readonly edit: 'seed' | 'param' | 'comments'; readonly to: number }
  | { readonly edit: 'code'; readonly ofStage: number; readonly to: number }
  | { readonly edit: 'file'; readonly of: FileName; readonly to: number }
  | { readonly edit: 'stage'; readonly at: number; readonly change: Partial<StageModel> }
  /** Back to how the study was so many edits ago. */
  | { readonly edit: 'revert'; readonly steps: number }
  /** A part of the blobs, chosen by their names. */
  | { readonly edit: 'delete blobs'; readonly which: number }
  | { readonly edit: 'cut records'; readonly bytes: number }
  /** A run is stopped after so many actions. */
  | { readonly edit: 'stop'; readonly after: number }
  | { readonly edit: 'collect garbage' }
  | { readonly edit: 'delete store' };

const small = fc.nat(2);
const axis = fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 3 });

const inputs = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ from: fc.nat(4), where: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }) }),
    },
    { weight: 1, arbitrary: fc.constantFrom<InputModel>({ file: 'a.csv' }, { file: 'a.json' }) },
  ),
  { maxLength: 3 },
) as fc.Arbitrary<InputModel[]>;

const fields = {
  x: small,
  global: fc.boolean(),
  axis,
  exclude: fc.subarray([1, 2, 3, 4]),
  include: fc.subarray([3, 4, 5]),
  replicates: fc.integer({ min: 1, max: 4 }),
  until: fc.option(
    fc.record({
      min: fc.integer({ min: 2, max: 3 }),
      width: fc.integer({ min: 1, max: 2 }),
      confidence: fc.constantFrom(0.9, 0.95),
    }),
    { nil: undefined, freq: 1 },
  ),
  steps: fc.integer({ min: 1, max: 6 }),
  keep: small,
  confidence: small,
  inputs,
};

/** Lossy ones are the most: where results come out alike, what is missing from a key shows. */
const kind = fc.constantFrom<Uses>(...USES, 'lossy', 'lossy');

const stage = (at: number): fc.Arbitrary<StageModel> =>
  fc.record({ ...fields, uses: kind, present: fc.constant(true), name: fc.constant(`s${at}`) });

export const study: fc.Arbitrary<StudyModel> = fc.record({
  seed: fc.constant(0),
  param: fc.constant(0),
  stages: fc.integer({ min: 1, max: 5 }).chain((length) => fc.tuple(...Array.from({ length }, (_, at) => stage(at)))),
  code: fc.constant(Object.fromEntries(USES.map((uses) => [uses, 0])) as Record<Uses, number>),
  comments: fc.constant(0),
  files: fc.constant(Object.fromEntries(FILES.map((file) => [file, 0])) as Record<FileName, number>),
});

/** A change of one field of one stage. Which cells there are is changed the most: tables of equal parts then differ by it alone. */
const change = fc.oneof(
  { weight: 4, arbitrary: axis.map((to): Partial<StageModel> => ({ axis: to })) },
  ...Object.entries({ ...fields, uses: kind }).map(([name, value]) =>
    (value as fc.Arbitrary<unknown>).map((to) => ({ [name]: to }) as Partial<StageModel>),
  ),
  fc.boolean().map((present) => ({ present })),
  fc.constantFrom('old', 'new').map((name) => ({ name })),
);

export const edit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ edit: fc.constantFrom('seed' as const, 'param' as const, 'comments' as const), to: small }),
  },
  { weight: 3, arbitrary: fc.record({ edit: fc.constant('code' as const), ofStage: fc.nat(4), to: small }) },
  { weight: 4, arbitrary: fc.record({ edit: fc.constant('file' as const), of: fc.constantFrom(...FILES), to: small }) },
  { weight: 8, arbitrary: fc.record({ edit: fc.constant('stage' as const), at: fc.nat(4), change }) },
  { weight: 3, arbitrary: fc.record({ edit: fc.constant('revert' as const), steps: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ edit: fc.constant('delete blobs' as const), which: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ edit: fc.constant('cut records' as const), bytes: fc.nat(2000) }) },
  { weight: 1, arbitrary: fc.record({ edit: fc.constant('stop' as const), after: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 1, arbitrary: fc.constant({ edit: 'collect garbage' as const }) },
  { weight: 1, arbitrary: fc.constant({ edit: 'delete store' as const }) },
);

/** The study after an edit; itself where only the store changes. `history` holds the studies before, the newest last. */
export function edited(model: StudyModel, history: readonly StudyModel[], what: Edit): StudyModel {
  switch (what.edit) {
    case 'seed':
    case 'param':
    case 'comments':
      return { ...model, [what.edit]: what.to };
    case 'code':
      return { ...model, code: { ...model.code, [model.stages[what.ofStage % model.stages.length].uses]: what.to } };
    case 'file':
      return { ...model, files: { ...model.files, [what.of]: what.to } };
    case 'stage': {
      const at = what.at % model.stages.length;
      const { name, ...more } = what.change;
      const changed = { ...model.stages[at], ...more, ...(name !== undefined && { name: `${name}${at}` }) };
      return { ...model, stages: model.stages.with(at, changed) };
    }
    case 'revert':
      return history[Math.max(0, history.length - what.steps)] ?? model;
    default:
      return model;
  }
}
