import { pairAt, pairIndex } from '../exact/pairChain.ts';
import { type CensoredChain, type ChainRates, censorChain, distributionOf } from '../numeric/gth.ts';
import type { Policy } from '../policy/policy.ts';

/** What is to be small: E[q] of one queue, or the mean time until the last piece of a job ends. */
export type Objective = 'meanQueue' | 'jobDelay';

/** Two queues of which an arrival at the longer one may be sent to the shorter. */
export interface PairModel {
  readonly lambda: number;
  /** Pieces of a migrant. */
  readonly K: number;
  /** Queues sampled; an arrival at the longer queue sees the shorter with probability 1 − 2^−d, always for d = all. */
  readonly d: number | 'all';
  /** Longest queue kept; a piece that would lift a queue above it is lost, as in pairChain. */
  readonly levels: number;
}

/** 1 in the states {longer, shorter}, numbered by pairIndex, where an arrival at the longer queue migrates. */
export type Decisions = Uint8Array;

/** A rule's stationary law in a box. */
export interface PairEvaluation {
  readonly chain: CensoredChain;
  readonly meanQueue: number;
  readonly jobDelay: number;
  readonly migrationFraction: number;
  /** P(the longer queue = l), l = 0 … levels; the last one bounds what the truncation changes. */
  readonly longerLaw: Float64Array;
}

export const seenWith = (d: number | 'all'): number => (d === 'all' ? 1 : 1 - 2 ** -d);

/** Calls `visit` for every state of the box. */
export function forEachState(levels: number, visit: (longer: number, shorter: number, state: number) => void): void {
  for (let longer = 0; longer <= levels; longer++) {
    for (let shorter = 0; shorter <= longer; shorter++) visit(longer, shorter, pairIndex(longer, shorter));
  }
}

/** The decisions of a threshold policy with T(m) ≥ m: migrate iff longer ≥ β(shorter), and never on a tie. */
export function decisionsOf(policy: Policy, levels: number): Decisions {
  const decisions = new Uint8Array(pairIndex(levels, levels) + 1);
  const beta = Array.from({ length: levels + 1 }, (_, m) => policy.beta(m));
  forEachState(levels, (longer, shorter, state) => {
    decisions[state] = Number(longer > shorter && longer >= beta[shorter]);
  });
  return decisions;
}

/**
 * The chain under a rule. An arrival at the shorter queue always stays: to lengthen the longer one, or to become K pieces where
 * it is, can only be worse. A tie has no longer queue, so there nothing migrates either.
 */
export function controlledChain({ lambda, K, d, levels }: PairModel, decisions: Decisions): ChainRates {
  const seen = seenWith(d);
  return {
    size: pairIndex(levels, levels) + 1,
    forEachTransition(state, visit) {
      const [longer, shorter] = pairAt(state);
      const go = (a: number, b: number, rate: number): void => {
        const target = pairIndex(Math.max(a, b), Math.min(a, b));
        if (target !== state && rate > 0) visit(target, rate);
      };
      if (longer > 0) go(longer - 1, shorter, 1);
      if (shorter > 0) go(longer, shorter - 1, 1);
      go(longer, Math.min(levels, shorter + 1), lambda);
      const migrating = decisions[state] === 1 ? seen : 0;
      go(longer, Math.min(levels, shorter + K), lambda * migrating);
      go(Math.min(levels, longer + 1), shorter, lambda * (1 - migrating));
    },
  };
}

/** Cost per unit of time in each state, so that the long-run cost is the objective. */
export function costRates({ K, d, levels }: PairModel, decisions: Decisions, objective: Objective): Float64Array {
  const seen = seenWith(d);
  const cost = new Float64Array(decisions.length);
  forEachState(levels, (longer, shorter, state) => {
    if (objective === 'meanQueue') cost[state] = (longer + shorter) / 2;
    else {
      const migrating = decisions[state] === 1 ? seen : 0;
      cost[state] = (shorter + 1 + migrating * (shorter + K) + (1 - migrating) * (longer + 1)) / 2;
    }
  });
  return cost;
}

/** The exact stationary law of a rule on the box. */
export function evaluatePair(model: PairModel, decisions: Decisions): PairEvaluation {
  const chain = censorChain(controlledChain(model, decisions));
  const pi = distributionOf(chain);
  const delay = costRates(model, decisions, 'jobDelay');
  const seen = seenWith(model.d);
  let meanQueue = 0;
  let jobDelay = 0;
  let migrationFraction = 0;
  const longerLaw = new Float64Array(model.levels + 1);
  // The longest first: the smallest terms are summed before the large ones.
  for (let longer = model.levels; longer >= 0; longer--) {
    for (let shorter = longer; shorter >= 0; shorter--) {
      const state = pairIndex(longer, shorter);
      meanQueue += (pi[state] * (longer + shorter)) / 2;
      jobDelay += pi[state] * delay[state];
      if (decisions[state] === 1) migrationFraction += (pi[state] * seen) / 2;
      longerLaw[longer] += pi[state];
    }
  }
  return { chain, meanQueue, jobDelay, migrationFraction, longerLaw };
}
