import { type ActionNode, dependencies } from '../graph.ts';
import type { Durations, Estimate } from './durations.ts';

/** Seconds until a run ends. */
export interface Left {
  /** If no look asks for more replicates. */
  readonly least: number;
  /** If all of them do. */
  readonly most: number;
  /** Actions of which nobody knows how long they take; no part of the sums. */
  readonly unknown: number;
}

/** Actions that are alike: of one stage, with one role. */
interface Sort {
  readonly nodes: ActionNode[];
  readonly cpus: number;
  /** Sorts whose results these actions read. */
  readonly needs: Set<Sort>;
  /** Actions that have not ended, and how many of them wait for a look to ask for them. */
  open: number;
  gated: number;
  /** Those that this run computed, and the time that they took. */
  done: number;
  seconds: number;
  /** What earlier runs say; asked for once. */
  recorded?: number | undefined;
  asked?: true;
}

interface Running {
  readonly sort: Sort;
  readonly since: number;
  fraction: number;
}

/** Actions of a sort whose earlier durations are asked for, spread over it. */
const SAMPLE = 8;

/** Actions of a sort that this run has to have computed for their mean to stand for the others, whatever is recorded. */
const ENOUGH = 3;

/** An action that says how far it is counts from here on. */
const TELLING = { fraction: 0.02, seconds: 1 };

/**
 * How long a run has still to go: by what it computed itself, by how far the running actions say they are, and, for what
 * it has not come to, by what earlier runs recorded. Whatever is left counts as if it had to be computed.
 *
 * Times are seconds on a clock of the caller's.
 */
export class Outlook {
  readonly #sorts = new Map<string, Sort>();
  readonly #byTarget = new Map<string, { readonly sort: Sort; readonly gated: boolean }>();
  readonly #running = new Map<string, Running>();
  readonly #jobs: number;
  readonly #durations: () => Durations | undefined;
  #knowsNeeds = false;
  #recorded: Durations | undefined;
  #asked = false;

  /** `durations` gives what earlier runs recorded; it is asked for when it is first needed. */
  constructor(nodes: readonly ActionNode[], jobs: number, durations: () => Durations | undefined = () => undefined) {
    this.#jobs = jobs;
    this.#durations = durations;
    for (const node of nodes) {
      const cpus = node.role === 'run' ? Math.min(node.stage.resources.cpus, jobs) : 1;
      const name = nameOf(node);
      let sort = this.#sorts.get(name);
      if (sort === undefined) {
        sort = { nodes: [], cpus, needs: new Set(), open: 0, gated: 0, done: 0, seconds: 0 };
        this.#sorts.set(name, sort);
      }
      sort.nodes.push(node);
      sort.open++;
      const gated = node.gate !== undefined;
      if (gated) sort.gated++;
      this.#byTarget.set(node.target, { sort, gated });
    }
  }

  begun(target: string, now: number): void {
    const sort = this.#sortOf(target);
    if (sort !== undefined) this.#running.set(target, { sort, since: now, fraction: 0 });
  }

  /** An attempt ended without a result: the action is still to be done. */
  failed(target: string): void {
    this.#running.delete(target);
  }

  progressed(target: string, fraction: number): void {
    const running = this.#running.get(target);
    if (running !== undefined) running.fraction = fraction;
  }

  /** Nothing is to be done any more about an action; `seconds` where it was computed. */
  ended(target: string, seconds?: number): void {
    const known = this.#byTarget.get(target);
    if (known === undefined) return;
    const { sort, gated } = known;
    this.#running.delete(target);
    sort.open--;
    if (gated) sort.gated--;
    if (seconds === undefined) return;
    sort.done++;
    sort.seconds += seconds;
  }

  /** Undefined as long as there is no ground for any number. */
  left(now: number): Left | undefined {
    let [least, most, unknown, grounds] = [0, 0, 0, 0];
    let longest = 0;
    let asksForMore = false;
    const under = this.#underWay(now);
    for (const sort of this.#sorts.values()) {
      if (sort.open === 0) continue;
      const running = under.get(sort) ?? [];
      const each = this.#secondsOf(sort, running);
      const rest = running.map((one) => restOf(one, each));
      const waiting = sort.open - running.length;
      const gated = Math.min(sort.gated, waiting);
      asksForMore ||= gated > 0;
      const known = rest.filter((seconds) => seconds !== undefined);
      const sum = known.reduce((total, seconds) => total + seconds, 0);
      longest = Math.max(longest, ...known);
      if (known.length > 0 || each !== undefined) grounds++;
      const free = each ?? (isQuick(sort) ? 0 : undefined);
      unknown += (rest.length - known.length + (free === undefined ? waiting : 0)) * (isQuick(sort) ? 0 : 1);
      least += sort.cpus * (sum + (waiting - gated) * (free ?? 0));
      most += sort.cpus * (sum + waiting * (free ?? 0));
    }
    if (grounds === 0) return undefined;
    const chain = this.#chain(under);
    return {
      least: Math.max(least / this.#jobs, longest, asksForMore ? 0 : chain),
      most: Math.max(most / this.#jobs, longest, chain),
      unknown,
    };
  }

  #sortOf(target: string): Sort | undefined {
    return this.#byTarget.get(target)?.sort;
  }

  #underWay(now: number): Map<Sort, Progressing[]> {
    const sorts = new Map<Sort, Progressing[]>();
    for (const { sort, since, fraction } of this.#running.values()) {
      const list = sorts.get(sort) ?? [];
      sorts.set(sort, list);
      list.push({ elapsed: now - since, fraction });
    }
    return sorts;
  }

