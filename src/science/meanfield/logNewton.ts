import type { EquationTables } from './equations.ts';
import { jacobianSystem } from './jacobian.ts';

/** ln s_0 … ln s_N solving the fixed-point equations, each level to a small relative error. */
export interface LogProfile {
  readonly logs: Float64Array;
  /** Largest last Newton change of a ln s_i relative to max(1, |ln s_i|). */
  readonly change: number;
  readonly iterations: number;
  readonly converged: boolean;
}

/**
 * Newton's method on L_i = ln s_i for the equations divided by s_i, with the analytic Jacobian. In these variables
 * a level of 1e−300 is resolved as well as one of 0.9. The last equation is closed with a geometric continuation,
 * s_{N+1} = s_N²/s_{N−1}, exact without sharing and negligible where tails fall faster.
 * Levels up to `base` are taken to be full, s_i = 1, and stay so.
 */
export function solveLogProfile(
  tables: EquationTables,
  lambda: number,
  start: ArrayLike<number>,
  base = 0,
): LogProfile {
  const N = start.length - 1;
  const logs = Float64Array.from(start, (log, i) => (i <= base ? 0 : log));
  const system = jacobianSystem(tables, N, base);
  const rhs = new Float64Array(N - base);
  let change = Number.POSITIVE_INFINITY;
  let iterations = 0;
  for (; iterations < 40; iterations++) {
    system.clear();
    assemble(tables, lambda, logs, base, system, rhs);
    if (!system.factor()) break;
    system.solve(rhs);
    let largest = 0;
    for (let i = base + 1; i <= N; i++) {
      largest = Math.max(largest, Math.abs(rhs[i - base - 1]) / Math.max(1, Math.abs(logs[i])));
    }
    if (!Number.isFinite(largest)) break;
    const previous = change;
    change = largest;
    // Far from the solution a full step can leave s ≤ 1: take at most one unit of relative change.
    const damping = largest > 0.5 ? 0.5 / largest : 1;
    for (let i = base + 1; i <= N; i++) logs[i] += damping * rhs[i - base - 1];
    if (change < 1e-14 || (change < 1e-9 && change >= previous / 2)) break;
  }
  return { logs, change, iterations: iterations + 1, converged: change < 1e-9 && isTail(logs) };
}

/** Whether 0 = L_0 ≥ L_1 ≥ … up to rounding, which is all that is left of 1 − s_i below a high front. */
function isTail(logs: Float64Array): boolean {
  for (let i = 1; i < logs.length; i++) if (!(logs[i] < logs[i - 1] + 1e-12)) return false;
  return true;
}

/** Jacobian of F_i(L) = (ds_i/dt)/s_i into `system`, −F into `rhs`. */
function assemble(
  tables: EquationTables,
  lambda: number,
  L: Float64Array,
  base: number,
  system: { add(row: number, column: number, value: number): void },
  rhs: Float64Array,
): void {
  const N = L.length - 1;
  const { d, K, stay, origin } = tables;
  const add = (i: number, j: number, value: number): void => {
    if (j > base && j <= N && value !== 0) system.add(i - base - 1, j - base - 1, value);
  };
  for (let i = base + 1; i <= N; i++) {
    let F = 0;
    const t = stay[i];
    if (t <= N) {
      const enters = lambda * Math.exp(L[i - 1] - L[i] + d * L[t]);
      const net = enters - lambda * Math.exp(d * L[t]);
      F += net;
      add(i, i - 1, enters);
      add(i, i, -enters);
      add(i, t, d * net);
    }
    for (let k = Math.max(0, K - i); k < K; k++) {
      const from = origin[i * K + k];
      if (from < 0 || from > N) continue;
      const m = i - K + k;
      const atLeast = lambda * Math.exp(d * L[m] + L[from] - L[i]);
      const above = m < N ? lambda * Math.exp(d * L[m + 1] + L[from] - L[i]) : 0;
      const net = atLeast - above;
      F += net;
      add(i, m, d * atLeast);
      add(i, m + 1, -d * above);
      add(i, from, net);
      add(i, i, -net);
    }
    const leaves = i < N ? Math.exp(L[i + 1] - L[i]) : Math.exp(L[N] - L[N - 1]);
    F -= 1 - leaves;
    if (i < N) {
      add(i, i + 1, leaves);
      add(i, i, -leaves);
    } else {
      add(i, i, leaves);
      add(i, i - 1, -leaves);
    }
    rhs[i - base - 1] = -F;
  }
}
