import type { Policy } from '../policy/policy.ts';
import { type Growth, growthOf } from '../policy/regions.ts';
import type { Drift } from './drift.ts';
import type { TestFunction } from './function.ts';

/**
 * Two queues, ordered, are a point (m, D): the shorter length and the difference. Outside a finite corner
 * {m < M, D < G} the lattice splits into finitely many pieces on each of which ΔV is affine in (m, D):
 *   row              m fixed < M, D ≥ G            (on the axis m = 0 and near it)
 *   column           D fixed < kink + K, m ≥ M     (near the diagonal)
 *   staying-cone     m ≥ M, D ≥ kink + K, no migration from the longer queue
 *   migrating-cone   m ≥ M, D ≥ kink + K, migration from the longer queue
 * A piece lies in the convex hull of its corners plus the cone of its rays, so corner values and ray slopes decide it.
 */
export type PieceKind = 'row' | 'column' | 'staying-cone' | 'migrating-cone';

export interface Corner {
  readonly m: number;
  readonly D: number;
  /** ΔV · denominator of the piece's affine function at the corner. */
  readonly value: bigint;
  /** Whether the corner belongs to the piece; a corner on the open side of α's line does not. */
  readonly attained: boolean;
}

export interface Ray {
  readonly dm: number;
  readonly dD: number;
  /** Increase of ΔV · denominator along (dm, dD). */
  readonly slope: bigint;
}

export interface Piece {
  readonly kind: PieceKind;
  readonly corners: readonly Corner[];
  readonly rays: readonly Ray[];
}

export interface Cover {
  /** The finite corner is m < M and D < G. */
  readonly M: number;
  readonly G: number;
  readonly pieces: readonly Piece[];
}

/** Builds covers for growing corners: `build(M, G)` rounds both up to where the pieces are affine; null past {@link MOST_ROWS}. */
export function makeCover(V: TestFunction, drift: Drift, policy: Policy): (M: number, G: number) => Cover | null {
  const growth = growthOf(policy);
  // From D = kink + K on, no event crosses a kink of V.
  const smooth = growth.kind === 'additive' ? Math.max(V.kink + policy.K, growth.gap) : V.kink + policy.K;
  const q = new Int32Array(2);
  const value = (m: number, D: number, forced?: boolean): bigint => {
    q[0] = m + D;
    q[1] = m;
    return drift.numerator(q, forced);
  };
  /** One piece from its corners and directions; slopes by differences of the affine function `forced` continues. */
  const piece = (kind: PieceKind, points: readonly Point[], directions: readonly Point[], forced?: boolean): Piece => {
    const [m, D] = points[0];
    const origin = value(m, D, forced);
    return {
      kind,
      corners: points.map(([cm, cD]) => ({
        m: cm,
        D: cD,
        value: value(cm, cD, forced),
        attained: forced === undefined || forced === cm + cD >= policy.beta(cm),
      })),
      rays: directions.map(([dm, dD]) => ({ dm, dD, slope: value(m + dm, D + dD, forced) - origin })),
    };
  };

  return (atLeastM, atLeastG) => {
    const M = roundUp(growth, Math.max(1, atLeastM, growth.from), smooth);
    if (M > MOST_ROWS) return null;
    // Rows reach their migrating (or, without sharing, their only) regime at D = β(m) − m, largest at m = M.
    const reach = growth.kind === 'never' ? 0 : policy.beta(M) - M;
    const widest = policy.spec.kind === 'table' ? Math.max(reach, policy.beta(0), ...gaps(policy, M)) : reach;
    const G = Math.max(atLeastG, smooth, widest) + 1;
    const pieces: Piece[] = [];
    for (let m = 0; m < M; m++) pieces.push(piece('row', [[m, G]], [[0, 1]]));
    for (let D = 0; D < smooth; D++) pieces.push(piece('column', [[M, D]], [[1, 0]]));
    if (growth.kind === 'multiplicative') {
      const run = Number(growth.alpha.den);
      const rise = Number(growth.alpha.num) - run;
      const edge: Point = [M, (M / run) * rise];
      const along: Point = [run, rise];
      pieces.push(piece('staying-cone', [[M, smooth], edge], [[1, 0], along], false));
      pieces.push(piece('migrating-cone', [edge], [[0, 1], along], true));
    } else {
      const kind = growth.kind === 'never' ? 'staying-cone' : 'migrating-cone';
      pieces.push(
        piece(
          kind,
          [[M, smooth]],
          [
            [1, 0],
            [0, 1],
          ],
        ),
      );
    }
    return { M, G, pieces };
  };
}

/** Rows of a cover, at most: for α = 1 + 1/r regions begin beyond M = rK. */
const MOST_ROWS = 100_000;

type Point = readonly [number, number];

/** For αm: a multiple of α's denominator, past K/(α−1), where columns D < smooth have left the migrating side. */
function roundUp(growth: Growth, M: number, smooth: number): number {
  if (growth.kind !== 'multiplicative') return M;
  const run = Number(growth.alpha.den);
  const rise = Number(growth.alpha.num) - run;
  const past = Math.max(M, Math.floor((smooth * run) / rise) + 1);
  return Math.ceil(past / run) * run;
}

const gaps = (policy: Policy, M: number): number[] => Array.from({ length: M }, (_, m) => policy.beta(m) - m);
