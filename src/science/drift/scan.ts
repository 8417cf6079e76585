import { toNumber } from '../numeric/rational.ts';
import type { Drift } from './drift.ts';
import type { Condition } from './function.ts';

/** States examined one by one, at most; past it an exceptional set is counted in the box alone. */
export const MOST_STATES = 1_000_000;

/** One state of ordered queue lengths (longest first), standing for `orbit` states of Z_+^n that permute it. */
export type Visit = (q: Int32Array, orbit: number) => void;

/** All ordered states with every queue < box. */
export const visitBox = (n: number, box: number, visit: Visit): void =>
  visitOrdered(n, box - 1, Number.MAX_SAFE_INTEGER, visit);

/** All ordered states with Σq ≤ work outside the box. */
export const visitWork = (n: number, work: number, box: number, visit: Visit): void =>
  visitOrdered(n, work, work, (q, orbit) => {
    if (q[0] >= box) visit(q, orbit);
  });

/** All ordered states of two queues with shorter queue < M and difference < G outside the box. */
export function visitCorner({ M, G }: { readonly M: number; readonly G: number }, box: number, visit: Visit): void {
  const q = new Int32Array(2);
  for (let m = 0; m < M; m++) {
    for (let D = Math.max(0, box - m); D < G; D++) {
      q[0] = m + D;
      q[1] = m;
      visit(q, D === 0 ? 1 : 2);
    }
  }
}

function visitOrdered(n: number, longest: number, work: number, visit: Visit): void {
  const q = new Int32Array(n);
  const descend = (i: number, most: number, left: number): void => {
    if (i === n) visit(q, orbitOf(q));
    for (let length = 0; i < n && length <= Math.min(most, left); length++) {
      q[i] = length;
      descend(i + 1, length, left - length);
    }
  };
  descend(0, longest, work);
}

/** n! / Π (multiplicity!) for an ordered vector: how many distinct permutations it has. */
export function orbitOf(q: Int32Array): number {
  let orbit = 1;
  for (let i = 0, run = 0; i < q.length; i++) {
    run = i > 0 && q[i] === q[i - 1] ? run + 1 : 1;
    orbit = (orbit * (i + 1)) / run;
  }
  return orbit;
}

/** At least as many as there are ordered states with Σq ≤ work: partitions into n parts, C(work + n(n+1)/2, n)/n!. */
export function mostOrdered(n: number, work: number): number {
  let count = 1;
  for (let i = 0; i < n; i++) count = (count * (work + (n * (n + 1)) / 2 - i)) / (i + 1) ** 2;
  return count;
}

/** The states of a box as columns, one row a state of Z_+^n with all queues < box, the last queue running fastest. */
export interface StateTable {
  readonly q: readonly Int32Array[];
  /** The nearest double of the drift. */
  readonly drift: Float64Array;
  /** The drift exactly: numerator[row] / denominator. */
  readonly numerator: readonly bigint[];
  readonly denominator: bigint;
  /** 1 where the state lies outside E₀ and the drift has the wrong sign (`breaks`). */
  readonly violates: Uint8Array;
}

/** What `breaks` the condition at one state: the origin is E₀ of Theorem 2 and never does. */
export function breaks(condition: Condition, numerator: bigint, isOrigin: boolean): boolean {
  if (condition === 'drift-nonnegative') return !isOrigin && numerator < 0n;
  return condition === 'drift-bound' ? numerator >= 0n : numerator <= 0n;
}

/** Tabulates a drift over the box; V is symmetric, so each ordered state is evaluated once. */
export function tabulate(drift: Drift, condition: Condition, n: number, box: number): StateTable {
  const rows = box ** n;
  const q = Array.from({ length: n }, () => new Int32Array(rows));
  const numerator: bigint[] = new Array(rows);
  const value = new Float64Array(rows);
  const violates = new Uint8Array(rows);
  const state = new Int32Array(n);
  const ordered = new Int32Array(n);
  for (let row = 0; row < rows; row++) {
    for (let i = n - 1, rest = row; i >= 0; i--) {
      state[i] = rest % box;
      rest = Math.floor(rest / box);
    }
    ordered.set(state);
    ordered.sort().reverse();
    let twin = 0;
    for (let i = 0; i < n; i++) {
      q[i][row] = state[i];
      twin = twin * box + ordered[i];
    }
    // The ordered twin has the larger index: rows above the diagonal are evaluated, those below are read back.
    numerator[row] = numerator[twin] ?? drift.numerator(state);
    if (twin > row) numerator[twin] = numerator[row];
    value[row] = toNumber({ num: numerator[row], den: drift.denominator });
    violates[row] = breaks(condition, numerator[row], row === 0) ? 1 : 0;
  }
  return { q, drift: value, numerator, denominator: drift.denominator, violates };
}
