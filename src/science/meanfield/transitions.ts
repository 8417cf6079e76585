import { integerPower } from '../numeric/power.ts';
import type { EquationTables } from './equations.ts';

/** coefficient · x_a · x_b^power with a ≠ b and x_0 = 1, so that index 0 stands for no factor. */
export interface Monomial {
  readonly coefficient: number;
  readonly a: number;
  readonly b: number;
  readonly power: number;
}

/**
 * A transition of a population process of size n: the counts n·x_low … n·x_high change by `sign`, at the rate n Σ rate.
 */
export interface Transition {
  readonly low: number;
  readonly high: number;
  readonly sign: 1 | -1;
  readonly rate: readonly Monomial[];
}

/**
 * All transitions of the counts of queues with at least i jobs, i = 1 … B, at every finite n and to the letter: an arrival
 * that stays raises one level, a migrant's pieces raise K, a departure lowers one. Levels above B are left out.
 */
export function tailTransitions(tables: EquationTables, lambda: number, B: number): Transition[] {
  const { d, K, stay, origin } = tables;
  const transitions: Transition[] = [];
  const add = (low: number, high: number, sign: 1 | -1, rate: readonly (Monomial | null)[]): void => {
    const kept = rate.filter((monomial) => monomial !== null && monomial.a <= B && monomial.b <= B) as Monomial[];
    if (kept.length > 0) transitions.push({ low, high: Math.min(B, high), sign, rate: kept });
  };
  for (let i = 1; i <= B; i++) {
    const t = stay[i];
    add(i, i, 1, [monomial(lambda, i - 1, t, d), monomial(-lambda, i, t, d)]);
    add(i, i, -1, [monomial(1, 0, i, 1), monomial(-1, 0, i + 1, 1)]);
  }
  for (let m = 0; m < B; m++) {
    // Row m + 1 names the origins of m in its last place.
    const from = origin[(m + 1) * K + K - 1];
    if (from >= 0) add(m + 1, m + K, 1, [monomial(lambda, from, m, d), monomial(-lambda, from, m + 1, d)]);
  }
  return transitions;
}

/** coefficient · x_a x_b^power, with equal factors drawn together. */
function monomial(coefficient: number, a: number, b: number, power: number): Monomial {
  return a === b ? { coefficient, a: 0, b, power: power + 1 } : { coefficient, a, b, power };
}

/** A monomial with its derivatives ∂^(r+s)/∂x_a^r ∂x_b^s at x, r ≤ 1; index 0 is the constant, along which nothing moves. */
export interface MixedDerivatives {
  readonly a: number;
  readonly b: number;
  at(r: 0 | 1, s: number): number;
}

/** The monomials of a rate at x, x_0 = 1. */
export function mixedDerivatives(rate: readonly Monomial[], x: Float64Array): MixedDerivatives[] {
  return rate.map(({ coefficient, a, b, power }) => ({
    a,
    b,
    at(r, s) {
      if (s > power) return 0;
      let falling = coefficient;
      for (let k = 0; k < s; k++) falling *= power - k;
      return falling * (r === 0 ? x[a] : 1) * integerPower(x[b], power - s);
    },
  }));
}
