import { compare, format, parseRational, type Rational, rational } from '../numeric/rational.ts';
import { makePolicy, type Policy, type PolicySpec } from '../policy/policy.ts';
import { lastUnboundedWork, type QuadraticBound, quadraticBound } from './bound.ts';
import type { Piece } from './cover.ts';
import { makeDrift } from './drift.ts';
import { DriftError } from './error.ts';
import { examine } from './examine.ts';
import { type Condition, makeTestFunction, type TestFunction, type TestFunctionName } from './function.ts';
import { decidePlane, type Witness } from './plane.ts';
import { MOST_STATES, mostOrdered, type StateTable, tabulate, visitBox, visitCorner, visitWork } from './scan.ts';

export interface CertifyParams {
  readonly function: TestFunctionName;
  /** Arrival rate per queue: a decimal or a fraction, read exactly. */
  readonly lambda: string | number | Rational;
  readonly policy: PolicySpec;
  readonly n: number;
  /** States with every queue < box are listed and checked one by one. */
  readonly box: number;
  /** C of Theorem 2's function; default: the policy's. */
  readonly C?: number;
  /** α of Theorem 3's function; default: the policy's. */
  readonly alpha?: string | number;
}

/**
 * `certified` and `refuted` are proofs about this V on all of Z_+^n; a refuted V says nothing about the chain.
 * `undecided`: the condition is open outside the states examined.
 */
export type Verdict = 'certified' | 'refuted' | 'undecided';

/** What a certified condition means for the chain, by Propositions 5.3 and 5.4 of Asmussen [7], and see {@link Condition}. */
export type Conclusion = 'positive-recurrent' | 'null-recurrent-or-transient' | 'transient' | 'none';

const CONCLUSIONS: Readonly<Record<Condition, Conclusion>> = {
  'drift-bound': 'positive-recurrent',
  'drift-nonnegative': 'null-recurrent-or-transient',
  'drift-positive': 'transient',
};

/** Where the states outside the box were decided: on affine pieces, by the algebraic bound, or nowhere. */
export type Proof = 'affine-pieces' | 'quadratic-bound' | 'box-only';

export interface Certificate {
  readonly function: TestFunction['name'];
  readonly condition: Condition;
  readonly verdict: Verdict;
  readonly conclusion: Conclusion;
  readonly proof: Proof;
  readonly lambda: Rational;
  /** The drift farthest to the wrong side among the states examined: the largest for ΔV ≤ −ε, else the least (off {0}). */
  readonly worstDrift: Rational;
  readonly worstState: readonly number[];
  /** E₀ = {0} for ΔV ≥ 0; else the states with ΔV of the wrong sign, of all of Z_+^n when `exceptionalSetComplete`. */
  readonly exceptionalSetSize: number;
  readonly exceptionalSetComplete: boolean;
  /** Ordered representatives (longest queue first) of the exceptional states, at most 1000. */
  readonly exceptionalStates: readonly (readonly number[])[];
  /** Outside the exceptional set |ΔV| ≥ epsilon, as drifts are multiples of it; null for ΔV ≥ 0. */
  readonly epsilon: Rational | null;
  /** States of the box that break the condition: all with the wrong sign, less a certified exceptional set. */
  readonly violations: number;
  /** Whether ΔV ≥ 0 off E₀, or the bound below, holds in every state of the box; null where neither applies. */
  readonly verifiedOnBox: boolean | null;
  /** One of infinitely many violating states and the direction in which the others lie. */
  readonly witness: Witness | null;
  /** The bound ΔV ≤ intercept − slope·Σq of Theorem 1 and 3, whether it held in every state examined, and its least slack. */
  readonly bound: (QuadraticBound & { readonly holds: boolean; readonly leastSlack: Rational }) | null;
  /** Condition (III) of Theorem 2: |V(q(1)) − V(q(0))| ≤ jumpBound. Condition (II) holds at q* = (1, 1). */
  readonly jumpBound: Rational | null;
  /** The affine pieces outside {shorter queue < corner.M, difference < corner.G}, their values over `states.denominator`. */
  readonly pieces: readonly Piece[];
  readonly corner: { readonly M: number; readonly G: number } | null;
  readonly states: StateTable;
}

