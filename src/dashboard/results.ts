import { type ActionNode, cellTarget } from '../engine/graph.ts';
import { isEmptyGather, NOTHING, resolveAction } from '../engine/resolve.ts';
import type { ActionRecord } from '../store/actions.ts';
import { BlobError } from '../store/cas.ts';
import type { PlannedStage } from '../study/plan.ts';
import { decodeArrow } from '../tables/arrow.ts';
import type { Table } from '../tables/table.ts';
import type { LiveStudy } from './liveStudy.ts';

/** Tables of single cells that are read for one question; beyond, a stage is coloured once its whole table is there. */
const MOST_READ = 4000;

/** Tables that are kept in memory. */
const KEPT = 8000;

/** The results of a study as far as they are there, found by the keys of their actions: a run tells no digests. */
export class Results {
  readonly #study: LiveStudy;
  readonly #tables = new Map<string, Table>();
  readonly #lookedUp = new Map<string, ActionRecord>();

  constructor(study: LiveStudy) {
    this.#study = study;
    for (const item of study.open.forecasts)
      if (item.state === 'cached') this.#lookedUp.set(item.node.target, item.record);
  }

  /** Takes in what other processes recorded. */
  refresh(): void {
    this.#study.open.log.refresh();
  }

  /** The record of what is there, whoever made it. */
  recordOf = (target: string, known = new Map<string, ActionRecord | undefined>()): ActionRecord | undefined => {
    if (known.has(target)) return known.get(target);
    known.set(target, undefined);
    const record = this.#find(target, known);
    known.set(target, record);
    return record;
  };

  #find(target: string, known: Map<string, ActionRecord | undefined>): ActionRecord | undefined {
    const { open } = this.#study;
    const state = this.#study.stateOf(target);
    if (state !== 'done' && state !== 'cached') return undefined;
    const before = this.#study.isTold(target) ? undefined : this.#lookedUp.get(target);
    if (before !== undefined) return before;
    const record = (name: string): ActionRecord | undefined => this.recordOf(name, known);
    try {
      const action = resolveAction(open.graph.nodes.get(target)!, { ...open, record });
      return isEmptyGather(action) ? NOTHING : open.log.get(action.key);
    } catch {
      return undefined; // a file of the study is gone, say: the next run tells
    }
  }

  /** The bytes of a figure that a stage drew, as SVG. */
  figureOf(name: string): Buffer | undefined {
    const stage = this.#study.open.plan.stages.find((one) => one.name === name);
    const output = stage && svgOutput(stage);
    if (stage === undefined || output === undefined || stage.cells.length === 0) return undefined;
    const stored = this.recordOf(cellTarget(stage, stage.cells[0]))?.outputs[output];
    return stored && this.blobOf(stored.digest);
  }

  blobOf(digest: string): Buffer | undefined {
    try {
      return this.#study.open.cas.get(digest);
    } catch (error) {
      if (error instanceof BlobError) return undefined;
      throw error;
    }
  }

  /** Columns of numbers in tables that have one row a cell: what cells can be compared by. */
  metricsOf(stage: PlannedStage): string[] {
    const first = stage.cells.map((cell) => cellTarget(stage, cell)).find((target) => this.#isThere(target));
    const record = first === undefined ? undefined : this.recordOf(first);
    return Object.entries(record?.outputs ?? {}).flatMap(([output, { digest, rows }]) => {
      const table = rows === 1 ? this.#table(digest) : undefined;
      if (table === undefined) return [];
      return Object.entries(table.schema).flatMap(([column, type]) =>
        (type === 'float64' || type === 'int32') && !stage.axes.includes(column) ? [`${output}.${column}`] : [],
      );
    });
  }

  #isThere(target: string): boolean {
    const node = this.#study.open.graph.nodes.get(target);
    if (node === undefined) return false; // a stage that is replicated and not combined has no such action
    const state = this.#study.stateOf(target);
    return state === 'done' || state === 'cached';
  }

  /** A metric of each cell; null where it is not there. */
  metric(stage: PlannedStage, metric: string): (number | null)[] {
    const [output, column] = metric.split('.');
    const gathered = this.#gathered(stage, output, column);
    if (gathered !== undefined) return gathered;
    let read = 0;
    const known = new Map<string, ActionRecord | undefined>();
    return stage.cells.map((cell) => {
      const target = cellTarget(stage, cell);
      if (!this.#isThere(target) || read++ > MOST_READ) return null;
      const stored = this.recordOf(target, known)?.outputs[output];
      return stored?.rows === 1 ? numberOf(this.#table(stored.digest), column, 0) : null;
    });
  }

  /** From the table of all cells, where it has a row for each. */
  #gathered(stage: PlannedStage, output: string, column: string): (number | null)[] | undefined {
    const target = `${stage.name}.${output}`;
    const stored = this.#isThere(target) ? this.recordOf(target)?.outputs.table : undefined;
    if (stored?.rows !== stage.cells.length) return undefined;
    const table = this.#table(stored.digest);
    return table && stage.cells.map((_, row) => numberOf(table, column, row));
  }

  /** The numbers of a cell: the rows of its tables that have a single one. */
  numbersOf(node: ActionNode): [string, number | string | boolean | null][] {
    const outputs = this.recordOf(node.target)?.outputs ?? {};
    return Object.entries(outputs).flatMap(([, { digest, rows }]) => {
      const table = rows === 1 ? this.#table(digest) : undefined;
      return Object.keys(table?.schema ?? {}).map((column): [string, number | string | boolean | null] => {
        const value = table!.columns[column][0] as number | string | boolean | null;
        return [column, typeof value === 'number' && !Number.isFinite(value) ? String(value) : value];
      });
    });
  }

  #table(digest: string): Table | undefined {
    const known = this.#tables.get(digest);
    if (known !== undefined) return known;
    const bytes = this.blobOf(digest);
    if (bytes === undefined) return undefined;
    const table = decodeArrow(bytes);
    if (this.#tables.size >= KEPT) this.#tables.clear();
    this.#tables.set(digest, table);
    return table;
  }
}

/** The output that is a drawing; undefined for a stage that draws none. */
export const svgOutput = ({ outputs }: PlannedStage): string | undefined =>
  Object.entries(outputs).find(([, port]) => port.type === 'file' && port.extension === 'svg')?.[0];

function numberOf(table: Table | undefined, column: string, row: number): number | null {
  const value = table?.columns[column]?.[row];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
