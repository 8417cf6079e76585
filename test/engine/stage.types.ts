// Only compiled, by the tsc of `npm test`: nothing here runs. Each @ts-expect-error is an error that has to be found.
import { defineStage, file, optional, Type, table } from '../../src/engine/authoring.ts';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(..._: Same<A, B> extends true ? [] : ['these types differ']): void => {};

type Cells<T> = ArrayLike<T | null>;

/** Everything is inferred: not one annotation. */
export const inferred = defineStage({
  summary: 'Fit a line',
  params: Type.Object({ degree: Type.Integer(), method: Type.Union([Type.Literal('ls'), Type.Literal('lad')]) }),
  inputs: { points: table({ x: 'float64', label: 'utf8', used: 'bool' }), any: table(), image: optional(file('png')) },
  outputs: { fit: table({ i: 'int32', value: 'float64' }), plot: optional(file('svg')) },
  grows: 'degree',
  check(params) {
    same<typeof params, { degree: number; method: 'ls' | 'lad' }>();
    return [];
  },
  run({ params, inputs, seed }) {
    same<typeof params.degree, number>();
    same<typeof params.method, 'ls' | 'lad'>();
    same<typeof seed, string>();
    same<typeof inputs.points.columns.x, Cells<number>>();
    same<typeof inputs.points.columns.label, Cells<string>>();
    same<typeof inputs.points.columns.used, Cells<boolean>>();
    same<typeof inputs.image, Uint8Array | undefined>();
    same<(typeof inputs.any.columns)[string], ArrayLike<string | number | boolean | null>>();
    // @ts-expect-error no such parameter
    params.order;
    // @ts-expect-error no such input
    inputs.rows;
    // @ts-expect-error no such column
    inputs.points.columns.y;
    // @ts-expect-error a file that may be left out
    inputs.image.length;
    // @ts-expect-error a value may be missing
    inputs.points.columns.x[0].toFixed();
    return { fit: { i: [1], value: new Float64Array(1) } };
  },
});

const one = {
  summary: 'One table',
  params: Type.Object({ n: Type.Integer() }),
  inputs: {},
  outputs: { rows: table({ i: 'int32', name: 'utf8' }) },
} as const;

/** What is given must be what was declared. */
export const wrong = [
  // @ts-expect-error a column is missing
  defineStage({ ...one, run: () => ({ rows: { i: [1] } }) }),
  // @ts-expect-error a column is misspelt
  defineStage({ ...one, run: () => ({ rows: { i: [1], nmae: ['a'] } }) }),
  // @ts-expect-error a column has another type
  defineStage({ ...one, run: () => ({ rows: { i: [1], name: [2] } }) }),
  // @ts-expect-error an output is missing
  defineStage({ ...one, run: () => ({}) }),
  // @ts-expect-error an output is misspelt
  defineStage({ ...one, run: async () => ({ row: { i: [1], name: ['a'] } }) }),
  // @ts-expect-error no such parameter to grow in
  defineStage({ ...one, grows: 'm', run: () => ({ rows: { i: [1], name: ['a'] } }) }),
  // @ts-expect-error no such type of column
  defineStage({ ...one, outputs: { rows: table({ i: 'int64' }) }, run: () => ({ rows: { i: [1] } }) }),
  // @ts-expect-error an optional output is misspelt
  defineStage({ ...one, outputs: { plot: optional(file('svg')) }, run: () => ({ plto: new Uint8Array() }) }),
];

/** Replicates are combined from what one gives, and a run gives what one replicate is to. */
export const combined = defineStage({
  ...one,
  outputs: { mean: table({ value: 'float64' }) },
  replicates: {
    outputs: { draw: table({ value: 'float64' }), extra: optional(file('bin')) },
    params: ['n'],
    combine({ params, replicates, looks }) {
      same<typeof params, { n: number }>();
      same<typeof looks, readonly number[]>();
      same<(typeof replicates.draw)[number]['columns']['value'], Cells<number>>();
      same<(typeof replicates.extra)[number], Uint8Array>();
      // @ts-expect-error no such column
      replicates.draw[0].columns.total;
      // @ts-expect-error no such output of a replicate
      replicates.mean;
      return { mean: { value: replicates.draw.map(({ columns }) => columns.value[0]) } };
    },
  },
  run: ({ params }) => ({ draw: { value: [params.n] } }),
});

export const wrongReplicate = defineStage({
  ...one,
  replicates: {
    outputs: { draw: table({ value: 'float64' }) },
    combine: () => ({ rows: { i: [1], name: ['a'] } }),
  },
  // @ts-expect-error a run gives the outputs of one replicate, not those of the stage
  run: () => ({ rows: { i: [1], name: ['a'] } }),
});

/** Inputs under names that the study chooses are tables or files. */
export const others = defineStage({
  ...one,
  otherInputs: table(),
  run({ inputs }) {
    same<typeof inputs.whatever, import('../../src/tables/table.ts').Table | Uint8Array>();
    return { rows: { i: [1], name: ['a'] } };
  },
});
