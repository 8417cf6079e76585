import type { Policy } from '../policy/policy.ts';
import { type Cover, makeCover, type Piece, type Ray } from './cover.ts';
import type { Drift } from './drift.ts';
import type { Condition, TestFunction } from './function.ts';
import { MOST_STATES } from './scan.ts';

/** An infinite family of states that break the condition: `state` is one of them, others follow along `direction`. */
export interface Witness {
  readonly state: readonly [number, number];
  readonly numerator: bigint;
  /** In (q₁, q₂) with q₁ ≥ q₂. */
  readonly direction: readonly [number, number];
}

/** What the affine pieces of a cover say about all states outside its finite corner. */
export type OutsideVerdict =
  /** Every state outside satisfies the condition. */
  | { readonly kind: 'holds' }
  /** Infinitely many states outside break it. */
  | { readonly kind: 'fails'; readonly witness: Witness }
  /** Finitely many states outside may break it; a corner grown to M, G leaves none. */
  | { readonly kind: 'grow'; readonly M: number; readonly G: number }
  | { readonly kind: 'open' };

/** Coordinates up to here keep S² below 2^53. */
const FARTHEST = 2 ** 25;

export interface PlaneVerdict {
  readonly cover: Cover;
  readonly outside: OutsideVerdict;
  /** The corners of all pieces that are states: the extreme values outside the finite corner. */
  readonly cornerStates: readonly Int32Array[];
}

/**
 * Decides all states of two queues outside a finite corner that contains the box, growing the corner until nothing
 * outside breaks the condition, something does infinitely often, or the corner has too many states to examine.
 * null where the policy's regions only begin beyond such a corner (α close to 1).
 */
export function decidePlane(V: TestFunction, drift: Drift, policy: Policy, box: number): PlaneVerdict | null {
  const build = makeCover(V, drift, policy);
  let cover = build(box, box);
  if (cover === null) return null;
  let outside = decideOutside(cover, V.condition, drift, policy);
  for (let round = 0; outside.kind === 'grow' && outside.M * outside.G <= MOST_STATES && round < MOST_ROUNDS; round++) {
    const grown: Cover | null = build(outside.M, outside.G);
    if (grown === null) break;
    cover = grown;
    outside = decideOutside(cover, V.condition, drift, policy);
  }
  const corners = cover.pieces.flatMap((piece) => piece.corners).filter(({ attained }) => attained);
  return { cover, outside, cornerStates: corners.map(({ m, D }) => Int32Array.of(m + D, m)) };
}

/** Each round covers what the last one left; new rows ask for a second or third. */
const MOST_ROUNDS = 20;

/**
 * Decides a cover. Let g be ΔV for `drift-nonnegative` (needed: g ≥ 0) and for `drift-positive`, and −ΔV for
 * `drift-bound` (needed: g > 0, which gives g ≥ 1/denominator). On a piece g is affine: a falling ray breaks it infinitely often; so does a level ray
 * from a corner where g is too small; if g rises along all other rays, only finitely many states near the corners can.
 */
function decideOutside(cover: Cover, condition: Condition, drift: Drift, policy: Policy): OutsideVerdict {
  const sign = condition === 'drift-bound' ? -1n : 1n;
  const short = (value: bigint): boolean => (condition === 'drift-nonnegative' ? value < 0n : sign * value <= 0n);
  let { M, G } = cover;
  let open = false;
  for (const piece of cover.pieces) {
    const lacking = piece.corners.filter((corner) => short(corner.value));
    const falling = piece.rays.find(({ slope }) => sign * slope < 0n || (slope === 0n && lacking.length > 0));
    if (falling) {
      const found = findWitness(piece, falling, short, drift, policy);
      if (found) return { kind: 'fails', witness: found };
      open = true;
    } else if (lacking.length > 0) {
      for (const { m, D, value } of lacking) {
        for (const { dm, dD, slope } of piece.rays) {
          // The cone's own rise decides how far the corner has to move out; rows move G, everything else M.
          const steps = Number((-sign * value) / (sign * slope)) + 1;
          if (dm > 0) M = Math.max(M, m + steps * dm);
          else if (piece.kind === 'row') G = Math.max(G, D + steps * dD);
        }
      }
    }
  }
  if (open) return { kind: 'open' };
  return M === cover.M && G === cover.G ? { kind: 'holds' } : { kind: 'grow', M, G };
}

/** Walks along a ray, doubling, until a state of the piece's own regime breaks the condition. */
function findWitness(
  piece: Piece,
  ray: Ray,
  short: (numerator: bigint) => boolean,
  drift: Drift,
  policy: Policy,
): Witness | null {
  const migrating = piece.kind === 'migrating-cone';
  for (const { m: m0, D: D0 } of piece.corners) {
    for (let t = 0; ; t = t === 0 ? 1 : 2 * t) {
      const m = m0 + t * ray.dm;
      // A step aside where the corner lies on the open side of α's line.
      const D = D0 + t * ray.dD + (migrating && m0 + D0 < policy.beta(m0) ? 1 : 0);
      if (m + D > FARTHEST) break;
      const inside = piece.kind === 'row' || piece.kind === 'column' || m + D >= policy.beta(m) === migrating;
      const numerator = drift.numerator(Int32Array.of(m + D, m));
      if (inside && short(numerator)) {
        return { state: [m + D, m], numerator, direction: [ray.dm + ray.dD, ray.dm] };
      }
    }
  }
  return null;
}
