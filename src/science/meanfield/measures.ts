import type { EquationTables } from './equations.ts';
import { migrantGain, stayGain, tailPowers } from './rightHandSide.ts';

/** What a tail profile s_0 = 1 ≥ s_1 ≥ … means for the queues; times in mean service times. */
export interface Measures {
  /** E[q] = Σ_{i≥1} s_i. */
  readonly meanQueue: number;
  /**
   * Mean time until the last piece of a job ends: q + 1 where it stays, m + K where it migrates. Where the printed
   * equations lose arrivals it is the mean over those that they account for.
   */
  readonly jobDelay: number;
  /** Mean time of a single piece in its queue, by Little's law E[q]/s₁. */
  readonly pieceSojourn: number;
  /** p_b, the fraction of arrivals that migrate. */
  readonly migrationFraction: number;
  /** Arrivals per queue and unit of time that neither stay nor migrate: λ minus both flows; rounding unless `printed`. */
  readonly leak: number;
}

/** Needs tables of at least s.length − 1 + K rows. */
export function measure(tables: EquationTables, lambda: number, s: Float64Array): Measures {
  const B = s.length - 1;
  const { K } = tables;
  const powers = tailPowers(s, tables.d, new Float64Array(B + 2));
  let meanQueue = 0;
  for (let i = B; i >= 1; i--) meanQueue += s[i];
  let stays = 0;
  let pieces = 0;
  let delay = 0;
  for (let i = B + K; i >= 1; i--) {
    const stayed = stayGain(tables, s, powers, i);
    stays += stayed;
    delay += stayed * i;
    pieces += migrantGain(tables, s, powers, i);
    delay += migrantDelay(tables, s, powers, i);
  }
  const migrationFraction = pieces / K;
  const accounted = stays + migrationFraction;
  return {
    meanQueue,
    jobDelay: accounted > 0 ? delay / accounted : 0,
    pieceSojourn: s[1] > 0 ? meanQueue / s[1] : 0,
    migrationFraction,
    leak: lambda * (1 - accounted),
  };
}

/** Row i's share of Σ_m p_m s_{β(m)} (m + K): every m appears in K rows, each carrying 1/K of it. */
function migrantDelay(tables: EquationTables, s: Float64Array, powers: Float64Array, i: number): number {
  const { K, origin } = tables;
  let sum = 0;
  for (let k = Math.max(0, K - i); k < K; k++) {
    const from = origin[i * K + k];
    const m = i - K + k;
    if (from < 0 || from >= s.length || m >= s.length) continue;
    sum += ((powers[m] - powers[m + 1]) * s[from] * (m + K)) / K;
  }
  return sum;
}
