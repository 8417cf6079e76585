import { meanFieldModel } from '../meanfield/equations.ts';
import { arrivalRate, fixedPoint } from '../meanfield/fixedPoint.ts';
import { makePolicy, type Policy } from '../policy/policy.ts';
import { marginalCosts, type Prices, prices } from './marginalCost.ts';
import type { Objective } from './pairControl.ts';

/** A mean field in which many queues are to be kept short. */
export interface MeanFieldProblem {
  readonly lambda: number | string;
  /** Queues sampled, an integer ≥ 1. */
  readonly d: number;
  readonly K: number;
  readonly objective: Objective;
}

/** A policy at its mean-field fixed point. */
export interface PolicyValue {
  readonly meanQueue: number;
  readonly jobDelay: number;
  readonly migrationFraction: number;
  readonly tails: Float64Array;
}

/** Levels at which prices are known, whether or not any queue gets there. */
const PRICED = 256;

/** The policy T(0), T(1), … that goes on with slope one. */
export const tablePolicy = ({ d, K }: MeanFieldProblem, thresholds: readonly number[]): Policy =>
  makePolicy({ kind: 'table', thresholds, d, K });

/** Null where the queues do not settle. Throws MeanFieldError for λ ≤ 0. */
export function policyValue({ lambda }: MeanFieldProblem, policy: Policy): PolicyValue | null {
  const point = fixedPoint({ lambda, policy });
  return point.status === 'converged' ? point : null;
}

/** What staying and migrating cost at the fixed point of a policy; null where it cannot be linearised. */
export function pricesAt(problem: MeanFieldProblem, policy: Policy, tails: Float64Array): Prices | null {
  const lambda = arrivalRate(problem.lambda);
  const s = new Float64Array(Math.max(PRICED, tails.length) + 1);
  s.set(tails);
  const costs = marginalCosts(meanFieldModel(policy).tables(s.length), lambda, s, problem.objective);
  return costs === null ? null : prices(costs, lambda, problem.K, problem.objective);
}
