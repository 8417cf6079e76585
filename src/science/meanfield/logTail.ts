import type { EquationTables } from './equations.ts';

/**
 * Continues ln s_i below what the head of a profile resolves, from the leading terms of the summed fixed-point balance
 *
 *   s_i = λ Σ_{q ≥ i−1} (s_q − s_{q+1}) s_{θ(q)}^d + λ Σ_{j ≥ i} Σ_m p_m s_{β(m)},
 *
 * which are λ s_{i−1} s_{θ(i−1)}^d and, for m = i−K+k and β(m) < i, (k+1) λ s_m^d s_{β(m)}. What is left out is smaller
 * by factors that themselves vanish like s_{θ(i)}^d. `logs` holds ln s_0 … ln s_k, k ≥ 1.
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
    let next = t < i ? tail[i - 1] + d * tail[t] : Number.NEGATIVE_INFINITY;
    for (let k = Math.max(0, K - i); k < K; k++) {
      const from = origin[i * K + k];
      if (from >= 0 && from < i) next = logSum(next, Math.log(k + 1) + d * tail[i - K + k] + tail[from]);
    }
    next += logLambda;
    if (!(next < tail[i - 1])) break;
    tail.push(next);
  }
  return tail;
}

/** ln(e^a + e^b) */
function logSum(a: number, b: number): number {
  const high = Math.max(a, b);
  const gap = Math.min(a, b) - high;
  return gap > -40 ? high + Math.log1p(Math.exp(gap)) : high;
}
