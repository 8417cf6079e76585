import { pairIndex } from '../exact/pairChain.ts';
import { solvePoisson } from '../numeric/poissonEquation.ts';
import { parseRational, toNumber } from '../numeric/rational.ts';
import { type BoundaryShape, boundaryShape } from './boundaryShape.ts';
import { ControlError } from './controlError.ts';
import {
  costRates,
  type Decisions,
  evaluatePair,
  forEachState,
  type Objective,
  type PairEvaluation,
  type PairModel,
  seenWith,
} from './pairControl.ts';

export interface BoundaryOptions {
  /** Arrival rate 0 < λ < 1 at each queue, as a number or as text such as "3/4". */
  readonly lambda: number | string;
  /** Pieces of a migrant, an integer ≥ 1. */
  readonly K: number;
  /** Queues sampled with replacement; default all. */
  readonly d?: number | 'all';
  readonly objective: Objective;
  /** Longest queue kept; by default grown until the edge has at most `tolerance`. */
  readonly levels?: number;
  /** Largest probability that a queue stands at the edge of the box. Default 1e−10. */
  readonly tolerance?: number;
}

/** The rule that no other improves, in a box. */
export interface OptimalBoundary {
  readonly status: 'optimal';
  readonly model: PairModel;
  readonly decisions: Decisions;
  /** E[q] and the mean job delay under the rule; one of them is the objective. */
  readonly meanQueue: number;
  readonly jobDelay: number;
  readonly migrationFraction: number;
  /** Upper bound of what any other rule could still gain in this box, by Odoni's bounds: rounding. */
  readonly gap: number;
  readonly edgeMass: number;
  /** Change of the objective against a box of two thirds the side. */
  readonly change: number;
  /** Rules evaluated in the last box. */
  readonly iterations: number;
  /** To the depth at which both boxes have the same rule. */
  readonly shape: BoundaryShape;
}

/** Nothing here can be taken for a result. */
export interface NoOptimalBoundary {
  readonly status: 'undecided';
  readonly reason: string;
  readonly levels: number;
  readonly edgeMass: number | null;
}

const FIRST_LEVELS = 24;
/** The elimination takes levels⁴/2 multiply-adds: this many take some seconds a rule, and 180 MB. */
const MOST_LEVELS = 320;
const MOST_RULES = 60;
/** Relative advantage below which two actions count as equal; an equal one stays. */
const EQUAL = 1e-11;

/**
 * The rule for an arrival at the longer of two queues, to stay or to migrate, that minimises the long-run E[q] or job
 * delay over all rules that know both lengths: Howard's policy iteration (Puterman, Markov Decision Processes, §8.6) with exact
 * gain and bias (poissonEquation.ts). It ends when no decision changes, which is the optimality equation. Where both actions
 * are equal the arrival stays.
 *
 * Throws a {@link ControlError} for λ outside (0, 1) and for K, d or levels that do not exist: from λ = 1 on every rule
 * has unbounded queues.
 */
export function optimalBoundary(options: BoundaryOptions): OptimalBoundary | NoOptimalBoundary {
  const { objective, tolerance = 1e-10 } = options;
  const base = checked(options);
  // No rule has fewer jobs than one queue with both servers, where P(jobs ≥ 2N) ≥ λ^2N, and half of them are in the longer queue.
  const least = Math.floor(Math.log(tolerance) / (2 * Math.log(base.lambda)));
  if (options.levels === undefined && least > MOST_LEVELS) {
    const reason = `at least ${least} levels would be needed, more than the ${MOST_LEVELS} that fit`;
    return { status: 'undecided', reason, levels: 0, edgeMass: null };
  }
  let levels = options.levels ?? FIRST_LEVELS + 2 * base.K;
  // The start matters for the number of rules tried only; this one is stable at every λ < 1.
  let thresholds: readonly number[] = [base.K, 3 * base.K];
  for (;;) {
    const found = improve({ ...base, levels }, thresholdDecisions(thresholds, levels), objective);
    if (found === null) return unsettled(levels);
    const edgeMass = found.longerLaw[levels];
    if (options.levels !== undefined || edgeMass <= tolerance) {
      return compared({ ...base, levels }, found, objective);
    }
    if (levels === MOST_LEVELS) {
      const reason = `a queue still stands at length ${levels} with probability ${edgeMass}`;
      return { status: 'undecided', reason, levels, edgeMass };
    }
    thresholds = boundaryShape(found.decisions, levels >> 1).thresholds;
    levels = Math.min(MOST_LEVELS, 3 * levels, levelsNeeded(found.longerLaw, tolerance));
  }
}

