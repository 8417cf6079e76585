import type { ChainRates } from '../numeric/gth.ts';
import type { Policy } from '../policy/policy.ts';
import { arrivalOutcomes } from './arrival.ts';

/** Number of the state {longer, shorter} with 0 ≤ shorter ≤ longer: by the longer queue, then the shorter. */
export const pairIndex = (longer: number, shorter: number): number => (longer * (longer + 1)) / 2 + shorter;

/** The state of a number: the inverse of {@link pairIndex}. */
export function pairAt(index: number): readonly [longer: number, shorter: number] {
  const longer = Math.floor((Math.sqrt(8 * index + 1) - 1) / 2);
  return [longer, index - pairIndex(longer, 0)];
}

/**
 * The two queues without their names, which the symmetry of the model allows, on 0 … levels each. Pieces that would
 * lift a queue above `levels` are lost; the mass of the states at that edge says how much this matters.
 */
export function pairChain(policy: Policy, lambda: number, levels: number): ChainRates {
  const outcomes = outcomeTable(policy, levels);
  return {
    size: pairIndex(levels, levels) + 1,
    forEachTransition(state, visit) {
      const [longer, shorter] = pairAt(state);
      const go = (a: number, b: number, rate: number): void => {
        const target = pairIndex(Math.max(a, b), Math.min(a, b));
        if (target !== state) visit(target, rate);
      };
      for (const [origin, other] of [
        [longer, shorter],
        [shorter, longer],
      ]) {
        if (origin > 0) go(origin - 1, other, 1);
        for (const { probability, migrates, atOrigin } of outcomes(origin, other)) {
          const pieces = migrates ? policy.K : 1;
          const rate = lambda * probability;
          if (atOrigin) go(Math.min(levels, origin + pieces), other, rate);
          else go(origin, Math.min(levels, other + pieces), rate);
        }
      }
    },
  };
}

/** {@link arrivalOutcomes} with β looked up: its exact arithmetic would dominate the assembly. */
export function outcomeTable(
  policy: Policy,
  levels: number,
): (origin: number, other: number) => ReturnType<typeof arrivalOutcomes> {
  const beta = Array.from({ length: levels + 1 }, (_, m) => policy.beta(m));
  const looked: Policy = { ...policy, beta: (m) => beta[m] };
  return (origin, other) => arrivalOutcomes(looked, origin, other);
}
