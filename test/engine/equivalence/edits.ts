import fc from 'fast-check';
import { SHAPES } from './matrix.ts';
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
  | { readonly edit: 'cut records' | 'cut checkpoints'; readonly bytes: number }
  /** A run is stopped after so many actions. */
  | { readonly edit: 'stop'; readonly after: number; readonly jobs: number }
  /** The study as it was so many edits ago is run at once with this one, over one store. */
  | { readonly edit: 'run beside'; readonly steps: number }
  /** As it was so many edits ago it is run in another checkout, with the cache that both share. */
  | { readonly edit: 'run elsewhere'; readonly steps: number }
  /** The parameter comes from elsewhere, or the stages are written in another order. */
  | { readonly edit: 'switch'; readonly to: number }
  | { readonly edit: 'verify' | 'accept' | 'collect garbage' | 'delete store' | 'lose shared blobs' };

/** How the study is run after an edit. */
export interface Way {
  readonly jobs: number;
  /** How long each action says that it took: short ones are handed over several in one go. */
  readonly short: boolean;
  /** Decides in which order actions at once end. */
  readonly order: number;
  /** A stage by its place: only it, and what it needs. */
  readonly only: number | undefined;
  /** Many actions of a stage fail; or every action does so once, where it may be tried again. */
  readonly fails: { readonly stage: number; readonly keepGoing: boolean } | 'once' | undefined;
  /** With a cache that is shared with another checkout. */
  readonly shared: boolean;
}

const small = fc.nat(2);
const axis = fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 3 });

const inputs = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        from: fc.nat(4),
        where: fc.option(fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constant('own' as const)), { nil: undefined }),
        decisions: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.constantFrom<InputModel>({ file: 'a.csv' }, { file: 'a.json' }) },
  ),
  { maxLength: 4 },
) as fc.Arbitrary<InputModel[]>;

const fields = {
  x: small,
  global: fc.boolean(),
  apart: fc.boolean(),
  shape: fc.constantFrom(SHAPES[0], ...SHAPES),
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
  shell: fc.boolean(),
  json: fc.boolean(),
  cpus: fc.integer({ min: 1, max: 3 }),
  retry: fc.nat(1),
  inputs,
};

/** Lossy ones are the most: where results come out alike, what is missing from a key shows. */
const kind = fc.constantFrom<Uses>(...USES, 'lossy', 'lossy', 'grown', 'combined');

const stage = (at: number): fc.Arbitrary<StageModel> =>
  fc.record({ ...fields, uses: kind, present: fc.constant(true), name: fc.constant(`s${at}`) });

export const study: fc.Arbitrary<StudyModel> = fc.record({
  seed: fc.constant(0),
  param: fc.constant(0),
  profile: fc.constant(false),
  set: fc.constant(false),
  reversed: fc.constant(false),
  stages: fc.integer({ min: 1, max: 5 }).chain((length) => fc.tuple(...Array.from({ length }, (_, at) => stage(at)))),
  code: fc.constant(Object.fromEntries(USES.map((uses) => [uses, 0])) as Record<Uses, number>),
  comments: fc.constant(0),
  files: fc.constant(Object.fromEntries(FILES.map((file) => [file, 0])) as Record<FileName, number>),
});

/** A change of one field of one stage. Which cells there are is changed the most: tables of equal parts then differ by it alone. */
const change = fc.oneof(
  { weight: 6, arbitrary: axis.map((to): Partial<StageModel> => ({ axis: to })) },
  ...Object.entries({ ...fields, uses: kind }).map(([name, value]) => ({
    weight: ['steps', 'until', 'replicates', 'inputs'].includes(name) ? 3 : 1,
    arbitrary: (value as fc.Arbitrary<unknown>).map((to) => ({ [name]: to }) as Partial<StageModel>),
  })),
  { weight: 2, arbitrary: fc.boolean().map((present) => ({ present })) },
  { weight: 2, arbitrary: fc.constantFrom('old', 'new').map((name) => ({ name })) },
);

const weighted = (weight: number, name: Edit['edit'], fields: Readonly<Record<string, fc.Arbitrary<unknown>>>) => ({
  weight,
  arbitrary: fc.record({ edit: fc.constant(name), ...fields }) as unknown as fc.Arbitrary<Edit>,
});

const steps = fc.integer({ min: 1, max: 4 });

export const edit: fc.Arbitrary<Edit> = fc.oneof(
  weighted(1, 'seed', { to: small }),
  weighted(1, 'param', { to: small }),
  weighted(1, 'comments', { to: small }),
  weighted(1, 'switch', { to: fc.nat(2) }),
  weighted(3, 'code', { ofStage: fc.nat(4), to: small }),
  weighted(4, 'file', { of: fc.constantFrom(...FILES, 'a.csv'), to: small }),
  weighted(8, 'stage', { at: fc.nat(4), change }),
  weighted(3, 'revert', { steps }),
  weighted(1, 'delete blobs', { which: fc.nat(4) }),
  weighted(1, 'cut records', { bytes: fc.nat(2000) }),
  weighted(1, 'cut checkpoints', { bytes: fc.nat(200) }),
  weighted(1, 'stop', { after: fc.integer({ min: 1, max: 6 }), jobs: fc.integer({ min: 1, max: 4 }) }),
  weighted(1, 'run beside', { steps }),
  weighted(1, 'run elsewhere', { steps }),
  weighted(1, 'collect garbage', {}),
  weighted(1, 'verify', {}),
  weighted(1, 'accept', {}),
  weighted(1, 'delete store', {}),
  weighted(1, 'lose shared blobs', {}),
);

export const way: fc.Arbitrary<Way> = fc.record({
  jobs: fc.integer({ min: 1, max: 4 }),
  short: fc.boolean(),
  order: fc.nat(3),
  only: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat(4) }),
  fails: fc.oneof(
    { weight: 6, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.record({ stage: fc.nat(4), keepGoing: fc.boolean() }) },
    { weight: 1, arbitrary: fc.constant('once' as const) },
  ),
  shared: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});

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
    case 'switch':
      return { ...model, [SWITCHES[what.to]]: !model[SWITCHES[what.to]] };
    case 'revert':
      return ago(history, what.steps) ?? model;
    default:
      return model;
  }
}

/** What changes where a value comes from, and no value. */
const SWITCHES = ['profile', 'set', 'reversed'] as const;

/** The study as it was so many edits ago, or at first. */
export const ago = (history: readonly StudyModel[], steps: number): StudyModel | undefined =>
  history[Math.max(0, history.length - steps)];