/** Solves a box of two thirds the side as well: what is the same in both is not the edge's doing. */
function compared(model: PairModel, found: Improved, objective: Objective): OptimalBoundary | NoOptimalBoundary {
  const smaller = { ...model, levels: Math.ceil((2 * model.levels) / 3) };
  const start = found.decisions.slice(0, pairIndex(smaller.levels, smaller.levels) + 1);
  const other = improve(smaller, start, objective);
  if (other === null) return unsettled(smaller.levels);
  let depth = smaller.levels;
  forEachState(smaller.levels, (longer, _, state) => {
    if (found.decisions[state] !== other.decisions[state]) depth = Math.min(depth, longer - 1);
  });
  const { longerLaw, ...rule } = found;
  return {
    status: 'optimal',
    model,
    ...rule,
    edgeMass: longerLaw[model.levels],
    change: found[objective] - other[objective],
    shape: boundaryShape(found.decisions, depth),
  };
}

function unsettled(levels: number): NoOptimalBoundary {
  return { status: 'undecided', reason: `decisions still changed after ${MOST_RULES} rules`, levels, edgeMass: null };
}

function checked({ lambda, K, d = 'all', levels }: BoundaryOptions): Omit<PairModel, 'levels'> {
  let rate = Number.NaN;
  try {
    rate = typeof lambda === 'number' ? lambda : toNumber(parseRational(lambda));
  } catch {
    // refused below with what was found
  }
  if (!(rate > 0 && rate < 1)) {
    throw new ControlError('lambda', `the arrival rate must be between 0 and 1, the service rate, found ${lambda}`);
  }
  if (!(Number.isInteger(K) && K >= 1)) throw new ControlError('K', `K must be an integer ≥ 1, found ${K}`);
  if (d !== 'all' && !(Number.isInteger(d) && d >= 1)) {
    throw new ControlError('d', `d must be an integer ≥ 1 or "all", found ${d}`);
  }
  if (levels !== undefined && !(Number.isInteger(levels) && levels >= 2 * K && levels <= MOST_LEVELS)) {
    throw new ControlError('levels', `levels must be an integer from 2K = ${2 * K} to ${MOST_LEVELS}, found ${levels}`);
  }
  return { lambda: rate, K, d };
}

interface Improved extends Omit<PairEvaluation, 'chain'> {
  readonly decisions: Decisions;
  readonly gap: number;
  readonly iterations: number;
}

/** Evaluates and improves until no decision changes; null when that does not come. */
function improve(model: PairModel, start: Decisions, objective: Objective): Improved | null {
  let decisions = start;
  for (let iterations = 1; iterations <= MOST_RULES; iterations++) {
    const { chain, ...evaluation } = evaluatePair(model, decisions);
    const { bias } = solvePoisson(chain, costRates(model, decisions, objective));
    const { better, gap, changed } = greedy(model, decisions, bias, objective);
    if (!changed) return { decisions, ...evaluation, gap, iterations };
    decisions = better;
  }
  return null;
}

/**
 * The best decision in each state if from then on the evaluated rule were followed, and how much any state could gain a unit of
 * time. By Odoni (Operations Research 17, 1969) no rule is better than the evaluated one by more than that.
 */
function greedy({ lambda, K, d, levels }: PairModel, current: Decisions, bias: Float64Array, objective: Objective) {
  const better = new Uint8Array(current.length);
  const seen = seenWith(d);
  const own = objective === 'jobDelay' ? 1 / 2 : 0;
  let gap = 0;
  let changed = false;
  forEachState(levels, (longer, shorter, state) => {
    if (longer === shorter) return;
    const joined = Math.min(levels, shorter + K);
    const stays = own * (longer + 1) + lambda * bias[pairIndex(Math.min(levels, longer + 1), shorter)];
    const migrates = own * (shorter + K) + lambda * bias[pairIndex(Math.max(longer, joined), Math.min(longer, joined))];
    better[state] = Number(migrates < stays - EQUAL * Math.max(1, Math.abs(stays)));
    if (better[state] !== current[state]) changed = true;
    gap = Math.max(gap, seen * (current[state] === 1 ? migrates - stays : stays - migrates));
  });
  return { better, gap, changed };
}

/** Follows the geometric decay of the longer queue's law down to the tolerance, with a little room. */
function levelsNeeded(law: Float64Array, tolerance: number): number {
  const levels = law.length - 1;
  const high = levels - 4;
  const low = levels >> 1;
  const rate = Math.log(law[low] / law[high]) / (high - low);
  if (!(rate > 1e-3)) return 2 * levels; // not yet in the decaying part
  const needed = Math.ceil(high + 1.05 * (Math.log(law[high] / tolerance) / rate)) + 2;
  return Math.max(Math.ceil(1.1 * levels), needed);
}

/** A start: the thresholds that are known, going on with twice their last step. */
function thresholdDecisions(known: readonly number[], levels: number): Decisions {
  const thresholds = known.length < 2 ? [2, 6] : [...known];
  for (let m = thresholds.length; m <= levels; m++) {
    thresholds.push(Math.min(2 * levels, 3 * thresholds[m - 1] - 2 * thresholds[m - 2]));
  }
  const out = new Uint8Array(pairIndex(levels, levels) + 1);
  forEachState(levels, (longer, shorter, state) => {
    out[state] = Number(longer > Math.max(shorter, thresholds[shorter]));
  });
  return out;
}
