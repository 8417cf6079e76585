import { advance, type BranchPoint } from './branch.ts';
import type { MeanFieldModel } from './equations.ts';

/** The arrival rates at which the saturated system's front stands still, over all its positions on the lattice. */
export interface StandingWave {
  readonly least: number;
  readonly greatest: number;
}

const PHASES = 24;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * λ(Q) over one lattice step from a saturated branch point: periodic, since moving the front by one level changes
 * nothing far from the axis. It is not constant: the lattice pins the front, so that a whole interval of arrival rates
 * has standing waves. Below it the front falls, above it rises for ever. Null when the branch cannot be followed.
 */
export function standingWave(model: MeanFieldModel, from: BranchPoint): StandingWave | null {
  const points = [from];
  for (let k = 1; k <= PHASES + 1; k++) {
    const next = advance(model, points[k - 1], 1 / PHASES);
    if (next === null) return null;
    points.push(next);
  }
  return {
    least: -refine(model, points, (lambda) => -lambda),
    greatest: refine(model, points, (lambda) => lambda),
  };
}

/** Golden-section search for the maximum of objective(λ(Q)) around the best of the sampled points. */
function refine(model: MeanFieldModel, points: readonly BranchPoint[], objective: (lambda: number) => number): number {
  let best = 1;
  for (let k = 1; k < points.length - 1; k++) {
    if (objective(points[k].lambda) > objective(points[best].lambda)) best = k;
  }
  const base = points[best - 1];
  const value = (offset: number): number => {
    const point = advance(model, base, offset);
    return point === null ? Number.NEGATIVE_INFINITY : objective(point.lambda);
  };
  let lo = 0;
  let hi = points[best + 1].meanQueue - base.meanQueue;
  let left = hi - GOLDEN * hi;
  let right = GOLDEN * hi;
  let atLeft = value(left);
  let atRight = value(right);
  // The maximum is flat: a bracket of 1e−7 in Q fixes λ to about 1e−14.
  while (hi - lo > 1e-7) {
    if (atLeft > atRight) {
      hi = right;
      right = left;
      atRight = atLeft;
      left = hi - GOLDEN * (hi - lo);
      atLeft = value(left);
    } else {
      lo = left;
      left = right;
      atLeft = atRight;
      right = lo + GOLDEN * (hi - lo);
      atRight = value(right);
    }
  }
  return Math.max(atLeft, atRight, objective(points[best].lambda));
}
