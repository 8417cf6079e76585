/** Kinds of stage that differ in how their results rest on what they are told. */
export const USES = ['plain', 'lossy', 'maybe', 'drawn', 'combined', 'grown', 'reads', 'program'] as const;
export type Uses = (typeof USES)[number];

/** Files of the study: tables that stages take as inputs, what a parameter names, and a program's code. */
export const FILES = ['a.csv', 'a.json', 'spec.json', 'tool.py'] as const;
export type FileName = (typeof FILES)[number];

/** A stage as an edit can change it. What cannot be (an input from a stage that is gone) is left out when it is written. */
export interface StageModel {
  readonly uses: Uses;
  readonly present: boolean;
  readonly name: string;
  readonly x: number;
  /** Whether x is the study's parameter instead. */
  readonly global: boolean;
  /** Values of the axis `c`; none: a single cell. */
  readonly axis: readonly number[];
  readonly exclude: readonly number[];
  readonly include: readonly number[];
  /** How many; under `until` the most. */
  readonly replicates: number;
  /** Looks at the replicates decide how many are needed: the least of them, and a width. */
  readonly until: { readonly min: number; readonly width: number; readonly confidence: number } | undefined;
  readonly steps: number;
  readonly keep: number;
  readonly confidence: number;
  readonly inputs: readonly InputModel[];
}

/** An earlier stage by its place, of one cell only where it has that one, or a file. */
export type InputModel = { readonly from: number; readonly where?: number } | { readonly file: 'a.csv' | 'a.json' };

export interface StudyModel {
  readonly seed: number;
  readonly param: number;
  readonly stages: readonly StageModel[];
  /** Of the code of each kind; and of its comments, which change sources and nothing else. */
  readonly code: Readonly<Record<Uses, number>>;
  readonly comments: number;
  readonly files: Readonly<Record<FileName, number>>;
}

/** Stages whose matrix would have no cell left keep all of it. */
const excluded = ({ axis, exclude }: StageModel): readonly number[] =>
  axis.every((c) => exclude.includes(c)) ? [] : exclude.filter((c) => axis.includes(c));

const included = ({ axis, include }: StageModel): readonly number[] => include.filter((c) => !axis.includes(c));

const cellsOf = (stage: StageModel): readonly number[] =>
  stage.axis.length === 0 ? [] : [...stage.axis.filter((c) => !excluded(stage).includes(c)), ...included(stage)];

/** The study as a user would write it. */
export function toYaml(model: StudyModel): string {
  const stages = model.stages.flatMap((stage, at) => (stage.present ? [stageYaml(model, stage, at)] : []));
  const last = model.stages.findLast(({ present }) => present);
  return `driftline: 1
study: Edited
seed: seed ${model.seed}
params: { p: ${model.param} }
${stages.length === 0 ? '' : `stages:\n${stages.join('')}`}${
  last === undefined
    ? ''
    : `claims:\n  last:\n    says: The last stage holds\n    test: { rows: ${last.name}.${tableOf(last.uses)}, every: "d => d.x > ${model.param}" }\n`
}`;
}

const tableOf = (uses: Uses): string => (uses === 'program' ? 'fit' : 'out');

function stageYaml(model: StudyModel, stage: StageModel, at: number): string {
  const { uses, name } = stage;
  const x = stage.global ? '"${params.p}"' : stage.x;
  const c = stage.axis.length === 0 ? '' : ', c: "${matrix.c}"';
  const fields: Record<Uses, string> = {
    plain: `{ x: ${x}${c} }`,
    lossy: `{ x: ${x} }`, // of all its cells alike: what is gathered of them differs by their axes alone
    maybe: `{ x: ${x}${c} }`,
    drawn: `{ x: ${x}${c} }`,
    combined: `{ x: ${x}${c}, keep: ${stage.keep}, confidence: ${stage.confidence} }`,
    grown: `{ x: ${x}${c}, steps: ${stage.steps}, keep: ${stage.keep} }`,
    reads: `{ x: ${x}${c}, spec: ./spec.json }`,
    program: '',
  };
  const inputs = inputsYaml(model, stage, at);
  const lines =
    uses === 'program'
      ? [
          `run: [python3, ./tool.py, "\${outputs.fit}", ${typeof x === 'number' ? `"${x}"` : x}${stage.axis.length === 0 ? '' : ', "${matrix.c}"'}]`,
          'outputs: { fit: fit.csv }',
          `env: { KEEP: "${stage.keep}" }`,
        ]
      : [`uses: ${uses}`, `with: ${fields[uses]}`];
  if (['combined', 'grown'].includes(uses)) lines.push(`replicates: ${replicatesYaml(stage)}`);
  if (stage.axis.length > 0) {
    const point = (cs: readonly number[]): string => `[${cs.map((value) => `{ c: ${value} }`).join(', ')}]`;
    const out = excluded(stage);
    const more = included(stage);
    lines.push(
      `matrix: { c: [${stage.axis.join(', ')}]${out.length > 0 ? `, exclude: ${point(out)}` : ''}${more.length > 0 ? `, include: ${point(more)}` : ''} }`,
    );
  }
  if (inputs.length > 0) lines.push(`inputs: { ${inputs.join(', ')} }`);
  return `  ${name}:\n${lines.map((line) => `    ${line}\n`).join('')}`;
}

function replicatesYaml({ replicates, until }: StageModel): string {
  if (until === undefined) return `${replicates}`;
  const { min, width, confidence } = until;
  const rule = `{ metric: x, halfWidth: ${width}, confidence: ${confidence} }`;
  return `{ min: ${min}, max: ${Math.max(min, 2 * replicates)}, until: ${rule} }`;
}

/** An optional table goes to the input that may be left out, any other to one that may not. */
function inputsYaml(model: StudyModel, stage: StageModel, at: number): string[] {
  return stage.inputs.flatMap((input, position) => {
    if ('file' in input) return [`in${position}: ./${input.file}`];
    const source = model.stages[input.from];
    if (input.from >= at || !source?.present) return [];
    const output = tableOf(source.uses);
    const { where } = input;
    const cells = cellsOf(source);
    const bound =
      where !== undefined && cells.includes(where)
        ? `{ from: ${source.name}.${output}, where: { c: ${where} } }`
        : `${source.name}.${output}`;
    const extra = source.uses === 'maybe' && stage.uses === 'plain' ? [`extra${position}: ${source.name}.extra`] : [];
    return [`in${position}: ${bound}`, ...extra];
  });
}
