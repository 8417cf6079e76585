import { type LinearSystem, makeLinearSystem } from '../numeric/linearSystem.ts';
import { integerPower } from '../numeric/power.ts';
import type { EquationTables } from './equations.ts';

/**
 * An empty linear system for unknowns s_{base+1} … s_B (row and column i − base − 1), as narrow as the equations allow.
 * Levels up to `base` are known.
 */
export function jacobianSystem(tables: EquationTables, B: number, base = 0): LinearSystem {
  const { K, stay, origin } = tables;
  let lower = 1;
  let upper = 1;
  for (let i = base + 1; i <= B; i++) {
    const columns = [Math.max(base + 1, i - K)];
    if (stay[i] > base && stay[i] <= B) columns.push(stay[i]);
    for (let k = 0; k < K; k++) {
      const from = origin[i * K + k];
      if (from > base && from <= B) columns.push(from);
    }
    for (const column of columns) {
      lower = Math.max(lower, i - column);
      upper = Math.max(upper, column - i);
    }
  }
  return makeLinearSystem(B - base, lower, upper);
}

/**
 * Adds `scale` × ∂(ds_i/dt)/∂s_j for i, j = base + 1 … B, the analytic Jacobian of the truncated right-hand side.
 */
export function addJacobian(
  system: Pick<LinearSystem, 'add'>,
  tables: EquationTables,
  lambda: number,
  s: Float64Array,
  scale: number,
  base = 0,
): void {
  const B = s.length - 1;
  const { d, K, stay, origin } = tables;
  const slopes = new Float64Array(B + 2);
  const powers = new Float64Array(B + 2);
  for (let i = 0; i <= B; i++) {
    const below = integerPower(s[i], d - 1);
    slopes[i] = d * below;
    powers[i] = below * s[i];
  }
  const add = (i: number, j: number, value: number): void => {
    if (j > base && j <= B && value !== 0) system.add(i - base - 1, j - base - 1, scale * value);
  };
  for (let i = base + 1; i <= B; i++) {
    const t = stay[i];
    const factor = t <= B ? powers[t] : 0;
    add(i, i - 1, lambda * factor);
    add(i, i, -lambda * factor - 1);
    add(i, i + 1, 1);
    if (t <= B) add(i, t, lambda * (s[i - 1] - s[i]) * slopes[t]);
    for (let k = Math.max(0, K - i); k < K; k++) {
      const from = origin[i * K + k];
      if (from < 0 || from > B) continue;
      const m = i - K + k;
      add(i, m, lambda * slopes[m] * s[from]);
      add(i, m + 1, -lambda * slopes[m + 1] * s[from]);
      add(i, from, lambda * (powers[m] - powers[m + 1]));
    }
  }
}
