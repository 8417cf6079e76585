import { dormandPrince } from '../numeric/dormandPrince.ts';
import { rosenbrock } from '../numeric/rosenbrock.ts';
import type { Integrator } from '../numeric/stepControl.ts';
import type { Policy } from '../policy/policy.ts';
import { type Equations, type EquationTables, MeanFieldError, meanFieldModel } from './equations.ts';
import { arrivalRate } from './fixedPoint.ts';
import { addJacobian, jacobianSystem } from './jacobian.ts';
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
  /**
   * `explicit`: Dormand and Prince, whose steps are held by the fastest rate; `implicit`: a Rosenbrock method with the analytic
   * Jacobian, for long times; `auto` (default): explicit unless a bound on its
   * steps exceeds 200,000. The equations are mildly stiff: with a dense Jacobian the explicit method wins up to long times.
   */
  readonly method?: TransientMethod | 'auto';
}

export type TransientMethod = 'explicit' | 'implicit';

export interface Transient {
  /** `completed`; `truncated`: more than 4096 levels were needed; `failed`: the step size underflowed. */
  readonly status: 'completed' | 'truncated' | 'failed';
  readonly method: TransientMethod;
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
/** By a bound of the fastest rate that is several times too high; so many take some seconds. */
const MOST_EXPLICIT_STEPS = 200_000;
/** Real stability interval of Dormand and Prince's method. */
const EXPLICIT_LIMIT = 3.3;

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
  const method =
    options.method === undefined || options.method === 'auto' ? choose(times, lambda, model) : options.method;

  const start = (t: number, s: ArrayLike<number>, levels: number) => {
    const y = new Float64Array(levels + 1);
    y.set(s);
    return integrate(method, model.tables(levels), lambda, t, y, tolerance);
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
  return { status, method, ...result, steps, rejectedSteps };
}

/** A bound of the fastest rate, by rows of the Jacobian, tells how many steps the explicit method is held to. */
function choose(times: readonly number[], lambda: number, { d, K }: { d: number; K: number }): TransientMethod {
  const fastest = 2 + lambda * (2 + d + 2 * K * d + K);
  return ((times.at(-1) ?? 0) * fastest) / EXPLICIT_LIMIT > MOST_EXPLICIT_STEPS ? 'implicit' : 'explicit';
}

function integrate(
  method: TransientMethod,
  tables: EquationTables,
  lambda: number,
  t: number,
  y: Float64Array,
  tolerance: number,
): Integrator {
  const levels = y.length - 1;
  const powers = new Float64Array(levels + 2);
  const slope = (state: Float64Array, out: Float64Array): void => void derivative(tables, lambda, state, out, powers);
  if (method === 'explicit') return dormandPrince((_, state, out) => slope(state, out), t, y, tolerance);
  const system = jacobianSystem(tables, levels);
  const linearize = (state: Float64Array, shift: number) => {
    system.clear();
    addJacobian(system, tables, lambda, state, -1);
    for (let i = 0; i < levels; i++) system.add(i, i, shift);
    if (!system.factor()) return null;
    // s_0 = 1 does not move; the unknowns are s_1 … s_B.
    return (rhs: Float64Array) => {
      rhs[0] = 0;
      system.solve(rhs.subarray(1));
    };
  };
  return rosenbrock(slope, linearize, t, y, tolerance);
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
