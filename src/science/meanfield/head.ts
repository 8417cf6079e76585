import { advance, type BranchPoint, followBranch, fullLevels, similarFrom } from './branch.ts';
import type { MeanFieldModel } from './equations.ts';
import { marchToRest } from './march.ts';
import { standingWave } from './standingWave.ts';

/** The resolvable part of a fixed point, or why there is none. */
export type Head =
  | {
      readonly status: 'found';
      readonly logs: number[];
      /** Levels that are full, s_i = 1, at a double's precision and may be left out of the equations. */
      readonly full: number;
      readonly iterations: number;
    }
  | {
      readonly status: 'unstable' | 'diverged' | 'undecided';
      readonly reason: string;
      readonly residual: number | null;
      readonly levels: number;
      readonly iterations: number;
    };

/** Levels at which marching gives up: a dense Jacobian of the last takes a fraction of a second. */
const MAX_LEVELS_BANDED = 65_536;
const MAX_LEVELS_DENSE = 256;
const MAX_STEPS = 120;
const SMALL = 1e-6;
const REST = 1e-11;
const SATURATED = 1e-12;
const ROUGH = 1e-3;

/**
 * Marches from empty with ever more levels until the tail at the last one is below 1e−6. Where the march does not
 * settle, as with a front that stands against the truncation, follows the branch of fixed points up to λ instead.
 */
export function solveHead(model: MeanFieldModel, lambda: number): Head {
  let levels = 32;
  while (levels < 4 * model.K) levels *= 2;
  let iterations = 0;
  if (model.conserves && lambda >= 1) {
    const reason = `λ = ${lambda} is at least the service rate 1`;
    return { status: 'unstable', reason, residual: null, levels, iterations };
  }
  const withoutMigration = model.policy.spec.kind === 'none';
  const maxLevels = withoutMigration ? MAX_LEVELS_BANDED : MAX_LEVELS_DENSE;
  let start: Float64Array = new Float64Array(levels + 1);
  start[0] = 1;
  for (;;) {
    const tables = model.tables(levels + model.K);
    const { s, residual, iterations: steps } = marchToRest(tables, lambda, start, REST, MAX_STEPS);
    iterations += steps;
    const atRest = residual <= REST;
    // A truncated geometric tail is too small at its very end, so look a little below it.
    const probe = levels - levels / 8;
    if (atRest && s[probe] < SMALL) {
      // The march is too coarse to tell which levels are full.
      return { status: 'found', logs: resolvable(s.subarray(0, probe)), full: 0, iterations };
    }
    // A saturated profile means that the front stands at the truncation, or is too high for marching to be worth it.
    const saturated = model.additiveGap !== null && s[1] > 1 - SMALL;
    if (!withoutMigration && (!atRest || saturated || 2 * levels > maxLevels)) {
      return branchHead(model, lambda, iterations);
    }
    if (2 * levels > maxLevels) {
      const reason = `the tail is still ${s[probe]} at level ${probe} of ${levels}`;
      return { status: 'undecided', reason, residual, levels, iterations };
    }
    levels *= 2;
    start = new Float64Array(levels + 1);
    start.set(s);
  }
}

/** The first point of the branch at λ, between the points that bracket it, by bisection in the mean queue. */
function branchHead(model: MeanFieldModel, lambda: number, marched: number): Head {
  let iterations = marched;
  let last: BranchPoint | null = null;
  let largest = 0;
  const unstable = (levels: number): Head => {
    const reason = `fixed points end at an arrival rate of ${largest}`;
    return { status: 'unstable', reason, residual: null, levels, iterations };
  };
  for (const point of followBranch(model)) {
    iterations++;
    if (point.lambda >= lambda && last !== null) {
      const { s, meanQueue } = locate(model, last, point, lambda);
      // Under an additive threshold the tiny share of short queues is what holds the front in its place.
      const full = meanQueue > similarFrom(model) ? fullLevels(s) : 0;
      return { status: 'found', logs: resolvable(s), full, iterations };
    }
    last = point;
    largest = Math.max(largest, point.lambda);
    if (model.additiveGap !== null && 1 - point.s[1] < SATURATED) {
      // What the steps along the branch could have jumped over lies below the standing wave's greatest λ.
      const wave = standingWave(model, point);
      if (wave === null) break;
      largest = Math.max(largest, wave.greatest);
      if (lambda > largest + SATURATED) return unstable(point.s.length - 1);
      break;
    }
  }
  const reason = `the branch of fixed points could be followed to an arrival rate of ${largest} only`;
  return { status: 'undecided', reason, residual: null, levels: last === null ? 0 : last.s.length - 1, iterations };
}

/** The point at λ between two that bracket it, by Newton's method in the mean queue inside a shrinking bracket. */
function locate(model: MeanFieldModel, below: BranchPoint, above: BranchPoint, lambda: number): BranchPoint {
  let lo = below;
  let hi = above;
  // Far from turning points Newton's method at λ itself goes on from a rough start.
  const near = lo.meanQueue > similarFrom(model) ? ROUGH * (1 - lambda) : 1e-12;
  for (let step = 0; step < 40 && hi.meanQueue - lo.meanQueue > 1e-10 && lambda - lo.lambda > near; step++) {
    const width = hi.meanQueue - lo.meanQueue;
    const slope = lo.tangent[lo.tangent.length - 1];
    const aimed = slope > 0 ? (lambda - lo.lambda) / slope : width / 2;
    const middle = advance(model, lo, aimed < width ? aimed : width / 2);
    if (middle === null) break;
    if (middle.lambda < lambda) lo = middle;
    else hi = middle;
  }
  return lo;
}

/** ln s_0 … while s_i is well above the absolute error of the march. */
function resolvable(s: Float64Array): number[] {
  const logs = [0];
  for (let i = 1; i < s.length && s[i] > SMALL; i++) logs.push(Math.min(0, Math.log(s[i])));
  return logs;
}
