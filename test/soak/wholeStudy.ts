/** What of a real study an edit changes: its YAML, its kinds' code, a package, its programs and data. */
export interface WholeModel {
  readonly p: number;
  /** Where p comes from. */
  readonly by: 'params' | 'profile' | 'set';
  readonly axis: readonly number[];
  readonly labels: boolean;
  /** Replicates, the most of them under `until`; and a width, which may change in either direction. */
  readonly replicates: number;
  readonly until: number | undefined;
  readonly steps: number;
  readonly keep: number;
  /** Changes of code; each second one alters results. Comments alter nothing but the sources. */
  readonly draw: number;
  readonly shared: number;
  readonly comment: number;
  /** Of a package: its code is known by it alone. */
  readonly version: number;
  readonly tool: number;
  readonly lib: number;
  readonly shell: boolean;
  readonly data: number;
  readonly spec: number;
  readonly name: string;
  readonly twin: boolean;
  readonly joined: boolean;
  readonly reversed: boolean;
}

export const FIRST: WholeModel = {
  p: 1,
  by: 'params',
  axis: [1, 2],
  labels: false,
  replicates: 3,
  until: undefined,
  steps: 20,
  keep: 0,
  draw: 0,
  shared: 0,
  comment: 0,
  version: 0,
  tool: 0,
  lib: 0,
  shell: false,
  data: 0,
  spec: 0,
  name: 'walks',
  twin: false,
  joined: true,
  reversed: false,
};

/** Other code; even numbers alter no result, and odd ones do. */
const code = (version: number): string => `(${version} % 2) + 0 * ${version}`;

const DRAW = ({ draw, comment }: WholeModel): string => `
import { Type } from '@sinclair/typebox';
import { defineStage, table } from 'driftline/stage';
import { mixed } from './shared/mixed.ts';
// ${comment}
export default defineStage({
  summary: 'Numbers by chance',
  params: Type.Object({ x: Type.Number(), c: Type.Optional(Type.Number()), w: Type.Optional(Type.String()), keep: Type.Integer(), confidence: Type.Number() }, { additionalProperties: false }),
  inputs: {},
  outputs: { means: table({ mean: 'float64', n: 'int32' }) },
  observes: ['keep'],
  replicates: {
    outputs: { one: table({ value: 'float64' }) },
    params: ['confidence'],
    combine({ replicates: { one }, params: { confidence }, looks }) {
      const sum = one.reduce((total, { columns }) => total + Number(columns.value[0]), 0);
      return { means: { mean: [sum / one.length + confidence], n: [one.length + 100 * looks.length] } };
    },
  },
  run: ({ params: { x, c = 0, w = '', keep }, seed }) => ({
    one: { value: [10 + x + c + w.length + keep + mixed(Number.parseInt(seed.slice(0, 8), 16) / 2 ** 32) + ${code(draw)}] },
  }),
});
`;

const WALK = ({ comment }: WholeModel): string => `
import { Type } from '@sinclair/typebox';
import { defineStage, optional, table } from 'driftline/stage';
import { mixed } from './shared/mixed.ts';
import { offset } from 'small-package';
/* ${comment} */
export default defineStage({
  summary: 'A walk that grows',
  params: Type.Object({ x: Type.Number(), steps: Type.Integer(), keep: Type.Integer() }, { additionalProperties: false }),
  inputs: { data: optional(table()) },
  outputs: { end: table({ at: 'float64', steps: 'int32' }), odd: optional(table({ at: 'float64' })) },
  grows: 'steps',
  observes: ['keep'],
  seeded: true,
  async run({ params: { x, steps, keep }, inputs, seed, checkpoint }) {
    const given = checkpoint.given === undefined ? undefined : JSON.parse(Buffer.from(checkpoint.given).toString());
    let { done, at } = given ?? { done: 0, at: x + (inputs.data?.rows ?? 0) + Number.parseInt(seed.slice(0, 4), 16) };
    for (; done < steps; done++) at = (mixed(at) * 7 + offset) % 1009;
    checkpoint.save(steps, Buffer.from(JSON.stringify({ done, at })));
    const end = { at: [at + keep], steps: [steps] };
    return Math.floor(at) % 2 === 1 ? { end, odd: { at: [at] } } : { end };
  },
});
`;

