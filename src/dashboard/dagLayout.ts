import { Graph, layout } from '@dagrejs/dagre';
import type { Dag, DagNode } from './dag.ts';

/** A DAG drawn from left to right; lengths in CSS pixels from the upper left corner. */
export interface DagLayout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly DagBox[];
  readonly lines: readonly DagLine[];
}

/** A node's place, by its centre. */
export interface DagBox {
  readonly node: DagNode;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** All that flows from one stage to another, along points that avoid the boxes. */
export interface DagLine {
  readonly from: string;
  readonly to: string;
  readonly outputs: readonly string[];
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** Of a sans-serif at {@link FONT_SIZE}, on the wide side: no font is measured, so that a drawing is the same anywhere. */
const CHARACTER = 6.6;
export const FONT_SIZE = 12;
const HEIGHT = 28;
const PADDING = 24;

/** Places nodes in layers (Sugiyama, Tagawa and Toda 1981), so that lines run to the right and cross seldom. */
export function layoutDag({ nodes, edges }: Dag): DagLayout {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 10, ranksep: 56, edgesep: 6, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { name, label } of nodes) {
    graph.setNode(name, { width: Math.ceil([...label].length * CHARACTER) + PADDING, height: HEIGHT });
  }
  const outputs = new Map<string, { from: string; to: string; outputs: string[] }>();
  for (const { from, to, output } of edges) {
    const key = JSON.stringify([from, to]);
    const known = outputs.get(key);
    if (known !== undefined) known.outputs.push(output);
    else outputs.set(key, { from, to, outputs: [output] });
  }
  for (const { from, to } of outputs.values()) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    boxes: nodes.map((node) => ({ node, ...(graph.node(node.name) as Omit<DagBox, 'node'>) })),
    lines: [...outputs.values()].map((line) => ({
      ...line,
      points: (graph.edge(line.from, line.to) as unknown as Pick<DagLine, 'points'>).points,
    })),
  };
}
