import type { Forecast } from '../engine/forecast.ts';
import type { ActionGraph, ActionNode } from '../engine/graph.ts';
import type { LoadedKind } from '../engine/kinds.ts';
import type { LiveEvent, LiveLine } from '../engine/liveLines.ts';
import type { ActionLog } from '../store/actions.ts';
import type { Cas } from '../store/cas.ts';
import type { Leases } from '../store/leases.ts';
import type { StatCache } from '../store/statCache.ts';
import type { Plan } from '../study/plan.ts';
import { ACTION_STATE_COUNT, type ActionState, isSettled, placeOf, stateAt, together } from './actionStates.ts';
import { CellPlaces } from './cellPlaces.ts';
import { type CellsNow, STATES, type StageNow } from './protocol.ts';

/** A study that was read, and what is there of its results. */
export interface OpenStudy {
  readonly studyRoot: string;
  readonly storeRoot: string;
  readonly plan: Plan;
  readonly kinds: ReadonlyMap<string, LoadedKind>;
  readonly graph: ActionGraph;
  readonly stats: StatCache;
  readonly cas: Cas;
  readonly log: ActionLog;
  readonly leases: Leases;
  readonly set: Readonly<Record<string, string>>;
  /** Of plan and kinds. */
  readonly digest: string;
  readonly forecasts: readonly Forecast[];
}

/** What an action left to read. */
export interface Words {
  readonly failure?: string;
  readonly log?: string;
}

/**
 * The state of every action of a study, and what follows for its cells and stages. Numbers in typed arrays: there may be
 * hundreds of thousands of actions, and events come by the thousand.
 */
export class LiveStudy {
  readonly open: OpenStudy;
  readonly words = new Map<string, Words>();
  readonly #nodes: readonly ActionNode[];
  readonly #index = new Map<string, number>();
  readonly #places: CellPlaces;
  readonly #state: Uint8Array;
  readonly #fraction: Float32Array;
  readonly #seconds: Float64Array;
  /** Whether a run told of an action since the study was read: what was looked up then may be another result. */
  readonly #told: Uint8Array;
  readonly #cellState: Uint8Array;
  /** Actions, and cells, of each stage by state. */
  readonly #tally: Int32Array;
  readonly #cellTally: Int32Array;

