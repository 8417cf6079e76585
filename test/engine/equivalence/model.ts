import { hasLabels, type MatrixModel, matrixYaml, pointsOf } from './matrix.ts';

/** Kinds of stage that differ in how their results rest on what they are told. */
export const USES = ['plain', 'lossy', 'maybe', 'drawn', 'combined', 'grown', 'reads', 'program'] as const;
export type Uses = (typeof USES)[number];

/** Files of the study: tables that stages take as inputs, what a parameter names, and a program's code. */
export const FILES = ['a.csv', 'a.json', 'spec.json', 'tool.py', 'lib.py'] as const;
export type FileName = (typeof FILES)[number];

/** A stage as an edit can change it. What cannot be (an input from a stage that is gone) is left out when it is written. */
export interface StageModel extends MatrixModel {
  readonly uses: Uses;
  readonly present: boolean;
  readonly name: string;
  /** Whether it stands in a file that the study includes, in another folder. */
  readonly apart: boolean;
  readonly x: number;
  /** Whether x is the study's parameter instead. */
  readonly global: boolean;
  /** How many; under `until` the most. */
  readonly replicates: number;
  /** Looks at the replicates decide how many are needed: the least of them, and a width. */
  readonly until: { readonly min: number; readonly width: number; readonly confidence: number } | undefined;
  readonly steps: number;
  readonly keep: number;
  readonly confidence: number;
  readonly inputs: readonly InputModel[];
  /** Of a program: whether the shell runs it, and its tables are handed over as JSON. */
  readonly shell: boolean;
  readonly json: boolean;
  readonly cpus: number;
  readonly retry: number;
}

/**
 * An earlier stage by its place, of one value of its axis only where it has that one, or of the cell's own; or a file.
 * Of a stage with `until` it may be what it decided.
 */
export type InputModel =
  | { readonly from: number; readonly where?: number | 'own' | undefined; readonly decisions?: boolean }
  | { readonly file: 'a.csv' | 'a.json' };

export interface StudyModel {
  readonly seed: number;
  readonly param: number;
  /** Whether the parameter is given by a profile, and by the command line. */
  readonly profile: boolean;
  readonly set: boolean;
  /** Whether the stages are written last to first. */
  readonly reversed: boolean;
  readonly stages: readonly StageModel[];
  /** Of the code of each kind; and of its comments, which change sources and nothing else. */
  readonly code: Readonly<Record<Uses, number>>;
  readonly comments: number;
  readonly files: Readonly<Record<FileName, number>>;
}

/** What is said of a study where it is read. */
export const optionsOf = ({ profile, set, param }: StudyModel) => ({
  ...(profile && { profile: 'other' }),
  set: (set ? { p: String(param) } : {}) as Readonly<Record<string, string>>,
});

/** The study as a user would write it: its files by their paths. */
export function toYaml(model: StudyModel): Readonly<Record<'pipeline.yaml' | 'parts/more.yaml', string>> {
  const { profile, set, param } = model;
  const stages = model.stages.map((stage, at) => ({ stage, at })).filter(({ stage }) => stage.present);
  if (model.reversed) stages.reverse();
  const of = (apart: boolean): string => {
    const own = stages.filter(({ stage }) => stage.apart === apart);
    return own.length === 0 ? '' : `stages:\n${own.map(({ stage, at }) => stageYaml(model, stage, at)).join('')}`;
  };
  const last = model.stages.findLast(({ present }) => present);
  const claim =
    last === undefined
      ? ''
      : `claims:\n  last:\n    says: The last stage holds\n    test: { rows: ${last.name}.${tableOf(last.uses)}, every: "d => d.x > ${param}" }\n`;
  return {
    'pipeline.yaml': `driftline: 1
study: Edited
include: [parts/*.yaml]
seed: seed ${model.seed}
params: { p: ${profile || set ? 7 : param} }
profiles: { other: { params: { p: ${set ? 8 : param} } } }
${of(false)}${claim}`,
    'parts/more.yaml': of(true) || '{}\n',
  };
}

const tableOf = (uses: Uses): string => (uses === 'program' ? 'fit' : 'out');

const hasReplicates = (uses: Uses): boolean => uses === 'combined' || uses === 'grown';

