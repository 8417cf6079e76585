import type { EquationTables } from '../meanfield/equations.ts';
import { addJacobian } from '../meanfield/jacobian.ts';
import { tailPowers } from '../meanfield/rightHandSide.ts';
import { factorLu, solveLu } from '../numeric/lu.ts';
import { integerPower } from '../numeric/power.ts';
import type { Objective } from './pairControl.ts';

/**
 * What a piece costs at a mean-field fixed point s: W_i, i = 1 … B (entry 0 is 0), is by how much the objective rises per
 * unit of flow of pieces that raise a queue to length i. It is the adjoint of the fixed point, −DF(s)ᵀ W = ∂J/∂s, by which any change
 * of a policy moves the objective to first order. Null where DF(s) is singular. `tables` must have s.length − 1 rows.
 */
export function marginalCosts(
  tables: EquationTables,
  lambda: number,
  s: Float64Array,
  objective: Objective,
): Float64Array | null {
  const B = s.length - 1;
  const transposed = new Float64Array(B * B);
  const into = {
    add(row: number, column: number, value: number): void {
      transposed[column * B + row] += value;
    },
  };
  addJacobian(into, tables, lambda, s, -1);
  const lu = factorLu(transposed, B);
  if (!lu.regular) return null;
  const slopes = objective === 'meanQueue' ? new Float64Array(B).fill(1) : delaySlopes(tables, s);
  const costs = new Float64Array(B + 1);
  costs.set(solveLu(lu, slopes), 1);
  return costs;
}

/** ∂/∂s_j, j = 1 … B (entry j − 1), of Σ_q (s_q − s_{q+1}) s_{θ(q)}^d (q+1) + Σ_m p_m s_{β(m)} (m+K), p_m = s_m^d − s_{m+1}^d. */
function delaySlopes(tables: EquationTables, s: Float64Array): Float64Array {
  const B = s.length - 1;
  const { d, K, stay, origin } = tables;
  const powers = tailPowers(s, d, new Float64Array(B + 2));
  const slope = (i: number): number => d * integerPower(s[i], d - 1);
  const out = new Float64Array(B);
  const add = (j: number, value: number): void => {
    if (j >= 1 && j <= B) out[j - 1] += value;
  };
  for (let q = 0; q < B; q++) {
    const t = stay[q + 1];
    if (t > B) continue;
    add(q, powers[t] * (q + 1));
    add(q + 1, -powers[t] * (q + 1));
    add(t, (s[q] - s[q + 1]) * slope(t) * (q + 1));
  }
  for (let m = 0; m < B; m++) {
    const from = origin[(m + 1) * K + K - 1]; // β(m) stands in row m + 1
    if (from < 0 || from > B) continue;
    add(m, slope(m) * s[from] * (m + K));
    add(m + 1, -slope(m + 1) * s[from] * (m + K));
    add(from, (powers[m] - powers[m + 1]) * (m + K));
  }
  return out;
}

/** An arrival's price for staying at length q, and for migrating to a queue of length m: it goes where it costs less. */
export interface Prices {
  /** q + 1 + λ W_{q+1}, q = 0 …; without the first two terms for E[q]. */
  readonly stay: Float64Array;
  /** m + K + λ(W_{m+1} + … + W_{m+K}), m = 0 …; likewise. */
  readonly migrate: Float64Array;
}

/**
 * The objective's derivative with respect to the probability u(m, q) that an arrival at length q migrates to length m is
 * p_m (s_q − s_{q+1}) (migrate(m) − stay(q)): a rule is stationary iff every arrival takes the cheaper of the two.
 */
export function prices(costs: Float64Array, lambda: number, K: number, objective: Objective): Prices {
  const B = costs.length - 1;
  const own = objective === 'jobDelay' ? 1 : 0;
  const stay = Float64Array.from({ length: B }, (_, q) => own * (q + 1) + lambda * costs[q + 1]);
  const migrate = Float64Array.from({ length: Math.max(0, B - K + 1) }, (_, m) => {
    let pieces = 0;
    for (let i = m + 1; i <= m + K; i++) pieces += costs[i];
    return own * (m + K) + lambda * pieces;
  });
  return { stay, migrate };
}
