import { factorLu, type LuFactors, solveLu } from '../numeric/lu.ts';
import type { EquationTables, MeanFieldModel } from './equations.ts';
import { addJacobian } from './jacobian.ts';
import { marchToRest } from './march.ts';
import { derivative } from './rightHandSide.ts';

/** A fixed point with a prescribed mean queue Q and the arrival rate λ(Q) that it belongs to. */
export interface BranchPoint {
  readonly meanQueue: number;
  readonly lambda: number;
  /** s_0 … s_B with s_B negligible. */
  readonly s: Float64Array;
  /** d(s_1 … s_B, λ)/dQ, the direction of the branch. */
  readonly tangent: Float64Array;
}

const MAX_LEVELS = 640;
const FIRST_LOAD = 0.1;
/** Under a multiplicative threshold a front twice as high looks alike, so steps may grow with the mean queue. */
const LARGEST_STEP = 0.5;
const LARGEST_RELATIVE_STEP = 0.04;
/** λ(Q) of an additive threshold oscillates with period 1 once the front is off the axis. */
const LARGEST_ADDITIVE_STEP = 0.125;
const SMALLEST_STEP = 1e-4;

/**
 * Follows the branch of fixed points that starts at the empty system, by the mean queue instead of λ: λ(Q) is smooth
 * even where it turns or saturates at the threshold, where λ itself stops being a parameter. Ends when more levels
 * than are affordable would be needed, or when Newton's method fails.
 */
export function* followBranch(model: MeanFieldModel): Generator<BranchPoint, void, void> {
  const empty = new Float64Array(25);
  empty[0] = 1;
  // A first profile from a rate so low that every policy settles at once.
  const lambda = FIRST_LOAD / model.K;
  const { s } = marchToRest(model.tables(empty.length), lambda, empty, 1e-12, 100);
  const firstQueue = s.subarray(1).reduce((sum, tail) => sum + tail, 0);
  let point = solveAtMeanQueue(model, firstQueue, s, lambda);
  const largestStep = (meanQueue: number): number =>
    model.additiveGap === null ? Math.max(LARGEST_STEP, LARGEST_RELATIVE_STEP * meanQueue) : LARGEST_ADDITIVE_STEP;
  let step = largestStep(firstQueue);
  while (point !== null) {
    yield point;
    let next: BranchPoint | null = null;
    while (next === null && step >= SMALLEST_STEP) {
      next = advance(model, point, step);
      if (next === null) step /= 2;
    }
    step = Math.min(largestStep(point.meanQueue), 1.5 * step);
    point = next;
  }
}

/** The branch point `step` further along, by a tangent predictor and Newton's method; null when that fails. */
export function advance(model: MeanFieldModel, from: BranchPoint, step: number): BranchPoint | null {
  const B = from.s.length - 1;
  const s = Float64Array.from(from.s);
  for (let i = 1; i <= B; i++) s[i] = Math.min(s[i - 1], Math.max(0, s[i] + step * from.tangent[i - 1]));
  return solveAtMeanQueue(model, from.meanQueue + step, s, from.lambda + step * from.tangent[B]);
}

function solveAtMeanQueue(
  model: MeanFieldModel,
  meanQueue: number,
  guess: Float64Array,
  lambdaGuess: number,
): BranchPoint | null {
  let start = guess;
  while (start.length - 1 <= MAX_LEVELS) {
    const point = newton(model.tables(start.length), meanQueue, start, lambdaGuess);
    if (point === null) return null;
    // A tail cut at a visible height would shift λ: give it room, then solve again.
    if (point.s[point.s.length - 1 - model.K] < 1e-17) return point;
    start = new Float64Array(Math.ceil(1.25 * point.s.length) + 8);
    start.set(point.s);
    start.fill(0, point.s.length);
  }
  return null;
}

/** Newton on (s_1 … s_B, λ) for ds/dt = 0 and Σ s_i = Q, the bordered matrix being regular at turning points of λ. */
function newton(
  tables: EquationTables,
  meanQueue: number,
  guess: Float64Array,
  lambdaGuess: number,
): BranchPoint | null {
  const B = guess.length - 1;
  const size = B + 1;
  const s = Float64Array.from(guess);
  let lambda = lambdaGuess;
  const powers = new Float64Array(B + 2);
  const slope = new Float64Array(B + 1);
  const matrix = new Float64Array(size * size);
  const system = {
    add(row: number, column: number, value: number): void {
      matrix[row * size + column] += value;
    },
  };
  for (let iteration = 0; iteration < 14; iteration++) {
    matrix.fill(0);
    addJacobian(system, tables, lambda, s, 1);
    derivative(tables, lambda, s, slope, powers);
    const rhs = new Float64Array(size);
    let sum = 0;
    for (let i = 1; i <= B; i++) {
      const outflow = s[i] - (i < B ? s[i + 1] : 0);
      matrix[(i - 1) * size + B] = (slope[i] + outflow) / lambda;
      matrix[B * size + i - 1] = 1;
      rhs[i - 1] = -slope[i];
      sum += s[i];
    }
    rhs[B] = meanQueue - sum;
    const lu = factorLu(matrix, size);
    if (!lu.regular) return null;
    solveLu(lu, rhs);
    let change = Math.abs(rhs[B]);
    for (let i = 1; i <= B; i++) {
      s[i] += rhs[i - 1];
      change = Math.max(change, Math.abs(rhs[i - 1]));
    }
    lambda += rhs[B];
    if (!(lambda > 0) || !(change < 10)) return null;
    if (change < 1e-13) return isProfile(s) ? { meanQueue, lambda, s, tangent: direction(lu, size) } : null;
  }
  return null;
}

function direction(lu: LuFactors, size: number): Float64Array {
  const tangent = new Float64Array(size);
  tangent[size - 1] = 1;
  return solveLu(lu, tangent);
}

function isProfile(s: Float64Array): boolean {
  for (let i = 1; i < s.length; i++) if (!(s[i] <= s[i - 1] + 1e-12 && s[i] > -1e-12)) return false;
  return true;
}
