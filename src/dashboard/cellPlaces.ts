import type { ActionNode } from '../engine/graph.ts';
import type { Plan } from '../study/plan.ts';

/**
 * Which stage and cell each action belongs to, as numbers. Cells count through all stages: those of stage s are from
 * `firstCell[s]` to before `firstCell[s + 1]`.
 */
export class CellPlaces {
  readonly stageOf: Int32Array;
  /** −1 for what belongs to a stage as a whole. */
  readonly cellOf: Int32Array;
  readonly firstCell: Int32Array;
  /** The actions of cell c stand in `actions` from `actionsFrom[c]` to before `actionsFrom[c + 1]`. */
  readonly actionsFrom: Int32Array;
  readonly actions: Int32Array;
  readonly #stages = new Map<string, number>();

  constructor({ stages }: Plan, nodes: readonly ActionNode[]) {
    this.stageOf = new Int32Array(nodes.length);
    this.cellOf = new Int32Array(nodes.length).fill(-1);
    this.firstCell = new Int32Array(stages.length + 1);
    stages.forEach(({ name, cells }, at) => {
      this.#stages.set(name, at);
      this.firstCell[at + 1] = this.firstCell[at] + cells.length;
    });
    const places = new Map(stages.flatMap(({ cells }, at) => cells.map((cell, i) => [cell, this.firstCell[at] + i])));
    const count = this.firstCell[stages.length];
    this.actionsFrom = new Int32Array(count + 1);
    nodes.forEach(({ stage, cell }, i) => {
      this.stageOf[i] = this.#stages.get(stage.name)!;
      if (cell === undefined) return;
      this.cellOf[i] = places.get(cell)!;
      this.actionsFrom[this.cellOf[i] + 1]++;
    });
    for (let cell = 0; cell < count; cell++) this.actionsFrom[cell + 1] += this.actionsFrom[cell];
    this.actions = new Int32Array(this.actionsFrom[count]);
    const next = this.actionsFrom.slice();
    for (let i = 0; i < nodes.length; i++) if (this.cellOf[i] >= 0) this.actions[next[this.cellOf[i]]++] = i;
  }

  get cells(): number {
    return this.actionsFrom.length - 1;
  }

  stage(name: string): number {
    return this.#stages.get(name)!;
  }

  *actionsOf(cell: number): Iterable<number> {
    for (let at = this.actionsFrom[cell]; at < this.actionsFrom[cell + 1]; at++) yield this.actions[at];
  }
}
