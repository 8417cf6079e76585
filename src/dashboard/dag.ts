import type { Plan, PlannedStage } from '../study/plan.ts';

/** The stages of a study and what flows between them. */
export interface Dag {
  readonly nodes: readonly DagNode[];
  /** One for each output that one stage takes from another. */
  readonly edges: readonly DagEdge[];
}

export interface DagNode {
  readonly name: string;
  /** The name with the numbers of cells and replicates. */
  readonly label: string;
  readonly isClaim: boolean;
}

export interface DagEdge {
  readonly from: string;
  readonly output: string;
  readonly to: string;
}

export const dagOf = ({ stages }: Plan): Dag => ({
  nodes: stages.map((stage) => ({
    name: stage.name,
    label: labelOf(stage),
    isClaim: stage.name.startsWith('claim:'),
  })),
  edges: stages.flatMap(edgesOf),
});

function labelOf({ name, cells, replicates, until }: PlannedStage): string {
  const fewest = until === undefined ? '' : `${until.min}–`;
  return `${name}${cells.length > 1 ? ` × ${cells.length}` : ''}${replicates !== null ? ` × ${fewest}${replicates}` : ''}`;
}

function edgesOf(stage: PlannedStage): DagEdge[] {
  const edges = new Map<string, DagEdge>();
  for (const cell of stage.cells) {
    for (const input of Object.values(cell.inputs)) {
      if (input.from !== 'stage') continue;
      edges.set(`${input.stage}.${input.output}`, { from: input.stage, output: input.output, to: stage.name });
    }
  }
  return [...edges.values()];
}