function stageYaml(model: StudyModel, stage: StageModel, at: number): string {
  const { uses, name, cpus, retry } = stage;
  const x = stage.global ? '"${params.p}"' : stage.x;
  const axes = [...(stage.axis.length === 0 ? [] : ['c']), ...(hasLabels(stage) ? ['w'] : [])];
  const c = axes.map((axis) => `, ${axis}: "\${matrix.${axis}}"`).join('');
  const folder = stage.apart ? '..' : '.';
  const fields: Record<Uses, string> = {
    plain: `{ x: ${x}${c} }`,
    lossy: `{ x: ${x} }`, // of all its cells alike: what is gathered of them differs by their axes alone
    maybe: `{ x: ${x}${c} }`,
    drawn: `{ x: ${x}${c} }`,
    combined: `{ x: ${x}${c}, keep: ${stage.keep}, confidence: ${stage.confidence} }`,
    grown: `{ x: ${x}${c}, steps: ${stage.steps}, keep: ${stage.keep} }`,
    reads: `{ x: ${x}${c}, spec: ${folder}/spec.json }`,
    program: '',
  };
  const inputs = inputsYaml(model, stage, at);
  const lines = uses === 'program' ? programYaml(stage, x, axes) : [`uses: ${uses}`, `with: ${fields[uses]}`];
  if (hasReplicates(uses)) lines.push(`replicates: ${replicatesYaml(stage)}`);
  const matrix = matrixYaml(stage);
  if (matrix !== undefined) lines.push(matrix);
  if (inputs.length > 0) lines.push(`inputs: { ${inputs.map(([input, from]) => `${input}: ${from}`).join(', ')} }`);
  if (uses === 'program' && stage.json) {
    const formats = inputs.flatMap(([input]) => (input.startsWith('note') ? [] : [`${input}: json`]));
    if (formats.length > 0) lines.push(`formats: { ${formats.join(', ')} }`);
  }
  if (cpus > 1) lines.push(`resources: { cpus: ${cpus} }`);
  if (retry > 0) lines.push(`retry: { times: ${retry}, delay: 0 }`);
  return `  ${name}:\n${lines.map((line) => `    ${line}\n`).join('')}`;
}

/** The words of a shell's line are read in the study's folder, those of argv as paths of the file that they stand in. */
function programYaml({ apart, shell, keep, json }: StageModel, x: string | number, axes: readonly string[]): string[] {
  const folder = apart ? '..' : '.';
  const words = [
    'python3',
    `${shell ? '.' : folder}/tool.py`,
    '"${outputs.fit}"',
    '"${outputs.note}"',
    typeof x === 'number' ? `"${x}"` : x,
    ...axes.map((axis) => `"\${matrix.${axis}}"`),
  ];
  const run = shell ? `'${words.map((word) => word.replaceAll('"', '')).join(' ')}'` : `[${words.join(', ')}]`;
  return [
    `run: ${run}`,
    ...(shell ? ['shell: true'] : []),
    'outputs: { fit: fit.csv, note: note.txt }',
    `env: { KEEP: "${keep}" }`,
    ...(json ? [`code: [${folder}/lib.py]`] : []),
  ];
}

function replicatesYaml({ replicates, until }: StageModel): string {
  if (until === undefined) return `${replicates}`;
  const { min, width, confidence } = until;
  const rule = `{ metric: x, halfWidth: ${width}, confidence: ${confidence} }`;
  return `{ min: ${min}, max: ${Math.max(min, 2 * replicates)}, until: ${rule} }`;
}

/** An optional table goes to the input that may be left out, any other to one that may not. */
function inputsYaml(model: StudyModel, stage: StageModel, at: number): (readonly [name: string, from: string])[] {
  return stage.inputs.flatMap((input, position) => {
    if ('file' in input) return [[`in${position}`, `${stage.apart ? '..' : '.'}/${input.file}`] as const];
    const source = model.stages[input.from];
    if (input.from >= at || !source?.present) return [];
    const decided = input.decisions === true && source.until !== undefined && hasReplicates(source.uses);
    const output = decided ? 'decisions' : tableOf(source.uses);
    const cells = pointsOf(source);
    const has = (c: number): boolean => cells.some((cell) => cell.c === c);
    const where =
      typeof input.where === 'number' && has(input.where)
        ? `${input.where}`
        : input.where === 'own' && stage.axis.length > 0 && pointsOf(stage).every(({ c }) => has(c))
          ? '"${matrix.c}"'
          : undefined;
    const from = `${source.name}.${output}`;
    const bound = where === undefined ? from : `{ from: ${from}, where: { c: ${where} } }`;
    const extra =
      source.uses === 'maybe' && stage.uses === 'plain' ? [[`extra${position}`, `${source.name}.extra`] as const] : [];
    // A file is of a single cell.
    const note =
      source.uses === 'program' && cells.length === 0 && (stage.uses === 'plain' || stage.uses === 'program')
        ? [[`note${position}`, `${source.name}.note`] as const]
        : [];
    return [[`in${position}`, bound] as const, ...extra, ...note];
  });
}
