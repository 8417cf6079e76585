import { realPower } from './power.ts';
import { type Integrator, integrator, scaledError } from './stepControl.ts';

/** y′ = f(t, y), written into `out`. */
export type Derivative = (t: number, y: Float64Array, out: Float64Array) => void;

// Coefficients of DOPRI5: Hairer, Nørsett & Wanner, Solving Ordinary Differential Equations I, table II.5.2.
const A = [
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
];
const C = [1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1];
/** Fifth-order weights minus the embedded fourth-order ones. */
const ERROR = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40];

/**
 * Dormand and Prince's pair of order 5(4) with a PI step-size control that keeps the local error of each component
 * below tolerance·max(1, |y|). Explicit: on stiff components the control holds the step at the stability limit.
 */
export function dormandPrince(f: Derivative, t0: number, y0: Float64Array, tolerance: number): Integrator {
  const size = y0.length;
  const slopes = Array.from({ length: 7 }, () => new Float64Array(size));
  let lastError = 1e-4;
  // PI control with the exponents of DOPRI5's default, β = 0.04.
  const factor = (error: number): number => 0.9 * realPower(Math.max(error, 1e-10), -0.17) * realPower(lastError, 0.04);
  f(t0, y0, slopes[0]);
  return integrator(t0, y0, initialStep(slopes[0], tolerance), {
    // Hot.
    attempt(t, h, y, trial) {
      for (let stage = 0; stage < 6; stage++) {
        const weights = A[stage];
        for (let i = 0; i < size; i++) {
          let sum = 0;
          for (let k = 0; k <= stage; k++) sum += weights[k] * slopes[k][i];
          trial[i] = y[i] + h * sum;
        }
        f(t + C[stage] * h, trial, slopes[stage + 1]);
      }
      let worst = 0;
      for (let i = 0; i < size; i++) {
        let sum = 0;
        for (let k = 0; k < 7; k++) sum += ERROR[k] * slopes[k][i];
        const scaled = scaledError(h * sum, y[i], trial[i], tolerance);
        if (!(scaled <= worst)) worst = scaled;
      }
      return worst;
    },
    accept(h, step, error) {
      const proposed = factor(error);
      lastError = Math.max(error, 1e-4);
      slopes[0].set(slopes[6]); // the last stage is the first of the next step
      return Math.max(step, h) * Math.min(h < step ? 1 : 5, Math.max(0.2, proposed));
    },
    reject: (h, error) => h * Math.max(0.2, Math.min(0.9, factor(error))),
  });
}

function initialStep(slope: Float64Array, tolerance: number): number {
  let steepest = 0;
  for (const value of slope) steepest = Math.max(steepest, Math.abs(value));
  return Math.min(0.1, (0.01 * realPower(tolerance, 0.2)) / Math.max(steepest, 1e-3));
}
