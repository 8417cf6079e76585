import { ControlError } from './controlError.ts';
import type { Prices } from './marginalCost.ts';
import { type MeanFieldProblem, type PolicyValue, policyValue, pricesAt, tablePolicy } from './thresholdValue.ts';

export interface OptimalThresholds extends PolicyValue {
  /** `optimal`: no rule nearby is better, whether by its derivative or among all tables that differ in one or two entries. */
  readonly status: 'optimal';
  /** T(0), T(1), …; further on T grows by one with m. */
  readonly thresholds: readonly number[];
  /** Whether every arrival takes the cheaper of staying and migrating: then no randomised rule nearby is better either. */
  readonly stationary: boolean;
  /** Fixed points solved. */
  readonly evaluations: number;
  readonly neighbours: {
    readonly count: number;
    /** What the best of them costs more, ≥ 0. */
    readonly margin: number;
  };
}

export interface NoOptimalThresholds {
  readonly status: 'unstable' | 'undecided';
  readonly reason: string;
}

export interface ThresholdOptions extends MeanFieldProblem {
  /** Free entries T(0) … T(entries − 1). Default 8. */
  readonly entries?: number;
  /** First table to try; by default T(m) = m + C with the smallest C ≥ K + 1 that settles. */
  readonly start?: readonly number[];
}

const MOST_STEPS = 200;
const MOST_SHIFT = 64;
/** Relative improvement below which two tables count as equal: what is left of a fixed point's rounding. */
const EQUAL = 1e-12;

/**
 * The table T(0), T(1), … of least cost in the mean field. Each step follows the gradient: at the fixed point of a table the adjoint prices
 * staying and migrating (marginalCost.ts), and the table that takes the cheaper one is the next, a policy iteration for n = ∞. Where that
 * does not lower the cost, and at the end, every table that differs by up to 2 in one entry or by 1 in two is solved, and the best is moved to.
 *
 * The cost is not convex in the table, so this is a local optimum; the tests compare it with all tables of a box.
 * Throws a {@link ControlError} for entries or a start out of range, MeanFieldError and PolicyError for the rest.
 */
export function optimalThresholds(options: ThresholdOptions): OptimalThresholds | NoOptimalThresholds {
  const { objective, entries = 8 } = options;
  if (!(Number.isInteger(entries) && entries >= 1 && entries <= 32)) {
    throw new ControlError('entries', `entries must be an integer from 1 to 32, found ${entries}`);
  }
  const search = new Search(options);
  const first = firstTable(options, entries, search);
  if (first === null) {
    const reason = `no table T(m) = m + C settles at an arrival rate of ${options.lambda}`;
    return { status: 'unstable', reason };
  }
  let current: Table = first;
  const tried = new Set<string>();
  for (let step = 0; step < MOST_STEPS; step++) {
    const { thresholds, value } = current;
    tried.add(thresholds.join(' '));
    const priced = pricesAt(options, tablePolicy(options, thresholds), value.tails);
    if (priced === null) return { status: 'undecided', reason: 'a fixed point cannot be linearised' };
    const answer = cheapest(priced, entries);
    const next = tried.has(answer.join(' ')) ? null : search.solve(answer);
    // An equal cost is moved to once: an entry that hardly any queue meets has a derivative all the same.
    if (next !== null && !search.isBetter(current, next)) {
      current = next;
      continue;
    }
    const near = neighbours(thresholds).flatMap((table) => search.solve(table) ?? []);
    const best = near.reduce((a, b) => (b.value[objective] < a.value[objective] ? b : a), near[0]);
    if (best !== undefined && search.isBetter(best, current)) {
      current = best;
      continue;
    }
    const { meanQueue, jobDelay, migrationFraction, tails } = value;
    return {
      status: 'optimal',
      thresholds,
      meanQueue,
      jobDelay,
      migrationFraction,
      tails,
      stationary: answer.every((t, m) => t === thresholds[m]),
      evaluations: search.evaluations,
      neighbours: {
        count: near.length,
        margin: Math.max(0, (best?.value[objective] ?? Number.POSITIVE_INFINITY) - value[objective]),
      },
    };
  }
  return { status: 'undecided', reason: `the table still changed after ${MOST_STEPS} steps` };
}

interface Table {
  readonly thresholds: readonly number[];
  readonly value: PolicyValue;
}

/** Solves each table once. */
class Search {
  readonly #problem: MeanFieldProblem;
  readonly #known = new Map<string, Table | null>();

  constructor(problem: MeanFieldProblem) {
    this.#problem = problem;
  }

  get evaluations(): number {
    return this.#known.size;
  }

  solve(thresholds: readonly number[]): Table | null {
    const key = thresholds.join(' ');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const value = policyValue(this.#problem, tablePolicy(this.#problem, thresholds));
    const table = value === null ? null : { thresholds, value };
    this.#known.set(key, table);
    return table;
  }

  isBetter(a: Table, b: Table): boolean {
    const { objective } = this.#problem;
    return a.value[objective] < b.value[objective] * (1 - EQUAL);
  }
}

function firstTable({ K, start }: ThresholdOptions, entries: number, search: Search): Table | null {
  if (start !== undefined) {
    if (start.length !== entries) {
      throw new ControlError('start', `start must have ${entries} entries, found ${start.length}`);
    }
    return search.solve(start);
  }
  for (let C = K + 1; C <= K + MOST_SHIFT; C++) {
    const table = search.solve(Array.from({ length: entries }, (_, m) => m + C));
    if (table !== null) return table;
  }
  return null;
}

/** The table by which an arrival migrates iff that is cheaper; nondecreasing and T(m) ≥ m as a policy's must be. */
function cheapest({ stay, migrate }: Prices, entries: number): number[] {
  const table: number[] = [];
  for (let m = 0; m < entries; m++) {
    let q = Math.max(m, table[m - 1] ?? 0);
    while (q + 1 < stay.length && stay[q + 1] <= migrate[m]) q++;
    table.push(q);
  }
  return table;
}

/** Every table that differs by 1 or 2 in one entry, or by 1 in each of two. */
function neighbours(thresholds: readonly number[]): number[][] {
  const found: number[][] = [];
  const keep = (changes: readonly (readonly [number, number])[]): void => {
    const table = [...thresholds];
    for (const [m, by] of changes) table[m] += by;
    if (table.every((t, m) => t >= m && t >= (table[m - 1] ?? 0))) found.push(table);
  };
  for (let m = 0; m < thresholds.length; m++) {
    for (const by of [-2, -1, 1, 2]) keep([[m, by]]);
    for (let other = 0; other < m; other++) {
      for (const by of [-1, 1])
        for (const otherBy of [-1, 1])
          keep([
            [m, by],
            [other, otherBy],
          ]);
    }
  }
  return found;
}
