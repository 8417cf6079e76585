import { erlangMixture } from '../delay/erlangMixture.ts';
import { exactDelayLaw } from '../exact/delayLaw.ts';
import { exactTwoQueues } from '../exact/twoQueues.ts';
import { parseRational, toNumber } from '../numeric/rational.ts';
import { makePolicy, type PolicySpec } from '../policy/policy.ts';

/** A system whose stationary law is known: one queue (M/M/1), or two under any policy. */
export interface KnownSystem {
  readonly n: 1 | 2;
  readonly lambda: number | string;
  readonly policy: PolicySpec;
}

/** What an interval may be asked to hold. */
export const MEASURES = ['meanQueue', 'jobDelay', 'migrationFraction', 'delay99'] as const;
export type Measure = (typeof MEASURES)[number];

export interface Truth {
  /** E[q]; mean job delay; p_b; 99 % quantile of the job delay. */
  readonly values: Readonly<Record<Measure, number>>;
  /** P(q ≥ i). */
  readonly tails: ArrayLike<number>;
}

const QUANTILE = 0.99;
const LEVELS = 2000;

/** Exact values. Throws a RangeError where there are none: an unstable rate. */
export function truthOf({ n, lambda, policy: spec }: KnownSystem): Truth {
  const rho = typeof lambda === 'number' ? lambda : toNumber(parseRational(lambda));
  if (n === 1) {
    if (!(rho > 0 && rho < 1)) throw new RangeError(`one queue is stable for 0 < lambda < 1, found ${lambda}`);
    const jobDelay = 1 / (1 - rho);
    const delay99 = -Math.log(1 - QUANTILE) * jobDelay;
    const values = { meanQueue: rho * jobDelay, jobDelay, migrationFraction: 0, delay99 };
    return { values, tails: Float64Array.from({ length: LEVELS }, (_, i) => rho ** i) };
  }
  const policy = makePolicy(spec);
  const exact = exactTwoQueues({ lambda, policy });
  if (exact.status !== 'exact') throw new RangeError(`no exact law of two queues: ${exact.reason}`);
  const { meanQueue, jobDelay, migrationFraction, tails } = exact;
  const delay99 = erlangMixture(exactDelayLaw(policy, exact)).quantile(QUANTILE);
  return { values: { meanQueue, jobDelay, migrationFraction, delay99 }, tails };
}

/** The measure of a simulation's estimates. */
export function measureOf(
  name: Measure,
  estimates: {
    readonly meanQueue: number;
    readonly jobDelay: number;
    readonly migrationFraction: number;
    readonly delayLaw: ArrayLike<number>;
  },
): number {
  return name === 'delay99' ? erlangMixture(estimates.delayLaw).quantile(QUANTILE) : estimates[name];
}
