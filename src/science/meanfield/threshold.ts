import type { Policy } from '../policy/policy.ts';
import { followBranch } from './branch.ts';
import { meanFieldModel } from './equations.ts';
import { standingWave } from './standingWave.ts';

/** The critical arrival rate of a mean field. */
export interface MeanFieldThreshold {
  /**
   * `found`: above λ_c high fronts rise for ever; `no-threshold`: every λ < 1 has a fixed point and λ_c = 1;
   * `undecided`: the branch of fixed points could not be followed to saturation.
   */
  readonly status: 'found' | 'no-threshold' | 'undecided';
  /** λ_c; null when undecided. */
  readonly lambdaCritical: number | null;
  /** A bracket of λ_c as wide as the rounding. */
  readonly lo: number | null;
  readonly hi: number | null;
  /** From here to λ_c fronts stand still at every height: the mean field neither recovers nor grows. */
  readonly standingFrom: number | null;
  /**
   * Largest λ with a positive fixed point. Above λ_c where the threshold is more cautious near the axis than far from
   * it, as a table can be: there the empty system settles while a crowded one grows.
   */
  readonly largestFixedPoint: number | null;
}

/** Below this distance of s₁ from 1 the axis is out of reach and the profile is the standing wave itself. */
const SATURATED = 1e-13;
const ROUNDING = 1e-12;

/**
 * λ_c of the mean field: the largest λ at which a travelling wave of the saturated system (relative lengths, departures
 * never stop) stands still, λ(1 + (K−1)p_b(λ)) = 1. It is the limit of the branch of fixed points as its front leaves
 * the axis.
 *
 * Multiplicative thresholds and K = 1 lose no throughput in the limit and have none. Throws MeanFieldError for d = all.
 */
export function meanFieldThreshold({ policy }: { readonly policy: Policy }): MeanFieldThreshold {
  const model = meanFieldModel(policy);
  if (model.additiveGap === null || model.K === 1) {
    return { status: 'no-threshold', lambdaCritical: 1, lo: 1, hi: 1, standingFrom: 1, largestFixedPoint: 1 };
  }
  const axisEnd = policy.spec.kind === 'table' ? policy.spec.thresholds!.length : 1;
  let largest = 0;
  for (const point of followBranch(model)) {
    largest = Math.max(largest, point.lambda);
    if (1 - point.s[axisEnd] > SATURATED) continue;
    const wave = standingWave(model, point);
    if (wave === null) break;
    return {
      status: 'found',
      lambdaCritical: wave.greatest,
      lo: wave.greatest - ROUNDING,
      hi: wave.greatest + ROUNDING,
      standingFrom: wave.least,
      largestFixedPoint: Math.max(largest, wave.greatest),
    };
  }
  return { status: 'undecided', lambdaCritical: null, lo: null, hi: null, standingFrom: null, largestFixedPoint: null };
}
