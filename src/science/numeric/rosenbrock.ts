import { realPower } from './power.ts';
import { type Integrator, integrator, scaledError } from './stepControl.ts';

/** y′ = f(y), written into `out`. */
export type AutonomousDerivative = (y: Float64Array, out: Float64Array) => void;

/** Factors shift·I − ∂f/∂y at y; returns a solver in place of its right-hand side, or null where the matrix is singular. */
export type Linearization = (y: Float64Array, shift: number) => ((rhs: Float64Array) => void) | null;

// RODAS: Hairer & Wanner, Solving Ordinary Differential Equations II, section IV.7 and the code of that name, of order 4(3),
// stiffly accurate and L-stable; in the form that solves without a product by the Jacobian.
const GAMMA = 0.25;
const A = [
  [],
  [1.544],
  [0.9466785280815826, 0.2557011698983284],
  [3.314825187068521, 2.896124015972201, 0.9986419139977817],
  [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895],
];
const C = [
  [],
  [-5.6688],
  [-2.430093356833875, -0.2063599157091915],
  [-0.1073529058151375, -9.594562251023355, -20.47028614809616],
  [7.496443313967647, -10.24680431464352, -33.99990352819905, 11.7089089320616],
  [8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054],
];

/**
 * An integrator for stiff systems: its step is held by the accuracy that is asked for, not by the fastest rate, at the cost of
 * one factorization a step. The error control keeps the local error of each component below tolerance·max(1, |y|).
 */
export function rosenbrock(
  f: AutonomousDerivative,
  linearize: Linearization,
  t0: number,
  y0: Float64Array,
  tolerance: number,
): Integrator {
  const size = y0.length;
  const slope = new Float64Array(size);
  const stages = Array.from({ length: 6 }, () => new Float64Array(size));
  const factor = (error: number): number => Math.min(5, Math.max(0.2, 0.9 * realPower(Math.max(error, 1e-10), -0.25)));
  return integrator(t0, y0, 1e-3, {
    attempt(_, h, y, trial) {
      const solve = linearize(y, 1 / (h * GAMMA));
      if (solve === null) return Number.POSITIVE_INFINITY;
      for (let stage = 0; stage < 6; stage++) {
        // The sixth stage starts where the fifth ended.
        const weights = A[Math.min(stage, 4)];
        for (let i = 0; i < size; i++) {
          let sum = y[i];
          for (let k = 0; k < weights.length; k++) sum += weights[k] * stages[k][i];
          trial[i] = stage === 5 ? sum + stages[4][i] : sum;
        }
        f(trial, slope);
        const current = stages[stage];
        for (let i = 0; i < size; i++) {
          let sum = 0;
          for (let k = 0; k < stage; k++) sum += C[stage][k] * stages[k][i];
          current[i] = slope[i] + sum / h;
        }
        solve(current);
      }
      let worst = 0;
      for (let i = 0; i < size; i++) {
        trial[i] += stages[5][i];
        const scaled = scaledError(stages[5][i], y[i], trial[i], tolerance);
        if (!(scaled <= worst)) worst = scaled;
      }
      return worst;
    },
    // A step that was cut to land says nothing against the one proposed before.
    accept: (h, step, error) => Math.max(h < step ? step : 0, h * factor(error)),
    reject: (h, error) => h * Math.min(0.9, factor(error)),
  });
}
