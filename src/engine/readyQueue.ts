import type { ActionNode } from './graph.ts';

/** Actions that wait, handed out in the order of the plan, whenever they came: a binary heap of their positions. */
export class ReadyQueue {
  readonly #position: ReadonlyMap<ActionNode, number>;
  readonly #nodes: readonly ActionNode[];
  readonly #heap: number[] = [];

  /** `like`: another queue of the same nodes. */
  constructor(nodes: readonly ActionNode[], like?: ReadyQueue) {
    this.#nodes = nodes;
    this.#position = like === undefined ? new Map(nodes.map((node, at) => [node, at])) : like.#position;
  }

  get length(): number {
    return this.#heap.length;
  }

  /** The one that comes next. */
  get first(): ActionNode | undefined {
    return this.#nodes[this.#heap[0]];
  }

  push(node: ActionNode): void {
    const heap = this.#heap;
    const position = this.#position.get(node)!;
    let at = heap.length;
    for (let above = (at - 1) >> 1; at > 0 && heap[above] > position; above = (at - 1) >> 1) {
      heap[at] = heap[above];
      at = above;
    }
    heap[at] = position;
  }

  shift(): ActionNode | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined) return undefined;
    if (heap.length > 0) this.#sink(last);
    return this.#nodes[first];
  }

  /** Puts a position at the top and lets it down to its place. */
  #sink(position: number): void {
    const heap = this.#heap;
    let at = 0;
    for (let below = 1; below < heap.length; below = 2 * at + 1) {
      if (heap[below + 1] < heap[below]) below++;
      if (heap[below] >= position) break;
      heap[at] = heap[below];
      at = below;
    }
    heap[at] = position;
  }
}
