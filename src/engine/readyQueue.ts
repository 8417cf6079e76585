import type { ActionNode } from './graph.ts';

/** Actions whose inputs are there, handed out in the order of the plan, whenever they became ready. */
export class ReadyQueue {
  readonly #position: ReadonlyMap<ActionNode, number>;
  /** Positions, the next one last. */
  readonly #waiting: number[] = [];
  readonly #nodes: readonly ActionNode[];

  constructor(nodes: readonly ActionNode[]) {
    this.#nodes = nodes;
    this.#position = new Map(nodes.map((node, at) => [node, at]));
  }

  push(node: ActionNode): void {
    const position = this.#position.get(node)!;
    let from = 0;
    for (let to = this.#waiting.length; from < to; ) {
      const middle = (from + to) >> 1;
      if (this.#waiting[middle] > position) from = middle + 1;
      else to = middle;
    }
    this.#waiting.splice(from, 0, position);
  }

  shift(): ActionNode | undefined {
    const position = this.#waiting.pop();
    return position === undefined ? undefined : this.#nodes[position];
  }
}
