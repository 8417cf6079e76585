import { join } from 'node:path';
import type { ActionRecord } from '../store/actions.ts';
import { type Digest, settled } from '../store/canonical.ts';
import type { StatCache } from '../store/statCache.ts';
import type { Port } from '../study/contract.ts';
import type { Json, Plan, PlannedCell, Program } from '../study/plan.ts';
import { tokensOf } from '../study/pointer.ts';
import type { DescribedKind } from './describe.ts';
import { type ActionNode, kindOf, type Source } from './graph.ts';
import { type KeyManifest, keyManifest, keyOf, seedOf, without } from './key.ts';
import type { LoadedKind } from './kinds.ts';
import type { InputBlob, InputFormat, Task } from './task.ts';

/** What resolving needs to know of a run. */
export interface ResolveContext {
  readonly plan: Plan;
  readonly studyRoot: string;
  readonly storeRoot: string;
  readonly kinds: ReadonlyMap<string, LoadedKind>;
  readonly stats: StatCache;
  /** The record of a target that is done. */
  record(target: string): ActionRecord | undefined;
}

/** An action whose inputs are known: its key, why it is that key, and the task that does it. */
export interface ResolvedAction {
  readonly node: ActionNode;
  readonly key: Digest;
  readonly manifest: KeyManifest;
  readonly kind: LoadedKind;
  readonly task: Task;
  /** Files of the study whose contents the task takes from the store: study-relative path → digest. */
  readonly files: ReadonlyMap<string, Digest>;
}

/** Gives an action its key. Throws {@link MissingInput}, and what reading a file of the study throws. */
export function resolveAction(node: ActionNode, context: ResolveContext): ResolvedAction {
  const { plan } = context;
  const kind = context.kinds.get(kindOf(node))!;
  const entry = node.role === 'combine' ? 'combine' : 'run';
  const files = new Map<string, Digest>();
  const readFile = (path: string): Digest => {
    const digest = context.stats.digest(join(context.studyRoot, path));
    files.set(path, digest);
    return digest;
  };

  const named: Record<string, Digest> = {};
  for (const [pointer, path] of Object.entries(node.cell?.files ?? {})) named[pointer] = readFile(path);
  for (const path of node.cell?.program?.code ?? []) named[`/code/${path}`] = readFile(path);

  const { inputs, parts } = resolveInputs(node, kind.contract, context, readFile);
  const params = paramsOf(node, kind.contract, parts);
  const seed = seedFor(node, kind.contract, plan.seed, params);
  // A single look is at a fixed number of replicates: its combination is that of any stage.
  const looks = node.looks !== undefined && node.looks.planned.length > 1 ? { looks: node.looks.planned } : {};
  const manifest = keyManifest({
    code: kind.digest,
    entry,
    params,
    files: named,
    ...inputFields(inputs),
    seed,
    ...looks,
  });
  const task: Task = {
    target: node.target,
    storeRoot: context.storeRoot,
    bundle: kind.bundle,
    entry,
    params,
    files: named,
    inputs,
    outputs: outputPorts(node, kind.contract),
    seed,
    ...looks,
  };
  return { node, key: keyOf(manifest), manifest, kind, task, files };
}

/** What a table is that every cell left out: no output at all, and nothing to run for it. */
export const NOTHING: ActionRecord = { outputs: {}, seconds: 0, run: '', target: '' };

/** Whether a gather has nothing to gather, because all cells left their optional table out. */
export const isEmptyGather = ({ node, task }: ResolvedAction): boolean =>
  node.role === 'gather' && Object.keys(task.inputs).length === 0;

/** An input that the kind needs and that its maker, for which it is optional, left out. */
export class MissingInput extends Error {
  override readonly name = 'MissingInput';
}

type ResolvedInputs = Record<string, InputBlob | readonly InputBlob[]>;

function resolveInputs(
  node: ActionNode,
  contract: DescribedKind,
  context: ResolveContext,
  readFile: (path: string) => Digest,
): { inputs: ResolvedInputs; parts: ActionNode['parts'] } {
  const one = (name: string, source: Source): InputBlob | undefined => {
    const port = contract.inputs[name] ?? contract.otherInputs;
    if ('file' in source) return { digest: readFile(source.file), format: fileFormat(source.file, port) };
    const output = context.record(source.node)?.outputs[source.output];
    return output && { digest: output.digest, format: output.rows === undefined ? 'bytes' : 'table' };
  };
  const inputs: ResolvedInputs = {};
  if (node.role === 'gather') {
    // Cells that left out an optional table have no part in the whole.
    const parts: Readonly<Record<string, string | number | boolean>>[] = [];
    Object.entries(node.inputs).forEach(([name, source], index) => {
      const blob = one(name, source as Source);
      if (blob === undefined) return;
      inputs[parts.length] = blob;
      parts.push(node.parts![index]);
    });
    // The node's own list has its text for keys made once.
    return { inputs, parts: parts.length === node.parts!.length ? settled(node.parts!) : parts };
  }
  for (const [name, source] of Object.entries(node.inputs)) {
    if (Array.isArray(source)) inputs[name] = source.flatMap((s) => one(name, s) ?? []);
    else {
      const blob = one(name, source as Source);
      if (blob !== undefined) inputs[name] = blob;
      else if (isRequired(name, source as Source, contract, context)) {
        throw new MissingInput(`its input "${name}" is missing: ${maker(source as Source)} left that output out`);
      }
    }
  }
  return { inputs, parts: undefined };
}

