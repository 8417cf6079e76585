import { integerPower } from '../numeric/power.ts';
import type { EquationTables } from './equations.ts';

/** Writes s_i^d into `powers`, 0 beyond the truncation s.length − 1. */
export function tailPowers(s: Float64Array, d: number, powers: Float64Array): Float64Array {
  for (let i = 0; i < powers.length; i++) powers[i] = i < s.length ? integerPower(s[i], d) : 0;
  return powers;
}

/**
 * ds_i/dt for i = 1 … B with B = s.length − 1 and s_i = 0 beyond B; entry 0 is 0. `powers` is scratch of length ≥ B + 2.
 */
export function derivative(
  tables: EquationTables,
  lambda: number,
  s: Float64Array,
  out: Float64Array,
  powers: Float64Array,
): Float64Array {
  const B = s.length - 1;
  tailPowers(s, tables.d, powers);
  out[0] = 0;
  for (let i = 1; i <= B; i++) {
    out[i] = lambda * gain(tables, s, powers, i) - (s[i] - (i < B ? s[i + 1] : 0));
  }
  return out;
}

/** The arrivals to level i per unit of λ: those that stay at length i − 1 and the migrants' pieces that reach i. */
function gain(tables: EquationTables, s: Float64Array, powers: Float64Array, i: number): number {
  return stayGain(tables, s, powers, i) + migrantGain(tables, s, powers, i);
}

const at = (values: Float64Array, i: number): number => (i < values.length ? values[i] : 0);

/** (s_{i−1} − s_i) s_{stay(i)}^d */
export function stayGain(tables: EquationTables, s: Float64Array, powers: Float64Array, i: number): number {
  return (at(s, i - 1) - at(s, i)) * at(powers, tables.stay[i]);
}

/** Σ_m (s_m^d − s_{m+1}^d) s_{origin(i,m)} over m = max(0, i−K) … i−1 */
export function migrantGain(tables: EquationTables, s: Float64Array, powers: Float64Array, i: number): number {
  const { K, origin } = tables;
  let sum = 0;
  for (let k = Math.max(0, K - i); k < K; k++) {
    const from = origin[i * K + k];
    const m = i - K + k;
    if (from >= 0 && from < s.length) sum += (at(powers, m) - at(powers, m + 1)) * s[from];
  }
  return sum;
}