/** Certifies or refutes a drift condition exactly. Throws {@link DriftError} or PolicyError for parameters without meaning. */
export function certify(params: CertifyParams): Certificate {
  const { n } = params;
  const lambda = readLambda(params.lambda);
  const policy = makePolicy(params.policy);
  if (!Number.isInteger(n) || n < 2) throw new DriftError('n', `n must be an integer ≥ 2, found ${n}`);
  const V = makeTestFunction({ ...params, lambda, policy });
  return certifyFunction(V, { lambda, policy, n, box: params.box });
}

export interface CertifyFunctionParams {
  readonly lambda: Rational;
  readonly policy: Policy;
  readonly n: number;
  readonly box: number;
}

/** {@link certify} for a test function at hand, λ > 0 and n ≥ 2. */
export function certifyFunction(V: TestFunction, { lambda, policy, n, box }: CertifyFunctionParams): Certificate {
  if (!Number.isInteger(box) || box < 2 || box ** n > MOST_STATES) {
    throw new DriftError('box', `box must be an integer ≥ 2 with box^n ≤ ${MOST_STATES}, found ${box} with n = ${n}`);
  }
  const { condition } = V;
  const drift = makeDrift(V, lambda, policy, n);
  const states = tabulate(drift, condition, n, box);
  const bound = quadraticBound(V, lambda, policy, n);
  const reach = bound && lastUnboundedWork(bound);
  const plane = n === 2 ? decidePlane(V, drift, policy, box) : null;

  const decided = plane !== null && plane.outside.kind !== 'open';
  const proof: Proof = decided ? 'affine-pieces' : reach !== null ? 'quadratic-bound' : 'box-only';
  const seen = examine(V, drift, bound);
  visitBox(n, box, seen.visit);
  // The finite part that may hold exceptional states, beyond the box; `complete` once all of it has been seen.
  let complete = false;
  if (decided && plane.outside.kind === 'holds' && plane.cover.M * plane.cover.G <= MOST_STATES) {
    visitCorner(plane.cover, box, seen.visit);
    complete = true;
  } else if (!decided && reach !== null && mostOrdered(n, reach) <= MOST_STATES) {
    visitWork(n, reach, box, seen.visit);
    complete = true;
  }
  for (const state of plane?.cornerStates ?? []) seen.visitBeyond(state);

  const { exceptional, bound: boundSeen, worst } = seen.result();
  const witness = plane?.outside.kind === 'fails' ? plane.outside.witness : null;
  const verdict = ((): Verdict => {
    if (witness) return 'refuted';
    if (condition === 'drift-nonnegative')
      return exceptional.size > 0 ? 'refuted' : complete ? 'certified' : 'undecided';
    // Outside the box all but finitely many states obey, by the pieces or by the bound.
    return (decided || reach !== null) && boundSeen?.holds !== false ? 'certified' : 'undecided';
  })();
  const nonnegative = condition === 'drift-nonnegative';
  const wrong = states.violates.reduce((sum, flag) => sum + flag, 0);
  const certified = verdict === 'certified';
  return {
    function: V.name,
    condition,
    verdict,
    conclusion: certified ? CONCLUSIONS[condition] : 'none',
    proof,
    lambda,
    worstDrift: rational(worst.numerator, drift.denominator),
    worstState: worst.state,
    exceptionalSetSize: nonnegative ? 1 : exceptional.size,
    exceptionalSetComplete: nonnegative || (certified && complete),
    exceptionalStates: nonnegative ? [new Array<number>(n).fill(0)] : exceptional.states,
    epsilon: nonnegative ? null : rational(1n, drift.denominator),
    violations: certified ? 0 : wrong,
    verifiedOnBox: nonnegative ? wrong === 0 : (boundSeen?.holds ?? null),
    witness,
    bound: bound && boundSeen && { ...bound, ...boundSeen },
    jumpBound: V.jumpBound,
    pieces: plane?.cover.pieces ?? [],
    corner: plane && { M: plane.cover.M, G: plane.cover.G },
    states,
  };
}

/** The drift of one row of a certificate's states, exactly. */
export const exactDrift = (states: StateTable, row: number): Rational =>
  rational(states.numerator[row], states.denominator);

/** An exact λ > 0. Throws {@link DriftError} naming `lambda`. */
export function readLambda(value: string | number | Rational): Rational {
  let lambda: Rational;
  try {
    lambda = parseRational(value);
  } catch (error) {
    throw new DriftError('lambda', `lambda: ${(error as Error).message}`);
  }
  if (compare(lambda, rational(0)) <= 0)
    throw new DriftError('lambda', `lambda must be positive, found ${format(lambda)}`);
  return lambda;
}