  constructor(open: OpenStudy) {
    const { stages } = open.plan;
    this.open = open;
    this.#nodes = [...open.graph.nodes.values()];
    this.#nodes.forEach(({ target }, i) => {
      this.#index.set(target, i);
    });
    this.#places = new CellPlaces(open.plan, this.#nodes);
    this.#state = new Uint8Array(this.#nodes.length);
    this.#fraction = new Float32Array(this.#nodes.length);
    this.#seconds = new Float64Array(this.#nodes.length);
    this.#told = new Uint8Array(this.#nodes.length);
    this.#cellState = new Uint8Array(this.#places.cells);
    this.#tally = new Int32Array(stages.length * ACTION_STATE_COUNT);
    this.#cellTally = new Int32Array(stages.length * STATES.length);
    for (const item of open.forecasts) {
      const i = this.#index.get(item.node.target)!;
      if (item.state === 'cached') this.#seconds[i] = item.record.seconds;
      if (item.state === 'cached' || item.state === 'not-needed') this.#state[i] = placeOf(item.state);
    }
    const { stageOf, firstCell } = this.#places;
    for (let i = 0; i < this.#nodes.length; i++) this.#tally[stageOf[i] * ACTION_STATE_COUNT + this.#state[i]]++;
    for (let stage = 0; stage + 1 < firstCell.length; stage++) {
      for (let cell = firstCell[stage]; cell < firstCell[stage + 1]; cell++) {
        this.#cellState[cell] = this.#judge(cell);
        this.#cellTally[stage * STATES.length + this.#cellState[cell]]++;
      }
    }
  }

  /** A new run begins: what an earlier one did is there, and what it failed at is open again. */
  begin(): void {
    this.words.clear();
    this.#state.forEach((state, i) => {
      if (state === placeOf('done')) this.#put(i, 'cached');
      else if (!isSettled(state)) this.#put(i, 'waiting');
      this.#fraction[i] = 0;
    });
  }

  /** Takes in what a run tells; `touched` gets the actions that it is about. */
  apply(event: LiveEvent, touched?: Set<number>): void {
    const set = (target: string, state: ActionState | undefined, fraction = 0, seconds?: number): void => {
      const i = this.#index.get(target);
      if (i === undefined) return; // of the study as it was, or as it is by now
      this.#told[i] = 1;
      this.#fraction[i] = fraction;
      if (seconds !== undefined) this.#seconds[i] = seconds;
      if (state !== undefined) this.#put(i, state);
      touched?.add(i);
    };
    const [kind, target] = event;
    if (kind === 'cached') for (const hit of event.slice(1) as string[]) set(hit, 'cached');
    else if (kind === 'progress') set(target, undefined, event[2]);
    else if (kind === 'done') {
      set(target, 'done', 0, event[2]);
      if (event[3] === undefined) this.words.delete(target);
      else this.words.set(target, { log: event[3] });
    } else if (kind === 'failed') {
      set(target, event[4] === null ? 'failed' : 'waiting');
      this.words.set(target, { failure: event[3], ...(event[5] !== '' && { log: event[5] }) });
    } else set(target, EVENT_STATES[kind]);
  }

  /** Takes in what a run that is over told: what it failed at and nobody did since, and what was printed. */
  recall(event: LiveEvent): void {
    const i = this.#index.get(event[1]);
    if (i === undefined) return;
    const isThere = isSettled(this.#state[i]);
    if (event[0] === 'failed' ? !isThere && event[4] === null : event[0] === 'done' && isThere) this.apply(event);
  }

  /** Adds the actions that a line is about. */
  touch(line: LiveLine | undefined, touched: Set<number>): void {
    if (line === undefined || !('events' in line)) return;
    for (const [kind, ...rest] of line.events) {
      for (const target of kind === 'cached' ? rest : rest.slice(0, 1)) {
        const i = this.#index.get(target as string);
        if (i !== undefined) touched.add(i);
      }
    }
  }

  /** Once a run is over nothing is under way, whatever it was able to tell. Adds what was. */
  settleRunning(touched: Set<number>): void {
    const under = new Set([placeOf('running'), placeOf('queued'), placeOf('elsewhere')]);
    this.#state.forEach((state, i) => {
      if (!under.has(state)) return;
      this.#fraction[i] = 0;
      this.#put(i, 'waiting');
      touched.add(i);
    });
  }

  #put(i: number, name: ActionState): void {
    const state = placeOf(name);
    const stage = this.#places.stageOf[i];
    this.#tally[stage * ACTION_STATE_COUNT + this.#state[i]]--;
    this.#tally[stage * ACTION_STATE_COUNT + state]++;
    this.#state[i] = state;
    const cell = this.#places.cellOf[i];
    if (cell < 0) return;
    const judged = this.#judge(cell);
    this.#cellTally[stage * STATES.length + this.#cellState[cell]]--;
    this.#cellTally[stage * STATES.length + judged]++;
    this.#cellState[cell] = judged;
  }

  /** Of a cell's actions together. */
  #judge(cell: number): number {
    const counts = new Uint32Array(ACTION_STATE_COUNT);
    for (const i of this.#places.actionsOf(cell)) counts[this.#state[i]]++;
    return STATES.indexOf(together(counts));
  }

  /** Undefined where there is no such action. */
  stateOf(target: string): ActionState | undefined {
    const i = this.#index.get(target);
    return i === undefined ? undefined : stateAt(this.#state[i]);
  }

  isTold(target: string): boolean {
    return this.#told[this.#index.get(target)!] === 1;
  }

  fractionOf(target: string): number {
    return this.#fraction[this.#index.get(target)!];
  }

  secondsOf(target: string): number {
    return this.#seconds[this.#index.get(target)!];
  }

  /** The actions of a stage's cell. */
  actionsOf(stage: string, cell: number): ActionNode[] {
    const first = this.#places.firstCell[this.#places.stage(stage)];
    return [...this.#places.actionsOf(first + cell)].map((i) => this.#nodes[i]);
  }

  stageNow(name: string): StageNow {
    const stage = this.#places.stage(name);
    const counts = this.#tally.subarray(stage * ACTION_STATE_COUNT, (stage + 1) * ACTION_STATE_COUNT);
    const { firstCell, actionsFrom, actions } = this.#places;
    let seconds = 0;
    const end = actionsFrom[firstCell[stage + 1]];
    for (let at = actionsFrom[firstCell[stage]]; at < end; at++) seconds += this.#seconds[actions[at]];
    return {
      name,
      state: together(counts),
      cells: [...this.#cellTally.subarray(stage * STATES.length, (stage + 1) * STATES.length)],
      settled: counts[placeOf('done')] + counts[placeOf('cached')],
      actions: counts.reduce((sum, count) => sum + count, 0) - counts[placeOf('not-needed')],
      seconds: rounded(seconds),
    };
  }

  /** All cells of a stage. */
  cellsOf(name: string): CellsNow {
    const { firstCell } = this.#places;
    const stage = this.#places.stage(name);
    const cells = Array.from({ length: firstCell[stage + 1] - firstCell[stage] }, (_, at) => firstCell[stage] + at);
    return this.#cellsNow(name, cells);
  }

  /** The stages, and the cells, to which actions belong. */
  touchedBy(actions: ReadonlySet<number>): { stages: StageNow[]; cells: CellsNow[] } {
    const { stageOf, cellOf } = this.#places;
    const byStage = new Map<number, Set<number>>();
    for (const i of actions) {
      const cells = byStage.get(stageOf[i]) ?? new Set<number>();
      byStage.set(stageOf[i], cells);
      if (cellOf[i] >= 0) cells.add(cellOf[i]);
    }
    const { stages } = this.open.plan;
    return {
      stages: [...byStage.keys()].map((stage) => this.stageNow(stages[stage].name)),
      cells: [...byStage].map(([stage, cells]) => this.#cellsNow(stages[stage].name, [...cells])),
    };
  }

  #cellsNow(stage: string, cells: readonly number[]): CellsNow {
    const first = this.#places.firstCell[this.#places.stage(stage)];
    return {
      stage,
      cells: cells.map((cell) => cell - first),
      states: cells.map((cell) => this.#cellState[cell]),
      progress: cells.map((cell) => this.#progressOf(cell)),
      seconds: cells.map((cell) => this.#secondsOf(cell)),
    };
  }

  #progressOf(cell: number): number {
    let done = 0;
    let all = 0;
    for (const i of this.#places.actionsOf(cell)) {
      done += isSettled(this.#state[i]) ? 1 : this.#fraction[i];
      all++;
    }
    return Math.round((100 * done) / all) / 100;
  }

  #secondsOf(cell: number): number {
    let sum = 0;
    for (const i of this.#places.actionsOf(cell)) sum += this.#seconds[i];
    return rounded(sum);
  }
}

const rounded = (seconds: number): number => Math.round(seconds * 1e4) / 1e4;

const EVENT_STATES = {
  awaited: 'elsewhere',
  queued: 'queued',
  started: 'running',
  'not-needed': 'not-needed',
  skipped: 'skipped',
} as const satisfies Readonly<Record<string, ActionState>>;
