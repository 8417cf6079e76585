import { factorLu, type LuFactors, solveLu } from '../numeric/lu.ts';
import { parseRational, toNumber } from '../numeric/rational.ts';
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

/** Dense unknowns that a step can afford: so many take about a second an iteration. */
const MOST_UNKNOWNS = 1200;
const FIRST_LOAD = 0.1;
const LARGEST_STEP = 0.5;
/** Under a multiplicative threshold a higher front looks alike, so steps may grow with the mean queue … */
const LARGEST_RELATIVE_STEP = 0.04;
/** … and the more where all of it is similar: the stretched profile is then a better guess than one along the tangent. */
const LARGEST_SIMILAR_STEP = 0.3;
/** λ(Q) of an additive threshold oscillates with period 1 once the front is off the axis. */
const LARGEST_ADDITIVE_STEP = 0.125;
const SMALLEST_STEP = 1e-4;
/** 1 − s_i of a level that a double cannot tell from full, and levels kept below it. */
const FULL = 3e-16;
const MARGIN = 4;

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
  const similar = similarFrom(model);
  const largestStep = (meanQueue: number): number => {
    if (model.additiveGap !== null) return LARGEST_ADDITIVE_STEP;
    return Math.max(LARGEST_STEP, (meanQueue < similar ? LARGEST_RELATIVE_STEP : LARGEST_SIMILAR_STEP) * meanQueue);
  };
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

/**
 * The mean queue from which on a front feels the factor α of its threshold αm and not the guard m + K, which is additive: four
 * times the length at which they meet. Infinite for other thresholds.
 */
export function similarFrom({ policy, K }: MeanFieldModel): number {
  if (policy.spec.kind !== 'mbounce') return Number.POSITIVE_INFINITY;
  return Math.max(20, (4 * K) / (toNumber(parseRational(policy.spec.alpha!)) - 1));
}

/** The branch point `step` further along, by a predictor and Newton's method; null when that fails. */
export function advance(model: MeanFieldModel, from: BranchPoint, step: number): BranchPoint | null {
  const { meanQueue, lambda, tangent } = from;
  if (meanQueue > similarFrom(model)) {
    const factor = 1 + step / meanQueue;
    // (1 − λ)Q is nearly constant along the branch.
    return solveAtMeanQueue(model, meanQueue + step, stretch(from.s, factor, model.K), 1 - (1 - lambda) / factor);
  }
  const B = from.s.length - 1;
  const s = Float64Array.from(from.s);
  for (let i = 1; i <= B; i++) s[i] = Math.min(s[i - 1], Math.max(0, s[i] + step * tangent[i - 1]));
  return solveAtMeanQueue(model, meanQueue + step, s, lambda + step * tangent[B]);
}

/** The profile at i / factor, between levels by straight lines. */
function stretch(s: Float64Array, factor: number, K: number): Float64Array {
  let last = s.length - 1;
  while (last > 1 && s[last] < 1e-18) last--;
  const out = new Float64Array(Math.ceil(last * factor) + K + 9);
  for (let i = 0; i < out.length; i++) {
    const at = i / factor;
    const low = Math.floor(at);
    const [left, right] = [s[low] ?? 0, s[low + 1] ?? 0];
    out[i] = left + (at - low) * (right - left);
  }
  return out;
}

function solveAtMeanQueue(
  model: MeanFieldModel,
  meanQueue: number,
  guess: Float64Array,
  lambdaGuess: number,
): BranchPoint | null {
  let start = guess;
  for (;;) {
    const base = model.additiveGap === null ? fullLevels(start) : 0;
    if (start.length - 1 - base > MOST_UNKNOWNS) return null;
    const point = newton(model.tables(start.length), meanQueue, start, lambdaGuess, base);
    if (point === null) return null;
    // A tail cut at a visible height would shift λ: give it room, then solve again.
    if (point.s[point.s.length - 1 - model.K] < 1e-17) return point;
    start = new Float64Array(point.s.length + Math.ceil(0.25 * (point.s.length - base)) + 8);
    start.set(point.s);
    start.fill(0, point.s.length);
  }
}

/** The last level up to which s_i = 1 to a double. It need not be solved for: its equation holds to a double as well. */
export function fullLevels(s: ArrayLike<number>): number {
  let last = 0;
  while (last + 1 < s.length && 1 - s[last + 1] < FULL) last++;
  return Math.max(0, last - MARGIN);
}

/** Newton on (s_{base+1} … s_B, λ) for ds/dt = 0 and Σ s_i = Q, the bordered matrix being regular at turning points of λ. */
function newton(
  tables: EquationTables,
  meanQueue: number,
  guess: Float64Array,
  lambdaGuess: number,
  base: number,
): BranchPoint | null {
  const B = guess.length - 1;
  const free = B - base;
  const size = free + 1;
  const s = Float64Array.from(guess);
  s.fill(1, 0, base + 1);
  let lambda = lambdaGuess;
  const powers = new Float64Array(B + 2);
  const slope = new Float64Array(B + 1);
  const matrix = new Float64Array(size * size);
  const system = {
    add(row: number, column: number, value: number): void {
      matrix[row * size + column] += value;
    },
  };
  let change = Number.POSITIVE_INFINITY;
  for (let iteration = 0; iteration < 14; iteration++) {
    matrix.fill(0);
    addJacobian(system, tables, lambda, s, 1, base);
    derivative(tables, lambda, s, slope, powers);
    const rhs = new Float64Array(size);
    let sum = base;
    for (let k = 0; k < free; k++) {
      const i = base + 1 + k;
      const outflow = s[i] - (i < B ? s[i + 1] : 0);
      matrix[k * size + free] = (slope[i] + outflow) / lambda;
      matrix[free * size + k] = 1;
      rhs[k] = -slope[i];
      sum += s[i];
    }
    rhs[free] = meanQueue - sum;
    const lu = factorLu(matrix, size);
    if (!lu.regular) return null;
    solveLu(lu, rhs);
    const previous = change;
    change = Math.abs(rhs[free]);
    for (let k = 0; k < free; k++) {
      s[base + 1 + k] += rhs[k];
      change = Math.max(change, Math.abs(rhs[k]));
    }
    lambda += rhs[free];
    if (!(lambda > 0) || !(change < 10)) return null;
    // High fronts leave s to some 1e−12 only, by the condition of the matrix.
    if (change < 1e-13 || (change < 1e-10 && change > previous / 4)) {
      return isProfile(s) ? { meanQueue, lambda, s, tangent: direction(lu, B, base) } : null;
    }
  }
  return null;
}

function direction(lu: LuFactors, B: number, base: number): Float64Array {
  const border = new Float64Array(lu.size);
  border[lu.size - 1] = 1;
  const tangent = new Float64Array(B + 1);
  tangent.set(solveLu(lu, border), base);
  return tangent;
}

function isProfile(s: Float64Array): boolean {
  for (let i = 1; i < s.length; i++) if (!(s[i] <= s[i - 1] + 1e-12 && s[i] > -1e-12)) return false;
  return true;
}
