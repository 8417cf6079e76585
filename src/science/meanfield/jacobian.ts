import { type LinearSystem, makeLinearSystem } from '../numeric/linearSystem.ts';
import { integerPower } from '../numeric/power.ts';
import type { EquationTables } from './equations.ts';

/** An empty linear system for unknowns s_1 … s_B (row and column i − 1), as narrow as the equations allow. */
export function jacobianSystem(tables: EquationTables, B: number): LinearSystem {
  const { K, stay, origin } = tables;
  let lower = 1;
  let upper = 1;
  for (let i = 1; i <= B; i++) {
    const columns = [Math.max(1, i - K)];
    if (stay[i] >= 1 && stay[i] <= B) columns.push(stay[i]);
    for (let k = 0; k < K; k++) {
      const from = origin[i * K + k];
      if (from >= 1 && from <= B) columns.push(from);
    }
    for (const column of columns) {
      lower = Math.max(lower, i - column);
      upper = Math.max(upper, column - i);
    }
  }
  return makeLinearSystem(B, lower, upper);
}

/**
 * Adds `scale` × ∂(ds_i/dt)/∂s_j for i, j = 1 … B, the analytic Jacobian of the truncated right-hand side.
 */
export function addJacobian(
  system: Pick<LinearSystem, 'add'>,
  tables: EquationTables,
  lambda: number,
  s: Float64Array,
  scale: number,
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
    if (j >= 1 && j <= B && value !== 0) system.add(i - 1, j - 1, scale * value);
  };
  for (let i = 1; i <= B; i++) {
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
