import { exactTwoQueues } from '../exact/twoQueues.ts';
import { arrivalRate } from '../meanfield/fixedPoint.ts';
import { parseRational } from '../numeric/rational.ts';
import { makePolicy, type PolicySpec } from '../policy/policy.ts';
import { ControlError } from './controlError.ts';
import { decisionsOf, evaluatePair, type Objective, type PairModel } from './pairControl.ts';
import { type MeanFieldProblem, policyValue } from './thresholdValue.ts';

/** A policy by the one or two numbers that a person would tune. */
export interface Member {
  readonly spec: PolicySpec;
  readonly C: number | null;
  /** Exact, as text. */
  readonly alpha: string | null;
}

/** The member of least cost. */
export interface BestMember extends Member {
  readonly meanQueue: number;
  readonly jobDelay: number;
  readonly migrationFraction: number;
}

/** Entries of the table that stands for T(m) = max(αm, m + C), T(0) = C; from there on T grows by one with m. */
const ENTRIES = 16;

/** ABOUNCE(C), C = K … most. */
export function additiveFamily(K: number, d: number | 'all', most: number): Member[] {
  if (!(Number.isInteger(most) && most >= K)) {
    throw new ControlError('most', `the largest C must be an integer ≥ K = ${K}, found ${most}`);
  }
  return Array.from({ length: most - K + 1 }, (_, k) => ({
    spec: { kind: 'abounce' as const, C: K + k, d, K },
    C: K + k,
    alpha: null,
  }));
}

/**
 * MBOUNCE(α) for every fraction 1 < α ≤ most with a denominator up to `finest`. As lengths are integers, αm only passes one at
 * multiples of 1/m, so these stand for all real α as far as states with m ≤ finest matter.
 */
export function multiplicativeFamily(K: number, d: number | 'all', most: number, finest: number): Member[] {
  return factors(most, finest).map((alpha) => ({ spec: { kind: 'mbounce', alpha, d, K }, C: null, alpha }));
}

/** T(m) = max(αm, m + C): multiplicative, but with a floor C of its own instead of K. */
export function flooredFamily(K: number, d: number | 'all', C: number, most: number, finest: number): Member[] {
  if (!(Number.isInteger(C) && C >= 0)) throw new ControlError('C', `the floor C must be an integer ≥ 0, found ${C}`);
  return factors(most, finest).map((alpha) => {
    const { num, den } = parseRational(alpha);
    const thresholds = Array.from({ length: ENTRIES }, (_, m) => Math.max(m + C, Number((num * BigInt(m)) / den)));
    return { spec: { kind: 'table', thresholds, d, K }, C, alpha };
  });
}

function factors(most: number, finest: number): string[] {
  if (!(Number.isInteger(most) && most >= 2)) {
    throw new ControlError('most', `the largest α must be an integer ≥ 2, found ${most}`);
  }
  if (!(Number.isInteger(finest) && finest >= 1 && finest <= 12)) {
    throw new ControlError('finest', `the largest denominator must be an integer from 1 to 12, found ${finest}`);
  }
  const known = new Map<number, string>();
  for (let den = 1; den <= finest; den++) {
    for (let num = den + 1; num <= most * den; num++) {
      // Equal fractions divide to the same double; the first has the smallest denominator.
      if (!known.has(num / den)) known.set(num / den, den === 1 ? `${num}` : `${num}/${den}`);
    }
  }
  return [...known.entries()].sort(([a], [b]) => a - b).map(([, alpha]) => alpha);
}

type Solve = (member: Member) => BestMember | null;

/** Worse members in a row after which a walk ends. */
const PATIENCE = 4;
/** Relative difference below which two members count as equal; the smaller parameter is then taken. */
const EQUAL = 1e-12;

/**
 * The best member for two queues by the exact stationary law, edge mass `tolerance`; null where none of the best few settles. Walks from
 * the largest parameter down, the cost falling first and rising then, until four members in a row were worse, in a box with half the
 * `levels` that the optimal rule needs; the best one there and its neighbours are then solved as exactly as they need.
 */
export function bestPair(
  model: PairModel,
  family: readonly Member[],
  objective: Objective,
  tolerance = 1e-9,
): BestMember | null {
  const { lambda, K } = model;
  const box = { ...model, levels: Math.max(4 * K, Math.ceil(model.levels / 2)) };
  const coarse = walkDown(family, objective, (member) => {
    const found = evaluatePair(box, decisionsOf(makePolicy(member.spec), box.levels));
    return { ...member, ...moments(found) };
  });
  const at = family.findIndex(({ spec }) => spec === coarse?.spec);
  return walkDown(family.slice(Math.max(0, at - 1), at + 2), objective, (member) => {
    const result = exactTwoQueues({ lambda, policy: makePolicy(member.spec), tolerance });
    return result.status === 'exact' ? { ...member, ...moments(result) } : null;
  });
}

/** The best of all members by their mean-field fixed points; null where none settles. Throws MeanFieldError for λ ≤ 0. */
export function bestMeanField(problem: MeanFieldProblem, family: readonly Member[]): BestMember | null {
  arrivalRate(problem.lambda); // a rate that is none is an error, not a family without members
  const solved = family.flatMap((member) => {
    const value = policyValue(problem, makePolicy(member.spec));
    return value === null ? [] : [{ ...member, ...moments(value) }];
  });
  return walkDown(solved, problem.objective, (member) => member as BestMember, Number.POSITIVE_INFINITY);
}

const moments = ({ meanQueue, jobDelay, migrationFraction }: Omit<BestMember, keyof Member>) => ({
  meanQueue,
  jobDelay,
  migrationFraction,
});

function walkDown(
  family: readonly Member[],
  objective: Objective,
  solve: Solve,
  patience = PATIENCE,
): BestMember | null {
  let best: BestMember | null = null;
  let worse = 0;
  for (let k = family.length - 1; k >= 0 && worse < patience; k--) {
    const found = solve(family[k]);
    if (found !== null && (best === null || found[objective] <= best[objective] * (1 + EQUAL))) {
      best = found;
      worse = 0;
    } else worse++;
  }
  return best;
}
