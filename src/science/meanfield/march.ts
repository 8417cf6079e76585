import type { EquationTables } from './equations.ts';
import { addJacobian, jacobianSystem } from './jacobian.ts';
import { derivative } from './rightHandSide.ts';

/** Where time marching ended. */
export interface March {
  readonly s: Float64Array;
  readonly residual: number;
  readonly iterations: number;
}

/**
 * Marches the truncated system towards rest by linearly implicit Euler steps whose size grows as the residual falls
 * (switched evolution relaxation, Kelley & Keyes, SIAM J. Numer. Anal. 35, 1998): a trajectory from `start` at first,
 * Newton's iteration at the end. Stops at a residual below `tolerance` or after `maxIterations`.
 */
export function marchToRest(
  tables: EquationTables,
  lambda: number,
  start: Float64Array,
  tolerance: number,
  maxIterations: number,
): March {
  const B = start.length - 1;
  const system = jacobianSystem(tables, B);
  const powers = new Float64Array(B + 2);
  const slope = new Float64Array(B + 1);
  const s = Float64Array.from(start);
  const step = new Float64Array(B);
  let residual = supNorm(derivative(tables, lambda, s, slope, powers));
  let timeStep = 1;
  let iterations = 0;
  while (residual > tolerance && iterations < maxIterations) {
    iterations++;
    system.clear();
    addJacobian(system, tables, lambda, s, -1);
    for (let i = 0; i < B; i++) {
      system.add(i, i, 1 / timeStep);
      step[i] = slope[i + 1];
    }
    if (!system.factor()) {
      timeStep /= 2;
      continue;
    }
    system.solve(step);
    // Tails are nonincreasing in [0, 1]; a step that leaves this cone is cut back to its edge.
    for (let i = 1; i <= B; i++) s[i] = Math.min(s[i - 1], Math.max(0, s[i] + step[i - 1]));
    const next = supNorm(derivative(tables, lambda, s, slope, powers));
    timeStep = Math.min(1e12, timeStep * Math.min(6, Math.max(0.3, next > 0 ? (1.5 * residual) / next : 6)));
    residual = next;
  }
  return { s, residual, iterations };
}

/** max |x_i| */
export function supNorm(x: Float64Array): number {
  let largest = 0;
  for (const value of x) largest = Math.max(largest, Math.abs(value));
  return largest;
}
