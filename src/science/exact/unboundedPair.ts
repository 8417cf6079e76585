import { stationaryDistribution } from '../numeric/gth.ts';
import { parseRational, toNumber } from '../numeric/rational.ts';
import type { Policy } from '../policy/policy.ts';
import { additiveFrom } from './additiveFrom.ts';
import { arrivalOutcomes } from './arrival.ts';
import { levelProcess, type PairLevels, rateMatrix } from './pairLevels.ts';
import { exactThreshold } from './threshold.ts';
import type { ExactMeasures, ExactOptions, NoExactResult } from './twoQueues.ts';

/** Levels below which the rest of the mass must fall: λ within some 10⁻⁴ of λ_c. */
const MOST_LEVELS = 100_000;
/** Phases of a block: its matrices take the cube of them in time, some seconds at most. */
const MOST_PHASES = 500;
/** Share of the mass at which the law ends. */
const NOTHING = 1e-17;

/**
 * Stationary law of two queues under a threshold that is additive for long queues, whatever their length: the level is the shorter
 * queue and is not bounded, the phase is the difference, cut where it has no mass (`tolerance`, default 1e−13; it falls
 * off geometrically at any λ). K levels in one, π_{j+1} = π_j R (Neuts 1981). So λ may be as near to λ_c as one likes, within reason.
 * `edgeMass` is that of the largest difference. Throws a RangeError for λ ≤ 0 and for policies that are not additive.
 */
export function exactUnboundedPair(options: Omit<ExactOptions, 'levels'>): ExactMeasures | NoExactResult {
  const { policy, tolerance = 1e-13 } = options;
  const lambda = typeof options.lambda === 'number' ? options.lambda : toNumber(parseRational(options.lambda));
  if (!(lambda > 0 && Number.isFinite(lambda))) {
    throw new RangeError(`the arrival rate must be positive and finite, found ${options.lambda}`);
  }
  const far = additiveFrom(policy.spec);
  if (far === null) throw new RangeError(`${policy.label} has no additive threshold for long queues`);
  const { lo, hi } = exactThreshold({ policy });
  if (lambda >= lo) {
    const status = lambda >= hi ? 'unstable' : 'undecided';
    const reason = `the arrival rate ${lambda} is not below the threshold ${hi}`;
    return { status, reason, edgeMass: null, levels: 0 };
  }
  let edgeMass: number | null = null;
  let differences = policy.beta(far) - far + policy.K + 40;
  for (; policy.K * (differences + 1) <= MOST_PHASES; differences += 24) {
    const law = lawOf(levelProcess(policy, lambda, Math.max(1, far), differences));
    if (law === null) {
      const reason = `the queues reach more than ${MOST_LEVELS} jobs: ${lambda} is too close to the threshold ${hi}`;
      return { status: 'undecided', reason, edgeMass: null, levels: MOST_LEVELS };
    }
    edgeMass = law.reduce((sum, level) => sum + level[differences], 0);
    if (edgeMass <= tolerance) return summarise(policy, lambda, law, edgeMass);
  }
  const reason = `differences up to ${differences} of two queues, of which migrations make ${policy.K} jobs, do not fit`;
  return { status: 'undecided', reason, edgeMass, levels: 0 };
}

/** P(the shorter queue = m, the difference = D) at [m][D]; null where it does not end. */
function lawOf(levels: PairLevels): Float64Array[] | null {
  const { boundary, period, width } = levels;
  const R = rateMatrix(levels);
  if (R === null) return null;
  const size = period * width;
  const start = stationaryDistribution(R.censored);
  const law = Array.from({ length: boundary }, (_, m) => start.slice(m * width, (m + 1) * width));
  let block = start.slice(boundary * width);
  let total = start.subarray(0, boundary * width).reduce((sum, mass) => sum + mass, 0);
  for (;;) {
    const mass = block.reduce((sum, p) => sum + p, 0);
    total += mass;
    for (let r = 0; r < period; r++) law.push(block.slice(r * width, (r + 1) * width));
    if (mass <= NOTHING * total) break;
    if (law.length > MOST_LEVELS) return null;
    const next = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) next[j] += block[i] * R.rates[i * size + j];
    }
    block = next;
  }
  for (const level of law) for (let D = 0; D < width; D++) level[D] /= total;
  return law;
}

function summarise(policy: Policy, lambda: number, law: readonly Float64Array[], edgeMass: number): ExactMeasures {
  const { K } = policy;
  const levels = law.length + law[0].length - 2;
  const beta = Array.from({ length: levels + 1 }, (_, m) => policy.beta(m));
  const looked: Policy = { ...policy, beta: (m) => beta[m] };
  const tails = new Float64Array(levels + 1);
  let jobDelay = 0;
  let migrationFraction = 0;
  for (let m = law.length - 1; m >= 0; m--) {
    for (let D = law[m].length - 1; D >= 0; D--) {
      const half = law[m][D] / 2;
      for (const [origin, other] of [
        [m + D, m],
        [m, m + D],
      ]) {
        tails[origin] += half;
        for (const { probability, migrates, length } of arrivalOutcomes(looked, origin, other)) {
          jobDelay += half * probability * (length + (migrates ? K : 1));
          if (migrates) migrationFraction += half * probability;
        }
      }
    }
  }
  let meanQueue = 0;
  for (let i = levels - 1; i >= 0; i--) tails[i] += tails[i + 1];
  for (let i = levels; i > 0; i--) meanQueue += tails[i];
  return {
    status: 'exact',
    meanQueue,
    jobDelay,
    pieceSojourn: meanQueue / (lambda * (1 + (K - 1) * migrationFraction)),
    migrationFraction,
    tails,
    edgeMass,
    levels,
  };
}
