import type { EquationTables } from './equations.ts';

/**
 * Continues ln s_i below what the head of a profile resolves, from the leading term of the summed fixed-point balance
 *
 *   s_i = λ Σ_{q ≥ i−1} (s_q − s_{q+1}) s_{θ(q)}^d + λ Σ_{j ≥ i} Σ_m p_m s_{β(m)},
 *
 * which is λ s_{i−1} s_{θ(i−1)}^d where staying dominates and λ s_{i−1}^d s_{β(i−1)} where ties migrate too: the terms
 * left out are smaller by factors that themselves vanish like s_{θ(i)}^d. `logs` holds ln s_0 … ln s_k, k ≥ 1.
 * Ends at the first level at or below `floor` (included), or after `maxLevels` levels.
 */
export function continueLogTail(
  tables: (rows: number) => EquationTables,
  logLambda: number,
  logs: ArrayLike<number>,
  floor: number,
  maxLevels: number,
): number[] {
  const tail = Array.from(logs);
  let { stay, origin, rows, d, K } = tables(Math.min(maxLevels, 2 * tail.length));
  while (tail.length <= maxLevels && tail[tail.length - 1] > floor) {
    const i = tail.length;
    if (i > rows) ({ stay, origin, rows, d, K } = tables(Math.min(maxLevels, 2 * i)));
    const t = stay[i];
    // With t = i the stay term holds s_i^{d+1} itself and cannot lead; the migrants that join length i − 1 do.
    const staying = t < i ? logLambda + tail[i - 1] + d * tail[t] : Number.NEGATIVE_INFINITY;
    const from = origin[i * K + K - 1];
    const migrating = from >= 0 && from < i ? logLambda + d * tail[i - 1] + tail[from] : Number.NEGATIVE_INFINITY;
    const next = Math.max(staying, migrating);
    if (!(next < tail[i - 1])) break;
    tail.push(next);
  }
  return tail;
}
