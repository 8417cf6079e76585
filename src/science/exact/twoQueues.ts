import { stationaryDistribution } from '../numeric/gth.ts';
import { parseRational, toNumber } from '../numeric/rational.ts';
import type { Policy } from '../policy/policy.ts';
import { nextLevels } from './nextLevels.ts';
import { outcomeTable, pairChain, pairIndex } from './pairChain.ts';
import { exactThreshold } from './threshold.ts';

export interface ExactOptions {
  /** Arrival rate λ > 0 at each queue, as a number or as text such as "3/4". */
  readonly lambda: number | string;
  readonly policy: Policy;
  /** Longest queue kept; by default grown until the mass at the edge is below `tolerance`. */
  readonly levels?: number;
  /** Most levels of the box. Default 320. */
  readonly mostLevels?: number;
  /** Largest probability that a queue stands at the edge of the box. Default 1e−13. */
  readonly tolerance?: number;
}

/** Measures of a stationary law; times in mean service times. */
export interface ExactMeasures {
  readonly status: 'exact';
  /** E[q] of one queue. */
  readonly meanQueue: number;
  /** Mean time until the last piece of a job ends: q + 1 where it stays, m + K where it migrates (PASTA and FIFO). */
  readonly jobDelay: number;
  /** Mean time of one piece in its queue: E[q]/(λ(1 + (K−1)p_b)). */
  readonly pieceSojourn: number;
  /** p_b, the fraction of arrivals that migrate. */
  readonly migrationFraction: number;
  /** P(q ≥ i), i = 0 … levels, of one queue. */
  readonly tails: Float64Array;
  /** Probability that a queue is at its largest length kept: bounds what the truncation changes. */
  readonly edgeMass: number;
  readonly levels: number;
}

/** The stationary law of both queues. */
export interface ExactResult extends ExactMeasures {
  /** P(q₁ = a, q₂ = b) at a·(levels + 1) + b. */
  readonly joint: { readonly levels: number; readonly probabilities: Float64Array };
}

/** No stationary law to report: λ at or beyond the threshold, or a box that would be too large. */
export interface NoExactResult {
  readonly status: 'unstable' | 'undecided';
  readonly reason: string;
  readonly edgeMass: number | null;
  readonly levels: number;
}

const FIRST_LEVELS = 24;
/** Memory grows with the cube: 320 levels take 180 MB and some seconds. */
const MAX_LEVELS = 320;

/**
 * Exact stationary law of n = 2 queues for any policy and d: the joint chain on a square box, solved without
 * subtractions (see gth.ts). Unstable arrival rates give a status, never numbers. Throws a RangeError for λ ≤ 0.
 */
export function exactTwoQueues(options: ExactOptions): ExactResult | NoExactResult {
  const { policy, tolerance = 1e-13, mostLevels = MAX_LEVELS } = options;
  const lambda = typeof options.lambda === 'number' ? options.lambda : toNumber(parseRational(options.lambda));
  if (!(lambda > 0 && Number.isFinite(lambda))) {
    throw new RangeError(`the arrival rate must be positive and finite, found ${options.lambda}`);
  }
  if (options.levels !== undefined && !(Number.isInteger(options.levels) && options.levels >= policy.K)) {
    throw new RangeError(`levels must be an integer ≥ K = ${policy.K}, found ${options.levels}`);
  }
  const { lo, hi } = exactThreshold({ policy });
  if (lambda >= lo) {
    const status = lambda >= hi ? 'unstable' : 'undecided';
    const reason = `the arrival rate ${lambda} is not below the threshold ${hi}`;
    return { status, reason, edgeMass: null, levels: 0 };
  }
  let levels = options.levels ?? FIRST_LEVELS + policy.K;
  for (;;) {
    const pi = stationaryDistribution(pairChain(policy, lambda, levels));
    const edgeMass = massAt(pi, levels);
    if (options.levels !== undefined || edgeMass <= tolerance) return summarise(policy, lambda, levels, pi, edgeMass);
    if (levels === mostLevels) {
      const reason = `a queue still stands at length ${levels} with probability ${edgeMass}`;
      return { status: 'undecided', reason, edgeMass, levels };
    }
    const needed = nextLevels((level) => massAt(pi, level), levels, tolerance);
    if (needed > 1.2 * mostLevels) {
      const reason = `at least ${needed} levels would be needed, more than the ${mostLevels} that fit`;
      return { status: 'undecided', reason, edgeMass, levels };
    }
    levels = Math.min(mostLevels, needed);
  }
}

/** P(the longer queue = level) */
function massAt(pi: Float64Array, level: number): number {
  let mass = 0;
  for (let shorter = 0; shorter <= level; shorter++) mass += pi[pairIndex(level, shorter)];
  return mass;
}

function summarise(policy: Policy, lambda: number, levels: number, pi: Float64Array, edgeMass: number): ExactResult {
  const { K } = policy;
  const width = levels + 1;
  const probabilities = new Float64Array(width * width);
  for (let longer = 0; longer <= levels; longer++) {
    for (let shorter = 0; shorter <= longer; shorter++) {
      const mass = pi[pairIndex(longer, shorter)];
      probabilities[longer * width + shorter] = longer === shorter ? mass : mass / 2;
      probabilities[shorter * width + longer] = longer === shorter ? mass : mass / 2;
    }
  }
  const outcomes = outcomeTable(policy, levels);
  const tails = new Float64Array(width);
  let meanQueue = 0;
  let jobDelay = 0;
  let migrationFraction = 0;
  for (let origin = levels; origin >= 0; origin--) {
    let here = 0;
    for (let other = levels; other >= 0; other--) {
      const mass = probabilities[origin * width + other];
      here += mass;
      for (const { probability, migrates, length } of outcomes(origin, other)) {
        jobDelay += mass * probability * (length + (migrates ? K : 1));
        if (migrates) migrationFraction += mass * probability;
      }
    }
    tails[origin] = here + (origin < levels ? tails[origin + 1] : 0);
    meanQueue += origin * here;
  }
  return {
    status: 'exact',
    meanQueue,
    jobDelay,
    pieceSojourn: meanQueue / (lambda * (1 + (K - 1) * migrationFraction)),
    migrationFraction,
    tails,
    joint: { levels, probabilities },
    edgeMass,
    levels,
  };
}
