import { parseRational, toNumber } from '../numeric/rational.ts';
import type { Policy } from '../policy/policy.ts';
import { generator128 } from '../random/xoshiro128pp.ts';
import { type Interval, sharedConfidence, tInterval } from '../stats/interval.ts';
import { baseOf, type Climber, excursions, findRungs, type Ladder, plainRun } from './excursions.ts';
import { OccupancyChain } from './occupancyChain.ts';

export interface SplittingOptions {
  readonly n: number;
  readonly lambda: number | string;
  readonly policy: Policy;
  /** Events of the plain run of one replication, after a warm-up of a quarter as many. */
  readonly events: number;
  /** Trajectories of each stage. */
  readonly effort: number;
  /** Independent replications of the whole procedure, at least 2. */
  readonly replications: number;
  /** Tails are followed down to about this probability. Default 1e-12. */
  readonly floor?: number;
  readonly confidence?: number;
  /**
   * What is climbed. The longest queue, where one queue can grow by itself; all jobs, where a queue becomes long only as all
   * others do, for it is shorter than any of many samples then. Default `longest`.
   */
  readonly climb?: 'longest' | 'jobs';
  /** 64 hexadecimal digits. */
  readonly seed: string;
  readonly onProgress?: (replication: number, replications: number) => void;
  readonly signal?: AbortSignal;
}

/** A probability with limits above 0. */
export interface RareTail {
  readonly probability: number;
  readonly lo: number;
  readonly hi: number;
}

export interface RareTails {
  /** P(q ≥ i) of one queue, i = 0, 1, … down to the floor, or to where the replications no longer tell it from 0. */
  readonly queue: readonly RareTail[];
  /** P(the longest queue ≥ i), for the same i. */
  readonly longest: readonly RareTail[];
  /** The height at which excursions begin. */
  readonly base: number;
}

/** The base is reached in about this fraction of time: often enough to be seen in a plain run. */
const BASE_PROBABILITY = 0.1;

/** Rungs lost before a trajectory may end: levels of the longest queue, or rungs that a fifth reach each. */
const FALL = { longest: 8, jobs: 2 } as const;

/** Of the search for rungs, so that each is reached by about as many as intended. */
const SEARCH_EFFORT = 50;

/**
 * Stationary tails by fixed-effort splitting. With a height of each state (the longest queue, or all jobs) and ν the rate at
 * which it rises to a base, in a steady state the probability of any set of states is what a plain run spends in it
 * below the base, and ν times the expected time that an excursion, from such a rise until it is below the base again,
 * spends in it. ν and the states at a rise come from the plain run; the excursions are split at rungs: of
 * `effort` trajectories that enter one, those that reach the next before the excursion ends are where as many trajectories
 * of the next stage begin, drawn with replacement, each with the weight of the fraction that got there. Trajectories that
 * fall far end at random, and those that do not count for more (Russian roulette). The time spent by each counts with its
 * weight, so the estimate of each time is unbiased but for the warm-up, whatever the height is (Garvels and Kroese, WSC 1998;
 * Amrein and Künsch, ACM TOMACS 21, 2011); a tail is its ratio to all time. Base and rungs are found beforehand, by other
 * random numbers. Limits are Student's over
 * independent replications, the error shared evenly among the levels (Bonferroni): each of the two bands holds at all levels
 * at once. They end where a level can no longer be told from 0.
 *
 * Throws a RangeError for options out of range, and a TooLongError where the system is unstable.
 */
export function rareTails(options: SplittingOptions): RareTails {
  const { n, policy, replications, effort, events, seed, floor = 1e-12, confidence = 0.95 } = options;
  const { climb = 'longest' } = options;
  for (const [name, value, least] of [
    ['n', n, 1],
    ['events', events, 1000],
    ['effort', effort, 10],
    ['replications', replications, 2],
  ] as const) {
    if (!(Number.isInteger(value) && value >= least)) {
      throw new RangeError(`${name} must be an integer of at least ${least}, found ${value}`);
    }
  }
  if (!(floor > 0 && floor < 1)) throw new RangeError(`floor must lie strictly between 0 and 1, found ${floor}`);
  const lambda = toNumber(parseRational(options.lambda));
  if (!(lambda > 0)) throw new RangeError(`the arrival rate must be positive, found ${options.lambda}`);
  const climber = (role: string): Climber => {
    const random = generator128(seed, role);
    const chain = new OccupancyChain(n, lambda, policy, random);
    return { chain, random, height: climb === 'jobs' ? () => chain.jobs : () => chain.longest };
  };
  const pilot = climber('splitting/pilot');
  const base = baseOf(pilot, events, BASE_PROBABILITY);
  const ladder = climb === 'jobs' ? rungsFrom(base, pilot, events, floor) : levelsFrom(base, floor);
  const runs = Array.from({ length: replications }, (_, replication) => {
    options.signal?.throwIfAborted();
    const one = climber(`splitting/${replication}`);
    const { rises, ...below } = plainRun(one, events, base);
    const above = excursions(one, ladder, { base, effort, rises, rate: rises.length / events });
    options.onProgress?.(replication + 1, replications);
    const length = Math.max(below.queue.length, above.queue.length);
    const spent = (kind: 'queue' | 'longest', i: number): number =>
      (below[kind][i] ?? 0) / events + (above[kind][i] ?? 0);
    const over = (kind: 'queue' | 'longest'): number[] =>
      Array.from({ length }, (_, i) => spent(kind, i) / spent(kind, 0));
    return { queue: over('queue'), longest: over('longest') };
  });
  const seen = Math.min(...runs.map(({ queue }) => queue.length));
  const over = (kind: 'queue' | 'longest', i: number, level: number): Interval =>
    tInterval(
      runs.map((run) => run[kind][i]),
      level,
    );
  let levels = 1;
  while (levels < seen && over('queue', levels, confidence).mean >= floor) levels++;
  const shared = sharedConfidence(confidence, Math.max(1, levels - 1)); // level 0 is 1 by definition
  const band = (kind: 'queue' | 'longest'): RareTail[] =>
    Array.from({ length: levels }, (_, i) => logarithmic(over(kind, i, shared)));
  const [queue, longest] = [band('queue'), band('longest')];
  const lost = queue.findIndex(({ lo }, i) => lo === 0 || longest[i].lo === 0);
  const end = lost < 0 ? levels : lost;
  return { queue: queue.slice(0, end), longest: longest.slice(0, end), base };
}

/** Each level of the longest queue is a rung; an excursion to a level lasts an event at least. */
const levelsFrom = (base: number, floor: number): Ladder => ({
  rung: (stage, rate) => (rate < floor / 100 ? Number.POSITIVE_INFINITY : base + stage),
  fall: FALL.longest,
});

function rungsFrom(base: number, pilot: Climber, events: number, floor: number): Ladder {
  const { rises } = plainRun(pilot, events, base);
  const rungs = findRungs(pilot, { base, effort: SEARCH_EFFORT, rises, rate: rises.length / events, floor });
  return { rung: (stage) => rungs[stage] ?? Number.POSITIVE_INFINITY, fall: FALL.jobs };
}

/**
 * Limits on the scale of logarithms, on which a rare tail's estimate is nearly symmetric: the half-width over the mean is
 * that of the mean's logarithm. With a half-width as large as the mean it is not told from 0, and the lower limit is 0.
 */
function logarithmic({ mean, halfWidth }: Interval): RareTail {
  const relative = halfWidth / mean;
  const factor = Math.exp(relative);
  return { probability: mean, lo: relative < 1 ? mean / factor : 0, hi: Math.min(1, mean * factor) };
}
