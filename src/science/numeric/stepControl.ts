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

/** A method of integration as the control of its step sees it. */
export interface StepMethod {
  /** A step of size h from (t, y) into `trial`; its error in units of the tolerance, NaN where y stops being finite. */
  attempt(t: number, h: number, y: Float64Array, trial: Float64Array): number;
  /** The step to propose after one of size h was taken; h is below `step`, which was proposed, where it was cut to land. */
  accept(h: number, step: number, error: number): number;
  /** The step to try after one of size h had an error above 1. */
  reject(h: number, error: number): number;
}

/** Steps below this, relative to max(1, |t|), are lost in the rounding of t. */
const SMALLEST = 1e-14;

/** An integrator from (t0, y0) that takes the method's steps, shortened where needed to land on the ends asked for. */
export function integrator(t0: number, y0: Float64Array, step: number, method: StepMethod): Integrator {
  const trial = new Float64Array(y0.length);
  const state = {
    t: t0,
    y: Float64Array.from(y0),
    step,
    accepted: 0,
    rejected: 0,
    advance(end: number): boolean {
      for (;;) {
        const remaining = end - state.t;
        if (!(remaining > 0)) return remaining === 0;
        // A remainder below half a step more is split evenly rather than left as a sliver.
        const landing = state.step >= remaining;
        const h = landing ? remaining : Math.min(state.step, remaining > 1.5 * state.step ? state.step : remaining / 2);
        if (!(h > SMALLEST * Math.max(1, Math.abs(state.t)))) return false;
        const error = method.attempt(state.t, h, state.y, trial);
        if (Number.isNaN(error)) return false;
        if (error <= 1) {
          state.t = landing ? end : state.t + h;
          state.y.set(trial);
          state.accepted++;
          state.step = method.accept(h, state.step, error);
          return true;
        }
        state.rejected++;
        state.step = method.reject(h, error);
      }
    },
  };
  return state;
}

/** `difference` is the error of a component that goes from `from` to `to`, in units of tolerance·max(1, |y|). */
export const scaledError = (difference: number, from: number, to: number, tolerance: number): number =>
  Math.abs(difference) / (tolerance * Math.max(1, Math.abs(from), Math.abs(to)));
