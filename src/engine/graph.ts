import { DECISIONS } from '../study/decisions.ts';
import type { Json, Plan, PlannedCell, PlannedStage, Scalar } from '../study/plan.ts';
import type { DescribedKind } from './describe.ts';
import { plannedLooks } from './looks.ts';

/** Where the bytes of an action's input come from. */
export type Source = { readonly node: string; readonly output: string } | { readonly file: string };

/**
 * The unit that is cached. `run` is one cell or one replicate of a cell, `decide` looks at the first replicates of a cell
 * and says whether more are needed, `combine` makes a cell's outputs from its replicates, `gather` makes one table of a
 * stage's cells.
 */
export interface ActionNode {
  /** `stage[C=2]#3`, `stage[C=2]#look1`, `stage[C=2]`, `stage.output`: what people call it. Never part of a key. */
  readonly target: string;
  readonly role: 'run' | 'decide' | 'combine' | 'gather';
  readonly stage: PlannedStage;
  /** The cell; none for `gather`. */
  readonly cell: PlannedCell | undefined;
  readonly replicate: number | null;
  /** A list of sources under one name is handed over as a list. */
  readonly inputs: Readonly<Record<string, Source | readonly Source[]>>;
  /** For `gather`: the axis values of each part, in the order of the inputs `0`, `1`, … */
  readonly parts?: readonly Readonly<Record<string, Scalar>>[];
  /** The look that has to ask for more before this is needed. It decides whether, never what: no part of a key. */
  readonly gate?: string;
  /** For `decide`: what it is told. */
  readonly rule?: Json;
  /** For `combine`, where looks decide what there is to combine: how many replicates each takes in, and the last of them. */
  readonly looks?: { readonly planned: readonly number[]; readonly last: string };
}

/** The kind with which tables of cells become one table. */
export const GATHER = 'driftline:gather';

/** The kind that looks at replicates. */
export const DECIDE = 'driftline:decide';

/** The output that a look has iff more replicates are needed, and the one that says why. */
export const MORE = 'more';
export const DECISION = 'decision';

/** The kind whose code an action runs. */
export function kindOf({ role, stage }: Pick<ActionNode, 'role' | 'stage'>): string {
  if (role === 'gather') return GATHER;
  return role === 'decide' ? DECIDE : stage.uses;
}

/** The kinds whose code a plan's actions run. */
export const kindsOf = ({ stages }: Plan): Set<string> =>
  new Set([
    GATHER,
    ...(stages.some(({ until }) => until !== undefined) ? [DECIDE] : []),
    ...stages.map(({ uses }) => uses),
  ]);

/** Every action of a plan, inputs before their users. */
export class ActionGraph {
  readonly nodes = new Map<string, ActionNode>();
  readonly #stages = new Map<string, PlannedStage>();
  readonly #contracts: ReadonlyMap<string, DescribedKind>;

  constructor(plan: Plan, contracts: ReadonlyMap<string, DescribedKind>) {
    this.#contracts = contracts;
    for (const stage of plan.stages) this.#stages.set(stage.name, stage);
    for (const stage of plan.stages) {
      for (const cell of stage.cells) this.#addCell(stage, cell);
      if (stage.name.startsWith('claim:')) continue;
      for (const [output, port] of Object.entries(stage.outputs)) {
        if (port.type === 'table') this.#gather(stage, output, stage.cells, '');
      }
      if (stage.until !== undefined) this.#gather(stage, DECISIONS, stage.cells, '');
    }
  }

  /** The nodes that are asked for by name, with all that they need, in order. Undefined: everything. */
  select(isWanted?: (node: ActionNode) => boolean): ActionNode[] {
    const all = [...this.nodes.values()];
    if (isWanted === undefined) return all;
    const needed = new Set<string>();
    for (const node of all.reverse()) {
      if (!needed.has(node.target) && !isWanted(node)) continue;
      needed.add(node.target);
      for (const target of dependencies(node)) needed.add(target);
    }
    return [...this.nodes.values()].filter((node) => needed.has(node.target));
  }

