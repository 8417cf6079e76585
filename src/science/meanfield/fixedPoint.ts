import { parseRational, toNumber } from '../numeric/rational.ts';
import type { Policy } from '../policy/policy.ts';
import { type Equations, MeanFieldError, type MeanFieldModel, meanFieldModel } from './equations.ts';
import { type Head, solveHead } from './head.ts';
import { solveLogProfile } from './logNewton.ts';
import { continueLogTail } from './logTail.ts';
import { supNorm } from './march.ts';
import { type Measures, measure } from './measures.ts';
import { derivative } from './rightHandSide.ts';

export interface FixedPointOptions {
  /** Arrival rate λ > 0 per queue, as a number or as text such as "0.75" or "3/4". */
  readonly lambda: number | string;
  readonly policy: Policy;
  readonly equations?: Equations;
  /** Largest residual |ds_i/dt| of a fixed point that counts as converged. Default 1e−12. */
  readonly tolerance?: number;
  /** Levels B to solve for; by default as many as the tail needs to fall below 1e−18. */
  readonly truncation?: number;
  /** ln s below which the log tail stops. Default −700, the depth of a double. */
  readonly logFloor?: number;
}

/**
 * `converged`: a positive fixed point with a finite sum; `unstable`: there is none, the queues grow without bound;
 * `diverged`: the iteration failed; `undecided`: the tail does not fall within the levels that were tried, or λ is within a
 * double of a threshold.
 */
export type FixedPointStatus = 'converged' | 'unstable' | 'diverged' | 'undecided';

export interface FixedPointSummary extends Measures {
  readonly status: 'converged';
  /** max_i |ds_i/dt| at the returned tails. */
  readonly residual: number;
  /** Number of levels B that were solved for. */
  readonly truncation: number;
  /** max_i |s_i(B) − s_i(B′)| against at least twice as many levels, or all that a double can tell from 0. */
  readonly truncationError: number;
  readonly iterations: number;
  /** s_0 … s_B. */
  readonly tails: Float64Array;
  /** ln s_0, ln s_1, … to `logFloor`, each to a small relative error, also where s_i itself underflows. */
  readonly logTails: Float64Array;
}

/** No fixed point to report: nothing here can be taken for a result. */
export interface NoFixedPoint {
  readonly status: Exclude<FixedPointStatus, 'converged'>;
  readonly reason: string;
  /** max_i |ds_i/dt| where the iteration ended; null when the answer needs no iteration. */
  readonly residual: number | null;
  readonly truncation: number;
  readonly iterations: number;
}

export type FixedPoint = FixedPointSummary | NoFixedPoint;

const MAX_LOG_LEVELS = 4096;
/** Tails below e^this do not count towards the truncation. */
const NEGLIGIBLE = Math.log(1e-18);
/** Newton's method in ln s goes this deep; below, the balance recursion is exact to a double. */
const DEEPEST_NEWTON = -690;

/**
 * The fixed point of the mean-field equations that the empty system runs into (equations (1), (2) of the paper and
 * their general form, see equations.ts). Time marching finds the head, the balance recursion continues it, and Newton's
 * method in ln s polishes both at B and at 2B levels. Throws {@link MeanFieldError} for d = all, for λ ≤ 0 and where
 * the print is undefined.
 */
export function fixedPoint(options: FixedPointOptions): FixedPoint {
  const { policy, equations = 'policy', tolerance = 1e-12, logFloor = -700 } = options;
  const lambda = arrivalRate(options.lambda);
  const wanted = options.truncation;
  if (wanted !== undefined && !(Number.isInteger(wanted) && wanted >= 2)) {
    throw new MeanFieldError('truncation', `the truncation must be an integer ≥ 2, found ${wanted}`);
  }
  const model = meanFieldModel(policy, equations);
  const head = solveHead(model, lambda);
  if (head.status !== 'found') return noFixedPoint(head);

  const extend = (logs: ArrayLike<number>, floor: number, maxLevels: number): number[] =>
    continueLogTail((rows) => model.tables(rows), Math.log(lambda), logs, floor, maxLevels);
  const resolved = extend(head.logs, NEGLIGIBLE, 16 * head.logs.length);
  const chosen = wanted ?? Math.max(8, resolved.length - 1);
  if (wanted === undefined && resolved[resolved.length - 1] > NEGLIGIBLE) {
    const reason = `the tail is still e^${resolved[resolved.length - 1]} at level ${chosen}`;
    return { status: 'undecided', reason, residual: null, truncation: chosen, iterations: head.iterations };
  }
  const crude = extend(resolved, DEEPEST_NEWTON, Math.max(2 * chosen, 256));
  const tables = model.tables(Math.max(2 * chosen, crude.length) + model.K);
  const B = Math.min(chosen, crude.length - 1);
  const base = Math.min(B - 2, head.full);
  const inner = solveLogProfile(tables, lambda, crude.slice(0, B + 1), base);
  const outer = solveLogProfile(tables, lambda, crude, base);
  const iterations = head.iterations + inner.iterations + outer.iterations;

  const tails = new Float64Array(chosen + 1);
  // A truncation that was asked for is answered as asked; otherwise the finer solution is the better one at every level.
  const { logs } = wanted === undefined ? outer : inner;
  for (let i = 0; i <= B; i++) tails[i] = Math.exp(logs[i]);
  const residual = supNorm(balance(model, lambda, tails));
  if (!(residual <= tolerance)) {
    const reason = `Newton's method stopped at a residual of ${residual}`;
    return { status: 'diverged', reason, residual, truncation: chosen, iterations };
  }
  if (!inner.converged || !outer.converged) {
    const reason = `fronts of many heights stand still within a residual of ${residual}: λ is too near a threshold for a double`;
    return { status: 'undecided', reason, residual, truncation: chosen, iterations };
  }
  return {
    status: 'converged',
    residual,
    truncation: chosen,
    truncationError: largestDifference(inner.logs, outer.logs),
    iterations,
    tails,
    logTails: Float64Array.from(extend(outer.logs, logFloor, Math.max(MAX_LOG_LEVELS, crude.length))),
    ...measure(tables, lambda, tails),
  };
}

/** Reads λ; throws {@link MeanFieldError} unless it is positive and finite. */
export function arrivalRate(lambda: number | string): number {
  const value = typeof lambda === 'number' ? lambda : toNumber(parseRational(lambda));
  if (!(value > 0 && Number.isFinite(value))) {
    throw new MeanFieldError('lambda', `the arrival rate must be positive and finite, found ${lambda}`);
  }
  return value;
}

function noFixedPoint({
  status,
  reason,
  residual,
  levels,
  iterations,
}: Exclude<Head, { status: 'found' }>): NoFixedPoint {
  return { status, reason, residual, truncation: levels, iterations };
}

/** ds/dt with the closure of the solved equations: the level above B continues geometrically. */
function balance(model: MeanFieldModel, lambda: number, s: Float64Array): Float64Array {
  const B = s.length - 1;
  const out = derivative(model.tables(B), lambda, s, new Float64Array(B + 1), new Float64Array(B + 2));
  if (s[B - 1] > 0) out[B] += (s[B] * s[B]) / s[B - 1];
  return out;
}

function largestDifference(inner: Float64Array, outer: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < outer.length; i++) {
    const short = i < inner.length ? Math.exp(inner[i]) : 0;
    largest = Math.max(largest, Math.abs(short - Math.exp(outer[i])));
  }
  return largest;
}
