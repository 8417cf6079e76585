import { parseRational, toNumber } from '../numeric/rational.ts';
import type { Policy } from '../policy/policy.ts';
import { generator128, type Xoshiro128pp } from '../random/xoshiro128pp.ts';
import { type Interval, sharedConfidence, tInterval } from '../stats/interval.ts';
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
  /** Where excursions begin. */
  readonly base: number;
}

/** The longest queue reaches the base in about this fraction of time: often enough to be seen in a plain run. */
const BASE_PROBABILITY = 0.1;

/** A trajectory that has fallen so many levels, and each so many more, ends but with this probability. */
const FALL = 8;
const SURVIVAL = 4; // one in

/**
 * Stationary tails by fixed-effort splitting. In a steady state, with ν the rate at which the longest queue rises to a base
 * level b, the probability of any set of states with a queue ≥ b is ν times the expected time that an excursion, from such
 * a rise until all queues are below b, spends in it. ν and the states at a rise come from a plain run; the excursions are
 * split at each level of the longest queue: of `effort` trajectories that enter level l, those that reach l + 1 before
 * the excursion ends are where as many trajectories of the next stage begin, drawn with replacement, each with the weight
 * of the fraction that got there. Trajectories that fall far end at random, and those that do not count for more (Russian
 * roulette). The time spent by each counts with its weight, so each estimate is unbiased but for the warm-up (Garvels
 * and Kroese, WSC 1998; Amrein and Künsch, ACM TOMACS 21, 2011). Limits are Student's over independent replications, the
 * error shared evenly among the levels (Bonferroni): each of the two bands holds at all levels at once. They end where a
 * level can no longer be told from 0.
 *
 * Throws a RangeError for options out of range, and a TooLongError where the system is unstable.
 */
export function rareTails(options: SplittingOptions): RareTails {
  const { n, policy, replications, effort, events, seed, floor = 1e-12, confidence = 0.95 } = options;
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
  const chain = (role: string): { chain: OccupancyChain; random: Xoshiro128pp } => {
    const random = generator128(seed, role);
    return { chain: new OccupancyChain(n, lambda, policy, random), random };
  };
  const pilot = plainRun(chain('splitting/pilot').chain, n, events, Number.POSITIVE_INFINITY);
  const rare = pilot.longest.findIndex((probability) => probability < BASE_PROBABILITY);
  const base = Math.max(1, rare < 0 ? pilot.longest.length - 1 : rare);
  const runs = Array.from({ length: replications }, (_, replication) => {
    options.signal?.throwIfAborted();
    const given = chain(`splitting/${replication}`);
    const plain = plainRun(given.chain, n, events, base);
    const split = excursions(given, { n, base, effort, floor, rises: plain.rises, rate: plain.rises.length / events });
    options.onProgress?.(replication + 1, replications);
    return {
      queue: [...plain.queue.slice(0, base), ...split.queue.slice(base)],
      longest: [...plain.longest.slice(0, base), ...split.longest.slice(base)],
    };
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

/**
 * Limits on the scale of logarithms, on which a rare tail's estimate is nearly symmetric: the half-width over the mean is
 * that of the mean's logarithm. With a half-width as large as the mean it is not told from 0, and the lower limit is 0.
 */
function logarithmic({ mean, halfWidth }: Interval): RareTail {
  const relative = halfWidth / mean;
  const factor = Math.exp(relative);
  return { probability: mean, lo: relative < 1 ? mean / factor : 0, hi: Math.min(1, mean * factor) };
}

interface Plain {
  readonly queue: number[];
  readonly longest: number[];
  /** States in which the longest queue had just risen to the base. */
  readonly rises: Int32Array[];
}

function plainRun(chain: OccupancyChain, n: number, events: number, base: number): Plain {
  for (let event = 0; event < events / 4; event++) chain.step();
  chain.takeTimes();
  const rises: Int32Array[] = [];
  for (let event = 0; event < events; event++) {
    const isBelow = chain.longest < base;
    chain.step();
    if (isBelow && chain.longest >= base) rises.push(chain.save());
  }
  const { queue, longest } = chain.takeTimes();
  return {
    queue: Array.from(queue, (sum) => sum / (events * n)),
    longest: Array.from(longest, (sum) => sum / events),
    rises,
  };
}

function excursions(
  { chain, random }: { readonly chain: OccupancyChain; readonly random: Xoshiro128pp },
  given: { n: number; base: number; effort: number; floor: number; rises: Int32Array[]; rate: number },
): { queue: number[]; longest: number[] } {
  const { n, base, effort, floor } = given;
  const [queue, longest]: [number[], number[]] = [[], []];
  let { rises, rate } = given;
  chain.takeTimes();
  for (let level = base; rises.length > 0; level++) {
    // An excursion to a level lasts an event at least; the last stage goes on without a level above it.
    const next = rate < floor / 100 ? Number.POSITIVE_INFINITY : level + 1;
    const weight = rate / effort;
    const reached: Int32Array[] = [];
    for (let trajectory = 0; trajectory < effort; trajectory++) {
      chain.restore(rises[Math.floor(random.uniform() * rises.length)]);
      chain.weight = 1;
      let fallen = level - FALL;
      while (chain.longest >= base && chain.longest < next) {
        chain.step();
        if (chain.longest > fallen) continue;
        if (random.uniform() * SURVIVAL >= 1) break;
        chain.weight *= SURVIVAL;
        fallen -= FALL;
      }
      if (chain.longest >= next) for (let copy = 0; copy < chain.weight; copy++) reached.push(chain.save());
    }
    chain.weight = 1;
    const spent = chain.takeTimes();
    for (let i = 0; i < spent.queue.length; i++) {
      queue[i] = (queue[i] ?? 0) + (weight * spent.queue[i]) / n;
      longest[i] = (longest[i] ?? 0) + weight * spent.longest[i];
    }
    rate = weight * reached.length;
    rises = reached;
  }
  return { queue, longest };
}