  /** What one action takes: as this run saw it, as earlier runs did, or as those say that are under way. */
  #secondsOf(sort: Sort, running: readonly Progressing[]): number | undefined {
    if (sort.done >= ENOUGH) return sort.seconds / sort.done;
    const recorded = this.#recordedOf(sort);
    // What runs longer than that already tells that it was another work.
    if (recorded !== undefined) return Math.max(recorded, ...running.map(({ elapsed }) => elapsed));
    if (sort.done > 0) return sort.seconds / sort.done;
    const telling = running.filter(tells).map(({ elapsed, fraction }) => elapsed / fraction);
    return telling.length === 0 ? undefined : telling.reduce((sum, each) => sum + each, 0) / telling.length;
  }

  #recordedOf(sort: Sort): number | undefined {
    if (sort.asked) return sort.recorded;
    sort.asked = true;
    if (!this.#asked) this.#recorded = this.#durations();
    this.#asked = true;
    const { nodes } = sort;
    const count = Math.min(SAMPLE, nodes.length);
    let [sum, known] = [0, 0];
    for (let at = 0; at < count; at++) {
      const node = nodes[Math.floor(((at + 0.5) * nodes.length) / count)];
      const { seconds, basis, grows } = this.#recorded?.of({ node, state: 'run' }) ?? UNKNOWN;
      // What other stages made of a kind is no ground, unless it is known how its time grows.
      if (seconds === undefined || (basis === 'kind' && grows === undefined)) continue;
      sum += seconds;
      known++;
    }
    if (known > 0) sort.recorded = sum / known;
    return sort.recorded;
  }

  /** The longest chain of one action after another, sort by sort: what no number of cores shortens. */
  #chain(under: ReadonlyMap<Sort, readonly Progressing[]>): number {
    this.#readNeeds();
    const ends = new Map<Sort, number>();
    let longest = 0;
    for (const sort of this.#sorts.values()) {
      let start = 0;
      for (const need of sort.needs) start = Math.max(start, ends.get(need) ?? 0);
      const running = under.get(sort) ?? [];
      const each = sort.open === 0 ? 0 : (this.#secondsOf(sort, running) ?? 0);
      const rest = sort.open > running.length ? each : Math.max(0, ...running.map((one) => restOf(one, each) ?? 0));
      ends.set(sort, start + rest);
      longest = Math.max(longest, start + rest);
    }
    return longest;
  }

  /** Sorts stand inputs first; where two need each other, as replicates and looks do, the one that stands first. */
  #readNeeds(): void {
    if (this.#knowsNeeds) return;
    this.#knowsNeeds = true;
    const seen = new Set<Sort>();
    for (const sort of this.#sorts.values()) {
      for (const node of sort.nodes) {
        for (const target of dependencies(node)) {
          const need = this.#sortOf(target);
          if (need !== undefined && seen.has(need)) sort.needs.add(need);
        }
      }
      seen.add(sort);
    }
  }
}

const UNKNOWN: Estimate = { basis: 'unknown' };

interface Progressing {
  readonly elapsed: number;
  readonly fraction: number;
}

const nameOf = ({ role, stage }: ActionNode): string => `${stage.name} ${role}`;

/** What Driftline itself makes of results takes milliseconds: nobody waits for a number of it. */
const isQuick = ({ nodes: [{ role, stage }] }: Sort): boolean => role !== 'run' || stage.name.startsWith('claim:');

const tells = ({ elapsed, fraction }: Progressing): boolean =>
  fraction >= TELLING.fraction && elapsed >= TELLING.seconds;

/** An action that takes longer than was thought has a tenth of its time to go: it is not over, and nobody knows more. */
const OVERDUE = 0.1;

function restOf(action: Progressing, each: number | undefined): number | undefined {
  const { elapsed, fraction } = action;
  if (tells(action)) return (elapsed * (1 - fraction)) / fraction;
  return each === undefined ? undefined : Math.max(each - elapsed, OVERDUE * elapsed);
}
