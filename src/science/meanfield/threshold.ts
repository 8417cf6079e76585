import type { Policy } from '../policy/policy.ts';
import { followBranch } from './branch.ts';
import { meanFieldModel } from './equations.ts';
import { standingWave } from './standingWave.ts';

/** The critical arrival rate of a mean field. */
export interface MeanFieldThreshold {
  /**
   * `found`: above λ_c no fixed point is left; `no-threshold`: every λ < 1 has one and λ_c = 1;
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
}

/** Below this distance of s₁ from 1 the axis is out of reach and the profile is the standing wave itself. */
const SATURATED = 1e-13;
const ROUNDING = 1e-12;

/**
 * λ_c of the mean field: the largest λ at which a travelling wave of the saturated system (relative lengths, departures
 * never stop) stands still, λ(1 + (K−1)p_b(λ)) = 1. It is the limit of the branch of fixed points as its front leaves
 * the axis. Where the branch folds back earlier, its largest λ counts, since a positive fixed point exists up to there.
 *
 * Multiplicative thresholds and K = 1 lose no throughput in the limit and have none. Throws MeanFieldError for d = all.
 */
export function meanFieldThreshold({ policy }: { readonly policy: Policy }): MeanFieldThreshold {
  const model = meanFieldModel(policy);
  if (model.additiveGap === null || model.K === 1) {
    return { status: 'no-threshold', lambdaCritical: 1, lo: 1, hi: 1, standingFrom: 1 };
  }
  const axisEnd = policy.spec.kind === 'table' ? policy.spec.thresholds!.length : 1;
  let largest = 0;
  for (const point of followBranch(model)) {
    largest = Math.max(largest, point.lambda);
    if (1 - point.s[axisEnd] > SATURATED) continue;
    const wave = standingWave(model, point);
    if (wave === null) break;
    const lambdaCritical = Math.max(wave.greatest, largest);
    const [lo, hi] = [lambdaCritical - ROUNDING, lambdaCritical + ROUNDING];
    return { status: 'found', lambdaCritical, lo, hi, standingFrom: wave.least };
  }
  return { status: 'undecided', lambdaCritical: null, lo: null, hi: null, standingFrom: null };
}
