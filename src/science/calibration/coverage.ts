import { derivedSeed } from '../random/derivedSeed.ts';
import type { SimulateOptions } from '../sim/options.ts';
import { overlappingBatchMeans } from '../stats/batchMeans.ts';
import { controlledInterval } from '../stats/controlVariates.ts';
import { tInterval } from '../stats/interval.ts';
import { proportionInterval } from '../stats/proportion.ts';
import { lookAt } from '../stats/sequential.ts';
import { type KnownSystem, MEASURES, type Measure, measureOf, truthOf } from './knownSystem.ts';
import { memoised } from './memoised.ts';
import { type Replication, replication } from './replication.ts';

export interface CoverageOptions {
  readonly system: KnownSystem;
  /** How often the whole procedure is repeated, with other random numbers. */
  readonly repetitions: number;
  /** Replications of one interval. */
  readonly replications: number;
  /** Events of a replication, the warm-up of `simulate` included. */
  readonly events: number;
  /** Events of the single run that batch means are taken from. */
  readonly runEvents: number;
  /** Sequential stopping: replications at each look, ending with `replications`; and the relative half-width sought. */
  readonly looks: readonly number[];
  readonly relativeHalfWidth: number;
  readonly confidence?: number;
  /** 64 hexadecimal digits. */
  readonly seed: string;
  readonly onProgress?: (repetition: number, repetitions: number) => void;
  readonly signal?: AbortSignal;
}

export const METHODS = ['replications', 'control variates', 'sequential', 'batch means'] as const;
export type Method = (typeof METHODS)[number];

/** How often the intervals of one method held the exact value. */
export interface CoverageRow {
  readonly method: Method;
  readonly measure: Measure;
  readonly exact: number;
  readonly repetitions: number;
  /** Intervals that hold the exact value, of all, with the 95 % interval of Clopper and Pearson. */
  readonly coverage: number;
  readonly lo: number;
  readonly hi: number;
  /** Fractions of intervals that lie wholly below and above the exact value. */
  readonly below: number;
  readonly above: number;
  /** Mean of the estimates less the exact value, and their standard deviation. */
  readonly bias: number;
  readonly sd: number;
  readonly meanHalfWidth: number;
  /** Mean number of replications used; 1 for batch means. */
  readonly used: number;
}

/** Enough for a series that batch means need: batches of a sixteenth of the run hold 16 of them. */
const SERIES = 256;

/**
 * Repeats each procedure on a system whose law is known and counts how often the stated interval holds the exact value:
 * Student's t over independent replications; the same with the free identities as control variates; sequential stopping;
 * overlapping batch means within one run (mean queue only). All use the warm-up rule of `simulate`. The first three share
 * their replications. Throws a RangeError for options that no procedure can use.
 */
export function measureCoverage(options: CoverageOptions): CoverageRow[] {
  const { system, repetitions, replications, events, runEvents, looks, relativeHalfWidth, seed } = options;
  const { confidence = 0.95, onProgress, signal } = options;
  if (!(Number.isInteger(repetitions) && repetitions >= 1)) {
    throw new RangeError(`repetitions must be a positive integer, found ${repetitions}`);
  }
  if (looks.some((look, j) => look <= (looks[j - 1] ?? 1)) || looks.at(-1) !== replications) {
    throw new RangeError(
      `looks must increase from 2 or more to ${replications} replications, found ${looks.join(', ')}`,
    );
  }
  const truth = truthOf(system);
  const measures = MEASURES.filter((name) => truth.values[name] > 0);
  const tallies = new Map<string, Tally>();
  const count = (method: Method, measure: Measure, interval: Counted): void => {
    const key = `${method}/${measure}`;
    const tally = tallies.get(key) ?? new Tally(method, measure, truth.values[measure]);
    tallies.set(key, tally);
    tally.add(interval);
  };
  const { n, lambda } = system;
  const policy = memoised(system.policy);
  const run = (role: string, length: number, batches = 0): Replication => {
    const given: SimulateOptions = { n, lambda, policy, events: length, seed: derivedSeed(seed, role) };
    return replication(given, batches);
  };
  const rule = { width: { relative: relativeHalfWidth }, confidence, looks };
  for (let repetition = 0; repetition < repetitions; repetition++) {
    signal?.throwIfAborted();
    const runs = Array.from({ length: replications }, (_, r) => run(`coverage/${repetition}/${r}`, events));
    const controls = runs[0].controls.map((_, q) => runs.map((one) => one.controls[q]));
    for (const measure of measures) {
      const values = runs.map(({ estimates }) => measureOf(measure, estimates));
      count('replications', measure, tInterval(values, confidence));
      count('control variates', measure, { ...controlledInterval(values, controls, confidence), n: replications });
      for (const look of looks) {
        const seen = lookAt(values.slice(0, look), rule);
        if (!seen.isNarrow && look < replications) continue;
        count('sequential', measure, seen);
        break;
      }
    }
    const { batches } = run(`coverage/${repetition}/run`, runEvents, SERIES);
    const { mean, halfWidth } = overlappingBatchMeans(batches, confidence);
    count('batch means', 'meanQueue', { mean, lo: mean - halfWidth, hi: mean + halfWidth, n: 1 });
    onProgress?.(repetition + 1, repetitions);
  }
  return [...tallies.values()].map((tally) => tally.row()).sort((a, b) => order(a) - order(b));
}

const order = ({ method, measure }: { method: Method; measure: Measure }): number =>
  METHODS.indexOf(method) * MEASURES.length + MEASURES.indexOf(measure);

interface Counted {
  readonly mean: number;
  readonly lo: number;
  readonly hi: number;
  readonly n: number;
}

class Tally {
  readonly #method: Method;
  readonly #measure: Measure;
  readonly #exact: number;
  readonly #errors: number[] = [];
  #below = 0;
  #above = 0;
  #halfWidths = 0;
  #used = 0;

  constructor(method: Method, measure: Measure, exact: number) {
    this.#method = method;
    this.#measure = measure;
    this.#exact = exact;
  }

  add({ mean, lo, hi, n }: Counted): void {
    this.#errors.push(mean - this.#exact);
    if (hi < this.#exact) this.#below++;
    if (lo > this.#exact) this.#above++;
    this.#halfWidths += (hi - lo) / 2;
    this.#used += n;
  }

  row(): CoverageRow {
    const repetitions = this.#errors.length;
    const held = proportionInterval(repetitions - this.#below - this.#above, repetitions);
    const errors = tInterval(this.#errors);
    return {
      method: this.#method,
      measure: this.#measure,
      exact: this.#exact,
      repetitions,
      coverage: held.fraction,
      lo: held.lo,
      hi: held.hi,
      below: this.#below / repetitions,
      above: this.#above / repetitions,
      bias: errors.mean,
      sd: errors.sd,
      meanHalfWidth: this.#halfWidths / repetitions,
      used: this.#used / repetitions,
    };
  }
}
