import { SMALL } from './study.ts';

/** The small study, with what else a crate has to tell: a program, a data file, a figure, numbers that are no scalars. */
export const FILES = {
  ...SMALL,
  'pipeline.yaml': SMALL['pipeline.yaml'].replace('params: { n: 3,', 'params: { sizes: [1, 2], how: { a: 1 }, n: 3,'),
  'parts/more.yaml': `title: More
stages:
  doubled:
    run: [node, double.mjs, "\${inputs.rows}", "\${outputs.twice}"]
    inputs: { rows: ./weights of all.csv }
    outputs: { twice: twice.csv }
    env: { FACTOR: "2" }
  weighed:
    uses: join
    inputs: { sums: sums.table, weights: ./weights of all.csv, twice: doubled.twice }
    with: { from: sums, verbs: [{ join_left: { with: weights, on: [scale] } }, { cross: { with: { from: twice, verbs: [{ rollup: { most: "d => op.max(d.weight)" } }] } } }] }
  drawn:
    uses: figure
    inputs: { rows: weighed.table }
    with: { spec: figures/drawn.vl.yaml, formats: [svg] }
`,
  'parts/weights of all.csv': 'scale,weight\n1,10\n2,20\n',
  'parts/double.mjs': `import { readFileSync, writeFileSync } from 'node:fs';
const [head, ...rows] = readFileSync(process.argv[2], 'utf8').trim().split('\\n').map((row) => row.split(','));
const twice = rows.map(([scale, weight]) => [scale, weight * process.env.FACTOR]);
writeFileSync(process.argv[3], [head, ...twice].map((row) => row.join()).join('\\n') + '\\n');
`,
  'parts/figures/drawn.vl.yaml': `description: Sums
data: { name: rows }
mark: point
encoding: { x: { field: scale, type: quantitative }, y: { field: sum, type: quantitative } }
`,
  LICENSE: 'Do what you like.\n',
  'README.md': '# Squares\n',
};
