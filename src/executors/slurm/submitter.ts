import { hostname } from 'node:os';
import { Checkpoints } from '../../store/checkpoints.ts';
import type { JobSettings } from '../../study/plan.ts';
import { type JobAction, jobName, logOf, newToken, scriptOf, writeBatch } from './batch.ts';
import type { JobRequest } from './cluster.ts';
import { pack } from './packing.ts';
import type { JobProgram } from './program.ts';
import { BESIDE_HEAP, BESIDE_TIME, DEFAULT_PACK } from './settings.ts';
import { type Batch, newBatch, type Work } from './work.ts';

/** Jobs of a stage of which nothing is known that are sent ahead of the others, to see how long they take. */
const PILOTS = 16;

export interface SubmitterOptions {
  readonly storeRoot: string;
  readonly run: string;
  /** What is asked for the jobs of a stage. */
  settings(stage: string): JobSettings;
  readonly program: JobProgram;
}

/** A stage of which nothing is known yet. */
interface Unknown {
  /** Its actions that are under way. */
  readonly ahead: Set<Work>;
  /** Since when, in milliseconds, one of them runs. */
  running: number | undefined;
}

/** Actions that wait to be submitted, and how they are shared out to jobs. */
export class Submitter {
  readonly #options: SubmitterOptions;
  readonly #checkpoints: Checkpoints;
  #waiting: Work[] = [];
  /** Seconds that an action of a stage took of late; infinite: longer than a job is packed with. */
  readonly #learned = new Map<string, number>();
  readonly #unknown = new Map<string, Unknown>();

  constructor(options: SubmitterOptions) {
    this.#options = options;
    this.#checkpoints = new Checkpoints(options.storeRoot);
  }

  get length(): number {
    return this.#waiting.length;
  }

  add(work: Work): void {
    this.#waiting.push(work);
  }

  /** All that waits, which then waits no more. */
  takeAll(): Work[] {
    const all = this.#waiting;
    this.#waiting = [];
    return all;
  }

  /** Tells how long an action took. A long one counts at once, a short one little by little. */
  learn({ action: { stage } }: Work, seconds: number): void {
    const before = this.#learned.get(stage);
    this.#learned.set(stage, before === undefined ? seconds : Math.max(seconds, 0.7 * before + 0.3 * seconds));
    this.#unknown.delete(stage);
  }

  /** Tells that an action runs: where it runs for long, the others of its stage need not wait to see how long. */
  runs({ action: { stage } }: Work, now: number): void {
    const unknown = this.#unknown.get(stage);
    if (unknown === undefined) return;
    unknown.running ??= now;
    if (now - unknown.running > 1000 * this.#packSeconds(stage)) {
      this.#learned.set(stage, Number.POSITIVE_INFINITY);
      this.#unknown.delete(stage);
    }
  }

  /**
   * Takes what is submitted next as one array: what has the same needs as the action that waits longest, packed, in at most so
   * many jobs. Undefined where nothing can be submitted now. Writes all that the jobs need.
   */
  next(now: number, most: number): { readonly batch: Batch; readonly request: JobRequest } | undefined {
    this.#waiting = this.#waiting.filter(({ done }) => !done);
    if (most < 1) return undefined;
    const group = this.#group();
    if (group.length === 0) return undefined;
    const { settings, memory, cpus } = this.#needsOf(group[0]);
    const seconds = settings.pack ?? DEFAULT_PACK;
    const packs = pack(
      group.map((work) => ({ seconds: this.#secondsOf(work), alone: work.alone })),
      seconds,
    ).slice(0, most);
    const jobs = packs.map((places) => places.map((at) => group[at]));
    const taken = new Set(jobs.flat());
    this.#waiting = this.#waiting.filter((work) => !taken.has(work));
    const token = newToken();
    const { storeRoot, run, program } = this.#options;
    const actions = jobs.map((works) => works.map((work) => this.#actionOf(work)));
    const needs = new Map(group.flatMap(({ task, action }) => (action.needs ? [[task.bundle, action.needs]] : [])));
    const { digest } = program;
    const journal = { token, run, host: hostname(), ...(digest !== undefined && { program: digest }) };
    const folder = writeBatch(storeRoot, journal, actions, needs);
    program.seal(); // after the journal that names it: from then on no collection removes it
    const batch = newBatch({ token, folder, adopted: undefined }, now, jobs);
    const one = jobs.length === 1;
    const time = settings.time ?? timeOf(actions);
    const request: JobRequest = {
      name: jobName(token),
      elements: jobs.length,
      cpus,
      ...(memory !== undefined && { memory }),
      ...(time !== undefined && { time }),
      settings,
      script: scriptOf(folder),
      words: [...program.words, folder, ...(one ? ['0'] : [])],
      logs: logOf(folder, one ? 0 : '%a'),
      folder,
    };
    return { batch, request };
  }

  /** What can go together with the first that can go: the same needs, and of a stage of which nothing is known not many. */
  #group(): Work[] {
    let needs: string | undefined;
    return this.#waiting.filter((work) => {
      const own = JSON.stringify(this.#needsOf(work));
      if (needs !== undefined && own !== needs) return false;
      if (this.#secondsOf(work) === undefined && !this.#goesAhead(work)) return false;
      needs = own;
      return true;
    });
  }

  #goesAhead(work: Work): boolean {
    const { stage } = work.action;
    const unknown = this.#unknown.get(stage) ?? { ahead: new Set(), running: undefined };
    this.#unknown.set(stage, unknown);
    for (const other of unknown.ahead) if (other.done) unknown.ahead.delete(other);
    if (unknown.ahead.size >= PILOTS && !unknown.ahead.has(work)) return false;
    unknown.ahead.add(work);
    return true;
  }

  #secondsOf({ action }: Work): number | undefined {
    return action.seconds ?? this.#learned.get(action.stage);
  }

  #packSeconds(stage: string): number {
    return this.#options.settings(stage).pack ?? DEFAULT_PACK;
  }

  /** What all actions of one array have in common. */
  #needsOf({ action, options }: Work) {
    const { takes: _, ...settings } = this.#options.settings(action.stage);
    const heap = options.memory === undefined ? undefined : options.memory + BESIDE_HEAP;
    const memory = settings.memory ?? heap;
    return { settings, cpus: action.cpus, memory, heap: options.memory };
  }

  #actionOf(work: Work): JobAction {
    const { task, action, options } = work;
    work.from = task.growth && this.#checkpoints.furthest(task.growth.key, task.growth.at);
    const { memory, time } = options;
    return { key: action.key, task, ...(memory !== undefined && { memory }), ...(time !== undefined && { time }) };
  }
}

/** Seconds that the longest of some jobs may take; undefined where an action of one may take any time. */
function timeOf(jobs: readonly (readonly JobAction[])[]): number | undefined {
  const sums = jobs.map((actions) => actions.reduce((sum, { time = Number.POSITIVE_INFINITY }) => sum + time, 0));
  const longest = Math.max(...sums);
  return Number.isFinite(longest) ? longest + BESIDE_TIME : undefined;
}
