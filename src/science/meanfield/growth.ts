import { bisect } from '../numeric/bisect.ts';
import { integerPower, realPower } from '../numeric/power.ts';
import { MeanFieldError } from './equations.ts';

/**
 * The factor r > 1 by which −ln s_i grows per level under an additive threshold that migrates from a difference of
 * `gap` on: staying dominates deep in the tail, s_i ≈ λ s_{i−1} s_{i−gap}^d, so r^gap = r^{gap−1} + d.
 */
export function growthRateOfGap(gap: number, d: number): number {
  if (!(Number.isInteger(gap) && gap >= 1))
    throw new MeanFieldError('C', `the gap must be an integer ≥ 1, found ${gap}`);
  if (!(Number.isInteger(d) && d >= 1)) throw new MeanFieldError('d', `d must be an integer ≥ 1, found ${d}`);
  // r^gap − r^{gap−1} = r^{gap−1}(r − 1) increases from 0 at r = 1 to above d at r = 1 + d.
  const { lo, hi } = bisect((r) => integerPower(r, gap - 1) * (r - 1) <= d, 1, 2 + d);
  return lo + (hi - lo) / 2;
}

/** ABOUNCE(C, d) under the strict comparison: r^{C+1} = r^C + d. */
export const additiveGrowthRate = (C: number, d: number): number => growthRateOfGap(C + 1, d);

/** What Lemma 2 prints for it: (d+1)^{1/(2(K+1))} a level. */
export const printedGrowthRate = (K: number, d: number): number => realPower(d + 1, 1 / (2 * (K + 1)));
