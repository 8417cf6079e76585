import { SQUARES } from '../cli/study.ts';

/** Counts on from its checkpoint, to what counting straight gives. */
const STEPS = `
import { Type } from '@sinclair/typebox';
import { defineStage, table } from 'driftline/stage';
const sum = table({ steps: 'float64', sum: 'float64' });
export default defineStage({
  summary: 'Sums of the first numbers',
  params: Type.Object({ steps: Type.Integer() }),
  inputs: {},
  outputs: { sum },
  grows: 'steps',
  replicates: { outputs: { sum }, combine: ({ replicates }) => ({ sum: replicates.sum[0].columns as never }) },
  run({ params: { steps }, checkpoint }) {
    const given = checkpoint.given === undefined ? '0 0' : Buffer.from(checkpoint.given).toString();
    let [at, total] = given.split(' ').map(Number);
    while (at < steps) total += ++at;
    checkpoint.save(steps, Buffer.from(at + ' ' + total));
    return { sum: { steps: [steps], sum: [total] } };
  },
});
`;

/** Numbers by chance, of which as many are drawn as it takes. */
const DRAW = `
import { Type } from '@sinclair/typebox';
import { defineStage, table } from 'driftline/stage';
export default defineStage({
  summary: 'A number by chance',
  params: Type.Object({}),
  inputs: {},
  outputs: { count: table({ replicates: 'int32' }) },
  replicates: {
    outputs: { one: table({ value: 'float64' }) },
    combine: ({ replicates: { one } }) => ({ count: { replicates: [one.length] } }),
  },
  run: ({ seed }) => ({ one: { value: [10 + Number.parseInt(seed.slice(0, 8), 16) / 2 ** 32] } }),
});
`;

const PIPELINE = `driftline: 1
study: Crash
seed: crash
params: { n: 40, steps: 1000, width: 0.5 }
stages:
  squares:
    uses: squares
    matrix: { scale: [1, 2, 3, 4, 5, 6] }
    with: { n: "\${params.n}", offset: "\${matrix.scale}" }
  steps: { uses: steps, replicates: 3, with: { steps: "\${params.steps}" } }
  draws:
    uses: draw
    replicates: { min: 2, max: 6, until: { metric: value, relativeHalfWidth: "\${params.width}" } }
  doubled:
    uses: join
    inputs: { rows: ./given.csv }
    with: { verbs: [{ derive: { twice: "d => d.x * 2" } }] }
  sums:
    uses: join
    inputs: { rows: squares.rows }
    with: { verbs: [{ groupby: [scale] }, { rollup: { sum: "d => op.sum(d.square)" } }] }
claims:
  positive:
    says: All sums are positive
    test: { rows: sums.table, every: "d => d.sum > 0" }
`;

/** Every kind of state that a store holds: results, records, manifests, checkpoints, kinds, plans, runs, and `out/`. */
export const COLD = {
  'pipeline.yaml': PIPELINE,
  'given.csv': 'x\n1\n2\n',
  'stages/squares.ts': SQUARES,
  'stages/steps.ts': STEPS,
  'stages/draw.ts': DRAW,
};

/** The same study later: some cells are new, runs grow, more is drawn, and a stage is gone, whose files are removed from `out/`. */
export const EDITED = {
  'pipeline.yaml': PIPELINE.replace('[1, 2, 3, 4, 5, 6]', '[2, 3, 7, 8]')
    .replace('steps: 1000', 'steps: 1500')
    .replace('width: 0.5', 'width: 0.001')
    .replace(/ {2}doubled:\n(?: {4}.*\n)+/, ''),
};

/** As little of it as writes every kind of file: it is killed at every single call. */
export const TINY = {
  'pipeline.yaml': `driftline: 1
study: Crash
params: { n: 4, steps: 100 }
stages:
  squares:
    uses: squares
    matrix: { scale: [1, 2] }
    with: { n: "\${params.n}", offset: "\${matrix.scale}" }
  steps: { uses: steps, with: { steps: "\${params.steps}" } }
claims:
  positive:
    says: All squares are positive
    test: { rows: squares.rows, every: "d => d.square >= 0" }
`,
  'stages/squares.ts': SQUARES,
  'stages/steps.ts': STEPS,
};

/** The same study later: a cell is new, another is gone, and a run grows. */
export const TINY_EDITED = {
  'pipeline.yaml': TINY['pipeline.yaml'].replace('[1, 2]', '[2, 3]').replace('steps: 100', 'steps: 150'),
};