  /** The node whose output is a stage's table, or its only cell's file. */
  source(stageName: string, output: string, where?: Readonly<Record<string, Scalar>>): Source {
    const stage = this.#stages.get(stageName)!;
    const cells = where === undefined ? stage.cells : stage.cells.filter((cell) => matches(cell, where));
    if (isDecisions(stage, output) || stage.outputs[output].type === 'table') {
      const suffix = cells.length === stage.cells.length ? '' : `[${cells.map((cell) => cell.id).join(' ')}]`;
      return { node: this.#gather(stage, output, cells, suffix), output: 'table' };
    }
    return { node: cellTarget(stage, cells[0]), output };
  }

  #addCell(stage: PlannedStage, cell: PlannedCell): void {
    const inputs: Record<string, Source> = {};
    for (const [name, binding] of Object.entries(cell.inputs)) {
      inputs[name] =
        binding.from === 'file' ? { file: binding.path } : this.source(binding.stage, binding.output, binding.where);
    }
    const target = cellTarget(stage, cell);
    const base = { stage, cell, inputs };
    const combined = this.#contracts.get(stage.uses)?.replicateOutputs;
    if (combined === undefined && stage.replicates === null) {
      this.#add({ ...base, target, role: 'run', replicate: null });
      return;
    }
    const replicates: string[] = [];
    const replicateTo = (count: number, gate: Pick<ActionNode, 'gate'>): void => {
      for (let replicate = replicates.length; replicate < count; replicate++) {
        replicates.push(`${target}#${replicate}`);
        this.#add({ ...base, ...gate, target: replicates[replicate], role: 'run', replicate });
      }
    };
    const looks = this.#addLooks(stage, cell, replicates, replicateTo);
    replicateTo(stage.replicates ?? 1, {});
    if (combined === undefined) return;
    const lists = Object.keys(combined).map((output) => [output, replicates.map((node) => ({ node, output }))]);
    const combine = {
      stage,
      cell,
      target,
      role: 'combine',
      replicate: null,
      inputs: Object.fromEntries(lists),
    } as const;
    this.#add(looks === undefined ? combine : { ...combine, looks });
  }

  /** The looks of a cell, each before the replicates that it may ask for. */
  #addLooks(
    stage: PlannedStage,
    cell: PlannedCell,
    replicates: readonly string[],
    replicateTo: (count: number, gate: Pick<ActionNode, 'gate'>) => void,
  ): ActionNode['looks'] {
    if (stage.until === undefined) return undefined;
    const { min, metric, width, confidence } = stage.until;
    const counts = plannedLooks(min, stage.replicates!);
    let gate: Pick<ActionNode, 'gate'> = {};
    counts.forEach((count, at) => {
      replicateTo(count, gate);
      const target = lookTarget(cellTarget(stage, cell), at + 1);
      const inputs = { replicates: replicates.map((node) => ({ node, output: metric.output })) };
      const rule = { column: metric.column, width, confidence, look: at + 1, looks: counts };
      this.#add({ stage, cell, target, role: 'decide', replicate: null, inputs, rule, ...gate });
      gate = { gate: target };
    });
    return { planned: counts, last: gate.gate! };
  }

  #gather(stage: PlannedStage, output: string, cells: readonly PlannedCell[], suffix: string): string {
    const target = `${stage.name}.${output}${suffix}`;
    if (this.nodes.has(target)) return target;
    const parts: Readonly<Record<string, Scalar>>[] = [];
    const inputs: Record<string, Source> = {};
    const add = (axes: Readonly<Record<string, Scalar>>, node: string, from = output): void => {
      inputs[parts.length] = { node, output: from };
      parts.push(axes);
    };
    for (const cell of cells) {
      const node = cellTarget(stage, cell);
      if (isDecisions(stage, output))
        for (let look = 1; this.nodes.has(lookTarget(node, look)); look++)
          add(cell.axes, lookTarget(node, look), DECISION);
      else if (this.nodes.has(node)) add(cell.axes, node);
      else
        for (let replicate = 0; this.nodes.has(`${node}#${replicate}`); replicate++)
          add({ ...cell.axes, replicate }, `${node}#${replicate}`);
    }
    this.#add({ stage, cell: undefined, target, role: 'gather', replicate: null, inputs, parts });
    return target;
  }

  #add(node: ActionNode): void {
    this.nodes.set(node.target, node);
  }
}

/** The targets that have to be settled before a node: those whose outputs it reads, and the looks that decide for it. */
export function* dependencies(node: ActionNode): Iterable<string> {
  if (node.gate !== undefined) yield node.gate;
  if (node.looks !== undefined) yield node.looks.last;
  for (const sources of Object.values(node.inputs)) {
    for (const source of Array.isArray(sources) ? sources : [sources]) if ('node' in source) yield source.node;
  }
}

export const cellTarget = (stage: PlannedStage, cell: PlannedCell): string =>
  cell.id === '' ? stage.name : `${stage.name}[${cell.id}]`;

const lookTarget = (cell: string, look: number): string => `${cell}#look${look}`;

const isDecisions = (stage: PlannedStage, output: string): boolean => stage.until !== undefined && output === DECISIONS;

/** The output that a gather's target `stage.output[cells]` names. */
export const outputOf = (target: string, stage: string): string => target.slice(stage.length + 1).split('[', 1)[0];

const matches = (cell: PlannedCell, where: Readonly<Record<string, Scalar>>): boolean =>
  Object.entries(where).every(([axis, value]) => cell.axes[axis] === value);
