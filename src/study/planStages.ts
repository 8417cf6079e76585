import { nearest } from '../tables/nearest.ts';
import { type CellParams, readCellParams, type Written } from './cellParams.ts';
import type { Context } from './context.ts';
import type { PortType } from './contract.ts';
import type { Draft } from './drafts.ts';
import type { Edge, InputReader } from './inputs.ts';
import type { Scope } from './interpolate.ts';
import type { KindCheck } from './kindCheck.ts';
import type { Entry, Node } from './nodes.ts';
import { placeOf } from './places.ts';
import type { InputBinding, PlannedCell, PlannedStage, Program } from './plan.ts';
import { cellId } from './points.ts';
import { oneOf, quote } from './problems.ts';
import { type RunOutputs, readProgram } from './program.ts';
import { readSettings } from './settings.ts';
import { checkName, entriesOf, type Fields } from './shape.ts';

export interface StageParts {
  readonly check: KindCheck | undefined;
  readonly runOutputs: RunOutputs | undefined;
  readonly inputs: InputReader;
  readonly edges: Map<string, Edge>;
}

/** The stage with all its cells; undefined where something is wrong, which has been reported. */
export function planStage(draft: Draft, parts: StageParts, context: Context): PlannedStage | undefined {
  const before = context.problems.size;
  const settings = readSettings(draft, {
    ...context.params.scope,
    noMatrix: 'this is the same for all cells and cannot depend on the matrix',
  });
  const inputs = readInputNames(draft, context);
  const cells: PlannedCell[] = [];
  for (const point of draft.matrix?.points ?? []) {
    const id = cellId(draft.matrix!.axes, point);
    const scope: Scope = { ...context.params.scope, matrix: point, cell: id };
    const cell = planCell(draft, parts, inputs, scope, context);
    if (cell) cells.push({ id, axes: point, ...cell });
  }
  const { contract } = draft;
  if (
    context.problems.size > before ||
    draft.uses === undefined ||
    draft.matrix === undefined ||
    draft.outputs === undefined
  )
    return undefined;
  return {
    name: draft.name,
    uses: draft.uses,
    axes: draft.matrix.axes,
    cells,
    ...settings,
    outputs: draft.outputs,
    ...(contract?.replicateOutputs && { replicateOutputs: contract.replicateOutputs }),
    ...(contract?.grows !== undefined && { grows: contract.grows }),
    place: placeOf(draft.key),
  };
}

/** The inputs that a stage binds: known to its kind, and all that it requires. */
function readInputNames(draft: Draft, { problems }: Context): Fields {
  const entry = draft.fields.get('inputs');
  const fields: Fields = (entry && entriesOf(entry.value, '`inputs`', problems)) ?? new Map<string, Entry>();
  const { contract } = draft;
  for (const [name, each] of fields) {
    if (!checkName(name, each, 'an input', problems) || contract === undefined) continue;
    if (Object.hasOwn(contract.inputs, name) || contract.otherInputs) continue;
    const names = Object.keys(contract.inputs);
    const message = `the kind ${quote(draft.uses)} has no input ${quote(name)}`;
    problems.add({
      code: 'unknown-input',
      at: each.key,
      message,
      expected: oneOf(names) ?? 'no inputs',
      suggestion: nearest(name, names),
    });
  }
  for (const [name, port] of Object.entries(contract?.inputs ?? {})) {
    if (port.optional || fields.has(name)) continue;
    problems.add({
      code: 'missing-input',
      at: entry?.key ?? draft.key,
      message: `stage ${quote(draft.name)} lacks the input ${quote(name)}`,
      expected: `${name}: <stage>.<output>`,
    });
  }
  return fields;
}

type CellBody = Pick<PlannedCell, 'params' | 'files' | 'inputs' | 'program'>;

function planCell(
  draft: Draft,
  parts: StageParts,
  inputs: Fields,
  scope: Scope,
  context: Context,
): CellBody | undefined {
  const bound = bindInputs(draft, parts, inputs, scope);
  const params = planParams(draft, parts, scope, context);
  const program: Program | undefined =
    draft.sort === 'run' && parts.runOutputs
      ? readProgram(draft, parts.runOutputs, [...inputs.keys()], scope, context)
      : undefined;
  if (bound === undefined || params === undefined) return undefined;
  return { ...params, inputs: bound, ...(program && { program }) };
}

function planParams(draft: Draft, { check }: StageParts, scope: Scope, context: Context): CellParams | undefined {
  if (draft.sort === 'run') return { params: {}, files: {} };
  if (check === undefined) return undefined;
  const entry = draft.fields.get('with');
  const { source, start, end } = draft.key;
  const nothing: Node = { kind: 'map', entries: new Map(), source, start, end };
  const written: Written = entry ? { node: entry.value, key: entry.key } : { node: nothing, key: draft.key };
  return readCellParams(draft, written, check, scope, context);
}

function bindInputs(
  draft: Draft,
  parts: StageParts,
  inputs: Fields,
  scope: Scope,
): Record<string, InputBinding> | undefined {
  const { contract } = draft;
  const bound: Record<string, InputBinding> = Object.create(null);
  let fine = true;
  for (const [name, { value }] of inputs) {
    const declared = contract && Object.hasOwn(contract.inputs, name) ? contract.inputs[name] : undefined;
    const port: PortType | undefined = declared ?? contract?.otherInputs;
    const binding = parts.inputs.read(name, value, port, draft, scope, parts.edges);
    if (binding) bound[name] = binding;
    else fine = false;
  }
  return fine ? bound : undefined;
}
