import { bisect } from '../numeric/bisect.ts';
import { stationaryDistribution } from '../numeric/gth.ts';
import type { Policy } from '../policy/policy.ts';
import { arrivalOutcomes } from './arrival.ts';

/** The critical arrival rate of two queues. */
export interface ExactThreshold {
  /** `found`: stable below λ_c, not above; `no-threshold`: stable for every λ < 1, λ_c = 1. */
  readonly status: 'found' | 'no-threshold';
  readonly lambdaCritical: number;
  readonly lo: number;
  readonly hi: number;
}

/** Differences kept in the induced chain beyond the threshold; each further one is rarer by a factor near 1/2 or less. */
const DIFFERENCES = 240;

/**
 * λ_c for n = 2 and any d: far from both axes D = |q₁ − q₂| is a chain of its own, and the pair is stable iff what
 * it brings, λ(1 + (K−1)p_b), is below the service rate 1. For d = all, p_b = P(D > C)/2 (strict comparison).
 * MBOUNCE keeps every λ < 1 (Theorem 3), as does K = 1, where migration costs nothing, or never migrating.
 */
export function exactThreshold({ policy }: { readonly policy: Policy }): ExactThreshold {
  const { kind, thresholds } = policy.spec;
  if (kind === 'none' || kind === 'mbounce' || policy.K === 1) {
    return { status: 'no-threshold', lambdaCritical: 1, lo: 1, hi: 1 };
  }
  const far = kind === 'table' ? thresholds!.length : 0;
  const holds = (lambda: number): boolean => lambda * (1 + (policy.K - 1) * inducedMigration(policy, far, lambda)) < 1;
  const { lo, hi } = bisect(holds, 1 / policy.K / 2, 1, 1e-14);
  return { status: 'found', lambdaCritical: lo + (hi - lo) / 2, lo, hi };
}

/** p_b of the induced chain, the shorter queue standing at `far`, from where on the threshold is additive. */
function inducedMigration(policy: Policy, far: number, lambda: number): number {
  const gap = policy.beta(far) - far;
  const size = gap + policy.K + DIFFERENCES;
  const shifted: Policy = { ...policy, beta: (m) => m + gap };
  const pi = stationaryDistribution({
    size,
    forEachTransition(D, visit) {
      const go = (longer: number, shorter: number, rate: number): void => {
        const target = Math.min(size - 1, Math.abs(longer - shorter));
        if (target !== D) visit(target, rate);
      };
      for (const [origin, other] of [
        [D, 0],
        [0, D],
      ]) {
        go(origin - 1, other, 1);
        for (const { probability, migrates, atOrigin } of arrivalOutcomes(shifted, origin, other)) {
          const pieces = migrates ? policy.K : 1;
          if (atOrigin) go(origin + pieces, other, lambda * probability);
          else go(origin, other + pieces, lambda * probability);
        }
      }
    },
  });
  let migrating = 0;
  for (let D = size - 1; D >= 0; D--) {
    for (const [origin, other] of [
      [D, 0],
      [0, D],
    ]) {
      for (const { probability, migrates } of arrivalOutcomes(shifted, origin, other)) {
        if (migrates) migrating += (pi[D] * probability) / 2;
      }
    }
  }
  return migrating;
}
