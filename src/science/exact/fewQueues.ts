import { balanceByIteration } from '../numeric/balanceIteration.ts';
import { integerPower } from '../numeric/power.ts';
import { parseRational, toNumber } from '../numeric/rational.ts';
import type { Policy } from '../policy/policy.ts';
import { fewQueuesThreshold } from './fewThreshold.ts';
import { nextLevels } from './nextLevels.ts';
import {
  betaLookup,
  type OrderedStates,
  orderedArrivals,
  orderedChain,
  orderedStateCount,
  orderedStates,
} from './orderedQueues.ts';
import type { ExactMeasures, ExactOptions, NoExactResult } from './twoQueues.ts';

/** The stationary law of a few queues. */
export interface FewQueuesResult extends ExactMeasures {
  /** P(the longest queue = i), i = 0 … levels. */
  readonly longest: Float64Array;
  /** Σ |inflow − outflow| of probability over all states, as a share of all flow. */
  readonly residual: number;
  /** |s₁ − λ(1 + (K−1)p_b)|, 0 for the exact law: sees truncation and iteration alike. */
  readonly flowImbalance: number;
}

const FIRST_LEVELS = 12;
/** Some 100 MB of transitions, some seconds. */
const MOST_STATES = 250_000;

/** Most levels of a box of n queues. */
export function mostLevels(n: number): number {
  let levels = 1;
  while (orderedStateCount(n, levels + 1) <= MOST_STATES) levels++;
  return levels;
}

/**
 * Stationary law of n ≥ 2 queues for any policy and d, as a chain of ordered lengths in a box, solved by iteration to a
 * residual of 1e−14 (see balanceIteration.ts). The box grows until its edge has no mass (`tolerance`, by default 1e−12).
 * Unstable arrival rates and boxes beyond reach give a status, never numbers. Throws a RangeError for bad options.
 */
export function exactFewQueues(options: ExactOptions & { readonly n: number }): FewQueuesResult | NoExactResult {
  const { n, policy, tolerance = 1e-12 } = options;
  if (!(Number.isInteger(n) && n >= 2)) throw new RangeError(`n must be an integer ≥ 2, found ${n}`);
  const lambda = typeof options.lambda === 'number' ? options.lambda : toNumber(parseRational(options.lambda));
  if (!(lambda > 0 && Number.isFinite(lambda))) {
    throw new RangeError(`the arrival rate must be positive and finite, found ${options.lambda}`);
  }
  const most = mostLevels(n);
  const { levels: asked } = options;
  if (asked !== undefined && !(Number.isInteger(asked) && asked >= policy.K && asked <= most)) {
    throw new RangeError(`levels must be an integer from K = ${policy.K} to ${most} for ${n} queues, found ${asked}`);
  }
  const unstable = instability(n, policy, lambda);
  if (unstable !== null) return unstable;
  let smaller: { states: OrderedStates; pi: Float64Array; longest: Float64Array } | undefined;
  for (let levels = asked ?? Math.min(most, FIRST_LEVELS + policy.K); ; ) {
    const states = orderedStates(n, levels);
    const start = smaller && extended(smaller, states);
    const law = balanceByIteration(orderedChain(policy, lambda, states, levels), jobsIn(states), start);
    const longest = longestOf(states, law.pi, levels);
    const edgeMass = longest[levels];
    if (law.status !== 'converged') {
      const reason = `the iteration ended at a residual of ${law.residual} with ${levels} levels`;
      return { status: 'undecided', reason, edgeMass, levels };
    }
    if (asked !== undefined || edgeMass <= tolerance) {
      return { ...summarise(policy, lambda, states, levels, law.pi), longest, edgeMass, residual: law.residual };
    }
    if (levels === most) {
      const reason = `a queue still stands at length ${levels}, the most that fit, with probability ${edgeMass}`;
      return { status: 'undecided', reason, edgeMass, levels };
    }
    levels = Math.min(
      most,
      nextLevels((level) => longest[level], levels, tolerance),
    );
  }
}

/** A guess at the law of a larger box: that of the smaller one, and beyond it the decay of its longest queue. */
function extended(
  smaller: { readonly states: OrderedStates; readonly pi: Float64Array; readonly longest: Float64Array },
  { size, width, lengths }: OrderedStates,
): Float64Array {
  const levels = smaller.longest.length - 1;
  const decay = Math.min(0.99, smaller.longest[levels - 1] / smaller.longest[levels - 2]);
  return Float64Array.from({ length: size }, (_, state) => {
    const here = lengths.subarray(state * width, (state + 1) * width);
    const shift = Math.max(0, here[0] - levels);
    const guess = smaller.pi[smaller.states.indexOf(here.map((length) => Math.max(0, length - shift)))];
    return Math.max(guess * integerPower(decay, shift), Number.MIN_VALUE);
  });
}

/** What keeps the rate from having a law; null where nothing does. */
function instability(n: number, policy: Policy, lambda: number): NoExactResult | null {
  const none = { edgeMass: null, levels: 0 };
  if (lambda >= 1) return { status: 'unstable', reason: `the arrival rate ${lambda} is not below 1`, ...none };
  const { status, lo, hi } = fewQueuesThreshold({ n, policy });
  if (status === 'undecided') {
    return lambda < 1 / policy.K ? null : { status, reason: `the threshold of ${n} queues is out of reach`, ...none };
  }
  if (lambda < lo!) return null;
  const reason = `the arrival rate ${lambda} is not below the threshold ${hi}`;
  return { status: lambda >= hi! ? 'unstable' : 'undecided', reason, ...none };
}

/** The number of jobs, which relaxes slowest where queues share. */
const jobsIn = ({ size, width, lengths }: OrderedStates): Int32Array =>
  Int32Array.from({ length: size }, (_, state) => {
    let jobs = 0;
    for (let place = 0; place < width; place++) jobs += lengths[state * width + place];
    return jobs;
  });

function longestOf({ width, lengths }: OrderedStates, pi: Float64Array, levels: number): Float64Array {
  const longest = new Float64Array(levels + 1);
  for (let state = pi.length - 1; state >= 0; state--) longest[lengths[state * width]] += pi[state];
  return longest;
}

function summarise(policy: Policy, lambda: number, states: OrderedStates, levels: number, pi: Float64Array) {
  const { K } = policy;
  const n = states.width;
  const beta = betaLookup(policy, levels);
  const tails = new Float64Array(levels + 1);
  let jobDelay = 0;
  let migrationFraction = 0;
  for (let state = states.size - 1; state >= 0; state--) {
    const lengths = states.lengths.subarray(state * n, (state + 1) * n);
    for (const length of lengths) tails[length] += pi[state] / n;
    for (const { probability, migrates, joined } of orderedArrivals(lengths, policy.d, beta)) {
      jobDelay += pi[state] * probability * (joined + (migrates ? K : 1));
      if (migrates) migrationFraction += pi[state] * probability;
    }
  }
  let meanQueue = 0;
  for (let i = levels - 1; i >= 0; i--) tails[i] += tails[i + 1];
  for (let i = levels; i > 0; i--) meanQueue += tails[i];
  const offered = lambda * (1 + (K - 1) * migrationFraction);
  return {
    status: 'exact' as const,
    meanQueue,
    jobDelay,
    pieceSojourn: meanQueue / offered,
    migrationFraction,
    tails,
    flowImbalance: Math.abs(tails[1] - offered),
    levels,
  };
}