const READ = `
import { Type } from '@sinclair/typebox';
import { defineStage, table } from 'driftline/stage';
export default defineStage({
  summary: 'Length of a file',
  params: Type.Object({ spec: Type.String({ 'x-driftline': 'file' }) }, { additionalProperties: false }),
  inputs: {},
  outputs: { length: table({ length: 'int32', first: 'int32' }) },
  run: ({ files }) => ({ length: { length: [files['/spec'].length], first: [files['/spec'][0]] } }),
});
`;

/** A program with two outputs; what it reads of its library is declared. */
const TOOL = ({ tool }: WholeModel): string => `. ./lib.sh
# other code: ${tool}
echo "a,b" > "$1"
echo "$3,$((${tool} % 2 + LIB))" >> "$1"
if [ $# -gt 3 ]; then wc -l < "$4" | tr -d ' ' > "$2"; else echo none > "$2"; fi
`;

const set = '"${params.p}"';

/** The files of the study. */
export function filesOf(model: WholeModel): Readonly<Record<string, string>> {
  const { p, by, axis, labels, replicates, until, steps, keep, name, twin, joined, shell, reversed } = model;
  const matrix = `matrix: { c: [${axis.join(', ')}]${labels ? ', w: [low, high]' : ''} }`;
  const repeated =
    until === undefined
      ? `${replicates}`
      : `{ min: 2, max: ${Math.max(2, 2 * replicates)}, until: { metric: value, halfWidth: ${until} } }`;
  const walk = (stage: string): string => `  ${stage}:
    uses: walk
    with: { x: ${set}, steps: ${steps}, keep: ${keep} }
    inputs: { data: ./data.csv }
`;
  const stages = [
    `  draws:
    uses: draw
    ${matrix}
    replicates: ${repeated}
    with: { x: ${set}, c: "\${matrix.c}"${labels ? ', w: "${matrix.w}"' : ''}, keep: ${keep}, confidence: 0.5 }
`,
    walk(name),
    ...(twin ? [walk('again')] : []),
    `  lengths: { uses: read, with: { spec: ./spec.txt } }
`,
    `  tool:
    matrix: { k: [1, 2] }
    run: ${shell ? `sh ./tool.sh \${outputs.fit} \${outputs.note} \${matrix.k} \${inputs.rows}` : '[sh, ./tool.sh, "${outputs.fit}", "${outputs.note}", "${matrix.k}", "${inputs.rows}"]'}
    ${shell ? 'shell: true' : 'env: { UNUSED: "1" }'}
    code: [./lib.sh]
    inputs: { rows: ${name}.end }
    outputs: { fit: fit.csv, note: note.txt }
`,
    ...(joined
      ? [
          `  all:
    uses: join
    inputs: { means: draws.means, fit: tool.fit, one: { from: draws.means, where: { c: ${axis[0]} } }${until === undefined ? '' : ', decided: draws.decisions'} }
    with: { from: means, verbs: [{ derive: { twice: "d => d.mean * 2" } }] }
`,
        ]
      : []),
  ];
  if (reversed) stages.reverse();
  const claim = joined
    ? `claims:
  large:
    says: All means are large
    test: { rows: all.table, every: "d => d.mean > 11" }
`
    : '';
  return {
    'pipeline.yaml': `driftline: 1
study: Whole
seed: whole
params: { p: ${by === 'params' ? p : 77} }
profiles: { other: { params: { p: ${by === 'profile' ? p : 78} } } }
stages:
${stages.join('')}${claim}`,
    'stages/draw.ts': DRAW(model),
    'stages/walk.ts': WALK(model),
    'stages/read.ts': READ,
    'stages/shared/mixed.ts': `export const mixed = (x: number): number => x + ${code(model.shared)};\nexport const unused = ${model.comment};\n`,
    'node_modules/small-package/package.json': `{ "name": "small-package", "version": "1.0.${model.version}", "main": "main.js", "type": "module" }\n`,
    'node_modules/small-package/main.js': `export const offset = 3 + ${code(model.version)};\n`,
    'tool.sh': TOOL(model),
    'lib.sh': `LIB=${model.lib}\n`,
    'data.csv': `x\n${'1\n'.repeat(1 + (model.data % 3))}`,
    'spec.txt': `${model.spec}\n`,
  };
}

/** What the command line is told besides. */
export const argsOf = ({ by, p }: WholeModel): string[] =>
  by === 'profile' ? ['--profile', 'other'] : by === 'set' ? ['--set', `p=${p}`] : [];
