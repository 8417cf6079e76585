import { type Dag, dagOf } from '../../dashboard/dag.ts';
import { EXIT } from '../exit.ts';
import { openSession, type StudyOptions } from '../session.ts';

/** `driftline graph`: the stages and what flows between them, as Mermaid, DOT or SVG. */
export async function graphCommand(options: StudyOptions & { json?: boolean; format?: string }): Promise<number> {
  const { plan } = await openSession(options);
  const dag = dagOf(plan);
  if (options.json) {
    const stages = plan.stages.map(({ name, uses, cells, replicates, until }) => ({
      name,
      uses,
      cells: cells.length,
      replicates,
      ...(until !== undefined && { until }),
    }));
    process.stdout.write(`${JSON.stringify({ stages, edges: dag.edges }, null, 2)}\n`);
  } else if (options.format === 'svg') {
    const { dagSvg } = await import('../../dashboard/dagSvg.ts');
    process.stdout.write(dagSvg(dag, plan.study));
  } else process.stdout.write(options.format === 'dot' ? dot(dag) : mermaid(dag));
  return EXIT.done;
}

function mermaid({ nodes, edges }: Dag): string {
  const ids = new Map(nodes.map(({ name }, at) => [name, `s${at}`]));
  const boxes = nodes.map(({ name, label, isClaim }) => {
    const [open, close] = isClaim ? ['{{', '}}'] : ['[', ']'];
    return `  ${ids.get(name)}${open}"${label}"${close}`;
  });
  const lines = edges.map(({ from, output, to }) => `  ${ids.get(from)} -- ${output} --> ${ids.get(to)}`);
  return ['flowchart LR', ...boxes, ...lines, ''].join('\n');
}

function dot({ nodes, edges }: Dag): string {
  const quote = (text: string): string => JSON.stringify(text);
  const boxes = nodes.map(({ name, label, isClaim }) => {
    const shape = isClaim ? 'hexagon' : 'box';
    return `  ${quote(name)} [label=${quote(label)}, shape=${shape}];`;
  });
  const lines = edges.map(({ from, output, to }) => `  ${quote(from)} -> ${quote(to)} [label=${quote(output)}];`);
  return ['digraph study {', '  rankdir=LR;', ...boxes, ...lines, '}', ''].join('\n');
}
