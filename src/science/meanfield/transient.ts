import { dormandPrince } from '../numeric/dormandPrince.ts';
import type { Policy } from '../policy/policy.ts';
import { type Equations, MeanFieldError, meanFieldModel } from './equations.ts';
import { arrivalRate } from './fixedPoint.ts';
import { derivative } from './rightHandSide.ts';

export interface TransientOptions {
  readonly lambda: number | string;
  readonly policy: Policy;
  readonly equations?: Equations;
  /** Where to start: the empty system (default) or tails s_0 = 1 ≥ s_1 ≥ … ≥ 0, zero beyond the end given. */
  readonly initial?: 'empty' | ArrayLike<number>;
  /** Nondecreasing times ≥ 0, in mean service times. */
  readonly times: readonly number[];
  /** Local error per step of each s_i, and the height at which the truncation is extended. Default 1e−10. */
  readonly tolerance?: number;
}

export interface Transient {
  /** `completed`; `truncated`: more than 4096 levels were needed; `failed`: the step size underflowed. */
  readonly status: 'completed' | 'truncated' | 'failed';
  /** The times that were reached. */
  readonly times: readonly number[];
  /** s_0 … s_B at each of them; B grows with the tail. */
  readonly tails: readonly Float64Array[];
  /** Σ_{i≥1} s_i at each of them. */
  readonly meanQueue: readonly number[];
  readonly steps: number;
  readonly rejectedSteps: number;
}

const FIRST_LEVELS = 32;
const MAX_LEVELS = 4096;

/**
 * Integrates ds/dt of the mean field (equations (1), (2) of the paper and their general form). The truncation is checked
 * after every step and extended before the highest level holds more than a hundredth of the tolerance.
 */
export function transient(options: TransientOptions): Transient {
  const { policy, equations = 'policy', times, tolerance = 1e-10 } = options;
  const lambda = arrivalRate(options.lambda);
  const model = meanFieldModel(policy, equations);
  checkTimes(times);
  if (!(tolerance > 0 && tolerance < 0.1)) {
    throw new MeanFieldError('tolerance', `the tolerance must lie between 0 and 0.1, found ${tolerance}`);
  }
  const visible = tolerance / 100;
  const margin = 2 + model.K;

  const start = (t: number, s: ArrayLike<number>, levels: number) => {
    const tables = model.tables(levels);
    const powers = new Float64Array(levels + 2);
    const y = new Float64Array(levels + 1);
    y.set(s);
    return dormandPrince((_, state, out) => void derivative(tables, lambda, state, out, powers), t, y, tolerance);
  };

  const first = initialTails(options.initial ?? 'empty');
  let levels = Math.max(FIRST_LEVELS, first.length + margin);
  let integrator = start(0, first, levels);
  const result = { times: [] as number[], tails: [] as Float64Array[], meanQueue: [] as number[] };
  let steps = 0;
  let rejectedSteps = 0;
  let status: Transient['status'] = 'completed';
  reaching: for (const time of times) {
    while (integrator.t < time) {
      const rejectedBefore = integrator.rejected;
      if (!integrator.advance(time)) {
        status = 'failed';
        break reaching;
      }
      steps++;
      rejectedSteps += integrator.rejected - rejectedBefore;
      if (integrator.y[levels - margin] > visible) {
        if (2 * levels > MAX_LEVELS) {
          status = 'truncated';
          break reaching;
        }
        levels *= 2;
        const { step } = integrator;
        integrator = start(integrator.t, integrator.y, levels);
        integrator.step = step;
      }
    }
    result.times.push(time);
    result.tails.push(Float64Array.from(integrator.y));
    result.meanQueue.push(sumFromSmallest(integrator.y));
  }
  return { status, ...result, steps, rejectedSteps };
}

function checkTimes(times: readonly number[]): void {
  times.forEach((time, k) => {
    if (!(time >= 0 && Number.isFinite(time)) || (k > 0 && time < times[k - 1])) {
      throw new MeanFieldError('times', `times must be finite, ≥ 0 and nondecreasing, found ${time} at position ${k}`);
    }
  });
}

function initialTails(initial: 'empty' | ArrayLike<number>): ArrayLike<number> {
  if (initial === 'empty') return [1];
  if (initial[0] !== 1) throw new MeanFieldError('initial', `initial tails start with s_0 = 1, found ${initial[0]}`);
  for (let i = 1; i < initial.length; i++) {
    if (!(initial[i] <= initial[i - 1] && initial[i] >= 0)) {
      throw new MeanFieldError(
        'initial',
        `initial tails must not increase or be negative, found s_${i} = ${initial[i]}`,
      );
    }
  }
  return initial;
}

function sumFromSmallest(s: Float64Array): number {
  let sum = 0;
  for (let i = s.length - 1; i >= 1; i--) sum += s[i];
  return sum;
}
