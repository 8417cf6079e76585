import { realPower } from './power.ts';
/** y′ = f(t, y), written into `out`. */
export type Derivative = (t: number, y: Float64Array, out: Float64Array) => void;

/** An adaptive step ready to be taken, and the state that it starts from. */
export interface Integrator {
  t: number;
  readonly y: Float64Array;
  /** Step size that the error control proposes next. */
  step: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Takes one accepted step that does not pass `end`; false when the step size underflows or y stops being finite. */
  advance(end: number): boolean;
}

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
  const y = Float64Array.from(y0);
  const trial = new Float64Array(size);
  const slopes = Array.from({ length: 7 }, () => new Float64Array(size));
  let lastError = 1e-4;
  f(t0, y, slopes[0]);
  const state = {
    t: t0,
    y,
    step: initialStep(slopes[0], tolerance),
    accepted: 0,
    rejected: 0,
    advance(end: number): boolean {
      for (;;) {
        const remaining = end - state.t;
        if (!(remaining > 0)) return remaining === 0;
        // A remainder below half a step more is split evenly rather than left as a sliver.
        const landing = state.step >= remaining;
        const h = landing ? remaining : Math.min(state.step, remaining > 1.5 * state.step ? state.step : remaining / 2);
        if (!(h > 1e-14 * Math.max(1, Math.abs(state.t)))) return false;
        const error = attempt(h);
        if (Number.isNaN(error)) return false;
        // PI control with the exponents of DOPRI5's default, β = 0.04.
        const factor = 0.9 * realPower(Math.max(error, 1e-10), -0.17) * realPower(lastError, 0.04);
        if (error <= 1) {
          lastError = Math.max(error, 1e-4);
          state.t = landing ? end : state.t + h;
          state.y.set(trial);
          slopes[0].set(slopes[6]);
          state.accepted++;
          state.step = Math.max(state.step, h) * Math.min(h < state.step ? 1 : 5, Math.max(0.2, factor));
          return true;
        }
        state.rejected++;
        state.step = h * Math.max(0.2, Math.min(0.9, factor));
      }
    },
  };

  /** One step of size h into `trial`; returns its scaled error. Hot. */
  function attempt(h: number): number {
    for (let stage = 0; stage < 6; stage++) {
      const weights = A[stage];
      for (let i = 0; i < size; i++) {
        let sum = 0;
        for (let k = 0; k <= stage; k++) sum += weights[k] * slopes[k][i];
        trial[i] = y[i] + h * sum;
      }
      f(state.t + C[stage] * h, trial, slopes[stage + 1]);
    }
    let worst = 0;
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let k = 0; k < 7; k++) sum += ERROR[k] * slopes[k][i];
      const scaled = Math.abs(h * sum) / (tolerance * Math.max(1, Math.abs(y[i]), Math.abs(trial[i])));
      if (!(scaled <= worst)) worst = scaled;
    }
    return worst;
  }
  return state;
}

function initialStep(slope: Float64Array, tolerance: number): number {
  let steepest = 0;
  for (const value of slope) steepest = Math.max(steepest, Math.abs(value));
  return Math.min(0.1, (0.01 * realPower(tolerance, 0.2)) / Math.max(steepest, 1e-3));
}
