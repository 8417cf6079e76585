import type { Policy } from '../policy/policy.ts';
import { outcomeTable } from './pairChain.ts';
import type { ExactResult } from './twoQueues.ts';

/**
 * The law of a job's delay under the exact stationary law of two queues: weights[k] is the probability that the time
 * until its last piece ends is Erlang with k stages of rate 1, k = q + 1 where it stays and m + K where it migrates.
 */
export function exactDelayLaw(policy: Policy, { joint: { levels, probabilities } }: ExactResult): Float64Array {
  const outcomes = outcomeTable(policy, levels);
  const weights = new Float64Array(levels + policy.K + 1);
  for (let origin = levels; origin >= 0; origin--) {
    for (let other = levels; other >= 0; other--) {
      const mass = probabilities[origin * (levels + 1) + other];
      for (const { probability, migrates, length } of outcomes(origin, other)) {
        weights[length + (migrates ? policy.K : 1)] += mass * probability;
      }
    }
  }
  return weights;
}
