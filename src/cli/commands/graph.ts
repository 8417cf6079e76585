import type { Plan, PlannedStage } from '../../study/plan.ts';
import { EXIT } from '../exit.ts';
import { openSession, type StudyOptions } from '../session.ts';

/** `driftline graph`: the stages and what flows between them, as Mermaid or DOT. */
export async function graphCommand(options: StudyOptions & { json?: boolean; format?: string }): Promise<number> {
  const { plan } = await openSession(options);
  const edges = plan.stages.flatMap(edgesOf);
  if (options.json) {
    const stages = plan.stages.map(({ name, uses, cells, replicates, until }) => ({
      name,
      uses,
      cells: cells.length,
      replicates,
      ...(until !== undefined && { until }),
    }));
    process.stdout.write(`${JSON.stringify({ stages, edges }, null, 2)}\n`);
  } else process.stdout.write(options.format === 'dot' ? dot(plan, edges) : mermaid(plan, edges));
  return EXIT.done;
}

interface Edge {
  readonly from: string;
  readonly output: string;
  readonly to: string;
}

function edgesOf(stage: PlannedStage): Edge[] {
  const edges = new Map<string, Edge>();
  for (const cell of stage.cells) {
    for (const input of Object.values(cell.inputs)) {
      if (input.from !== 'stage') continue;
      edges.set(`${input.stage}.${input.output}`, { from: input.stage, output: input.output, to: stage.name });
    }
  }
  return [...edges.values()];
}

const label = ({ name, cells, replicates, until }: PlannedStage): string => {
  const fewest = until === undefined ? '' : `${until.min}–`;
  return `${name}${cells.length > 1 ? ` × ${cells.length}` : ''}${replicates !== null ? ` × ${fewest}${replicates}` : ''}`;
};

function mermaid(plan: Plan, edges: readonly Edge[]): string {
  const ids = new Map(plan.stages.map((stage, at) => [stage.name, `s${at}`]));
  const nodes = plan.stages.map((stage) => {
    const [open, close] = stage.name.startsWith('claim:') ? ['{{', '}}'] : ['[', ']'];
    return `  ${ids.get(stage.name)}${open}"${label(stage)}"${close}`;
  });
  const lines = edges.map(({ from, output, to }) => `  ${ids.get(from)} -- ${output} --> ${ids.get(to)}`);
  return ['flowchart LR', ...nodes, ...lines, ''].join('\n');
}

function dot(plan: Plan, edges: readonly Edge[]): string {
  const quote = (text: string): string => JSON.stringify(text);
  const nodes = plan.stages.map((stage) => {
    const shape = stage.name.startsWith('claim:') ? 'hexagon' : 'box';
    return `  ${quote(stage.name)} [label=${quote(label(stage))}, shape=${shape}];`;
  });
  const lines = edges.map(({ from, output, to }) => `  ${quote(from)} -> ${quote(to)} [label=${quote(output)}];`);
  return ['digraph study {', '  rankdir=LR;', ...nodes, ...lines, '}', ''].join('\n');
}
