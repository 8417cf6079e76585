import { additiveFrom } from './additiveFrom.ts';
import {
  type ExactMeasures,
  type ExactOptions,
  type ExactResult,
  exactTwoQueues,
  type NoExactResult,
} from './twoQueues.ts';
import { exactUnboundedPair } from './unboundedPair.ts';

/** A box of so many levels takes half a second; beyond it, lengths without bound are the faster as well. */
const BOX = 160;

/**
 * Stationary law of two queues by the method that reaches it: a box, with the joint law, where one is large enough or asked for,
 * else, under thresholds that are additive for long queues, without a bound on lengths and without the joint law.
 */
export function exactPair(options: Omit<ExactOptions, 'mostLevels'>): ExactResult | ExactMeasures | NoExactResult {
  if (options.levels !== undefined || additiveFrom(options.policy.spec) === null) return exactTwoQueues(options);
  const boxed = exactTwoQueues({ ...options, mostLevels: Math.max(BOX, 2 * options.policy.K) });
  return boxed.status === 'undecided' && boxed.levels > 0 ? exactUnboundedPair(options) : boxed;
}