/** Whether an input that is not there should be: its maker is done, and the kind does not call it optional. */
const isRequired = (name: string, source: Source, contract: DescribedKind, context: ResolveContext): boolean =>
  'node' in source && context.record(source.node) !== undefined && contract.inputs[name]?.optional !== true;

const maker = (source: Source): string => ('node' in source ? source.node : source.file);

/** A file of the study for a table port is read as its extension says; otherwise its bytes are handed over. */
function fileFormat(path: string, port: { type: string } | undefined): InputFormat {
  if (port?.type !== 'table') return 'bytes';
  if (path.endsWith('.csv')) return 'csv-table';
  return path.endsWith('.json') ? 'json-table' : 'table';
}

/** The seed of a run that has one: of a kind with chance, or a repetition. */
export function seedFor(node: ActionNode, contract: DescribedKind, studySeed: string, params: Json): string {
  const identity = chanceOf(node, contract, params);
  return identity === undefined ? '' : seedOf(studySeed, identity, node.replicate ?? 0);
}

/** What the seeds of a cell's runs are made of; undefined for what has no chance. */
export function chanceOf(node: ActionNode, contract: DescribedKind, params: Json): Json | undefined {
  if (node.role !== 'run' || !(contract.seeded || node.stage.replicates !== null)) return undefined;
  return onceFor(identities, node.cell!, () => {
    const leftOut = [...(contract.observes ?? []), ...(contract.grows === undefined ? [] : [contract.grows])];
    return without(params, leftOut);
  });
}

/** By cell: the parameters that its runs, and its combinations, are told; and those that its seeds are made of. */
const toldToRuns = new WeakMap<PlannedCell, Json>();
const toldToCombine = new WeakMap<PlannedCell, Json>();
const identities = new WeakMap<PlannedCell, Json>();

/** A cell's replicates share their parameters, so these are derived, and their text for keys made, once. */
function onceFor(known: WeakMap<PlannedCell, Json>, cell: PlannedCell, derive: () => Json): Json {
  const found = known.get(cell);
  if (found !== undefined) return found;
  const derived = settled(derive());
  known.set(cell, derived);
  return derived;
}

/** What the run is told. The path of a file parameter is replaced by its place: where a file lies decides no bytes. */
export function paramsOf(node: ActionNode, contract: DescribedKind, parts: ActionNode['parts']): Json {
  if (node.role === 'gather') return { parts: parts as Json };
  if (node.role === 'decide') return node.rule!;
  const cell = node.cell!;
  return onceFor(node.role === 'run' ? toldToRuns : toldToCombine, cell, () => {
    if (cell.program !== undefined) return programParams(cell.program, node.stage.outputs);
    let params = node.role === 'run' ? without(cell.params, contract.combineParams ?? []) : cell.params;
    for (const pointer of Object.keys(cell.files)) params = withValue(params, tokensOf(pointer), pointer);
    return params;
  });
}

const programParams = ({ argv, shell, formats, env, outputs }: Program, ports: Readonly<Record<string, Port>>): Json =>
  ({ argv, shell, formats, env, outputs, ports }) as unknown as Json;

function withValue(params: Json, path: readonly string[], value: Json): Json {
  if (path.length === 0) return value;
  const [head, ...rest] = path;
  if (Array.isArray(params))
    return params.map((item, index) => (String(index) === head ? withValue(item, rest, value) : item));
  const object = params as Readonly<Record<string, Json>>;
  return { ...object, [head]: withValue(object[head], rest, value) };
}

/** The outputs that an action has. */
export function outputPorts(node: ActionNode, contract: DescribedKind): Readonly<Record<string, Port>> {
  if (node.role === 'gather' || node.role === 'decide') return contract.outputs;
  if (node.role === 'run' && contract.replicateOutputs !== undefined) return contract.replicateOutputs;
  return node.stage.outputs;
}

/** What stands in a key for the inputs: their contents, and how they are handed over. */
function inputFields(given: ResolvedInputs): Pick<KeyManifest, 'inputs' | 'ports'> {
  const inputs: Record<string, Digest | readonly Digest[]> = {};
  const ports: Record<string, string> = {};
  for (const name of Object.keys(given)) {
    const input = given[name];
    if (isList(input)) {
      inputs[name] = input.map((blob) => blob.digest);
      ports[name] = input.map((blob) => blob.format).join(' ');
    } else {
      inputs[name] = input.digest;
      ports[name] = input.format;
    }
  }
  return { inputs, ports };
}

const isList = (input: InputBlob | readonly InputBlob[]): input is readonly InputBlob[] => Array.isArray(input);
