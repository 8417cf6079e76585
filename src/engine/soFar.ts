import { type ActionNode, GATHER, kindOf, type Source } from './graph.ts';

/** Kinds that only arrange and draw what others computed: they may be done again each time there is more. */
const ARRANGING: ReadonlySet<string> = new Set([GATHER, 'join', 'figure']);

/** An interval needs two replicates. */
const FEWEST = 2;

/** Of a stage whose replicates are not all there: how many take part. */
export interface TakenIn {
  readonly stage: string;
  /** Cells that have enough replicates to take part. */
  readonly cells: number;
  readonly ofCells: number;
  /** The fewest and the most replicates of a cell that takes part. */
  readonly fewest: number;
  readonly most: number;
  readonly ofReplicates: number;
}

export interface SoFar {
  /** What is to be done for it, inputs first; what is there already comes with it. */
  readonly nodes: readonly ActionNode[];
  readonly takenIn: readonly TakenIn[];
  /** Why it cannot be done yet: a stage that has to be there whole, or has no two replicates of any cell. */
  readonly lacks?: string;
}

/**
 * What a target would be if no more were to come: each cell of a replicated stage is combined from the replicates that
 * are there, from the first on without a gap, so that it is the study with fewer replicates and not a choice among them;
 * cells with fewer than two are left out; tables and figures are made from what is left. Everything else has to be there.
 *
 * @param needed the target and all that it needs, inputs first
 */
export function soFar(needed: readonly ActionNode[], isThere: (target: string) => boolean): SoFar {
  const kept = new Map<string, ActionNode>();
  const counts = new Map<string, number[]>();
  let lacks: string | undefined;
  const has = (source: Source): boolean => !('node' in source) || kept.has(source.node);
  for (const node of needed) {
    if (isThere(node.target)) {
      kept.set(node.target, node);
      if (node.role === 'combine') note(counts, node, replicatesOf(node).length);
      continue;
    }
    const fitting = node.role === 'combine' ? combined(node, isThere) : arranged(node, has);
    if (node.role === 'combine' && fitting !== undefined) note(counts, node, replicatesOf(fitting).length);
    if (fitting !== undefined) kept.set(node.target, fitting);
    else if (node.role === 'gather' || (node.role === 'run' && node.replicate === null)) lacks ??= node.stage.name;
  }
  const takenIn = [...counts].flatMap(([stage, found]) => {
    const { cells, replicates } = needed.find((node) => node.stage.name === stage)!.stage;
    const [fewest, most] = [Math.min(...found), Math.max(...found)];
    if (
      found.length === cells.length &&
      needed.every((node) => node.stage.name !== stage || node.role !== 'combine' || isThere(node.target))
    ) {
      return [];
    }
    return [{ stage, cells: found.length, ofCells: cells.length, fewest, most, ofReplicates: replicates ?? 1 }];
  });
  const last = needed.at(-1);
  return {
    nodes: [...kept.values()],
    takenIn,
    ...(last !== undefined && !kept.has(last.target) && { lacks: lacks ?? last.stage.name }),
  };
}

function note(counts: Map<string, number[]>, { stage }: ActionNode, replicates: number): void {
  const found = counts.get(stage.name);
  if (found === undefined) counts.set(stage.name, [replicates]);
  else found.push(replicates);
}

const replicatesOf = ({ inputs }: ActionNode): readonly Source[] => {
  const first = Object.values(inputs)[0];
  return Array.isArray(first) ? first : [];
};

/** A combination of the first replicates; undefined where there are too few. It looks at none of them again. */
function combined(node: ActionNode, isThere: (target: string) => boolean): ActionNode | undefined {
  const all = replicatesOf(node);
  const gap = all.findIndex((source) => !('node' in source && isThere(source.node)));
  const count = gap < 0 ? all.length : gap;
  if (count < Math.min(FEWEST, all.length)) return undefined;
  const inputs = Object.fromEntries(
    Object.entries(node.inputs).map(([name, sources]) => [name, (sources as readonly Source[]).slice(0, count)]),
  );
  const { looks: _, ...rest } = node;
  return { ...rest, inputs };
}

function arranged(node: ActionNode, has: (source: Source) => boolean): ActionNode | undefined {
  if (!ARRANGING.has(kindOf(node)) || node.replicate !== null) return undefined;
  if (node.role !== 'gather') return Object.values(node.inputs).flat().every(has) ? node : undefined;
  const places = Object.values(node.inputs).flatMap((source, place) => (has(source as Source) ? [place] : []));
  if (places.length === 0) return undefined;
  const sources = Object.values(node.inputs);
  const inputs = Object.fromEntries(places.map((place, at) => [at, sources[place]]));
  return { ...node, inputs, parts: places.map((place) => node.parts![place]) };
}
