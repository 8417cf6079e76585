import { add, compare, mul, type Rational, rational, sub } from '../numeric/rational.ts';
import { makePolicy, type PolicySpec } from '../policy/policy.ts';
import { DriftError } from './error.ts';
import type { Side } from './piecewiseLinear.ts';
import { driftProgramme, type Programme, provedRates, solveProgramme } from './programme.ts';
import { decimalInside, type SearchResult, searchAt } from './search.ts';

export interface RatesParams {
  readonly policy: PolicySpec;
  readonly breakpoints: number;
  /** Decimal places of the rates. Default 15. */
  readonly digits?: number;
  readonly box?: number;
}

export interface CertifiedRates {
  /** At the last decimal of either side that the family certifies: one step further on, no function of it does. */
  readonly stable: SearchResult;
  readonly unstable: SearchResult;
  /** unstable.lambda − stable.lambda: the threshold lies in between. */
  readonly gap: Rational;
}

export const MOST_DIGITS = 30;

/**
 * How far V = S + f(D) with M breakpoints reaches: the largest λ it certifies stable and the smallest it certifies
 * unstable, and with them (see `found.proves`) usually every λ below, or above. Instead of a bisection, each function
 * found says up to which λ′ it holds, and the next programme is solved there: λ grows at every step, and only
 * functions that were certified are ever relied on.
 * Throws {@link DriftError} or PolicyError for parameters without meaning.
 */
export function certifiedRates({ policy: spec, breakpoints, digits = 15, box }: RatesParams): CertifiedRates {
  if (!Number.isInteger(digits) || digits < 1 || digits > MOST_DIGITS) {
    throw new DriftError('digits', `digits must be an integer from 1 to ${MOST_DIGITS}, found ${digits}`);
  }
  const policy = makePolicy(spec);
  const programme = driftProgramme(policy, breakpoints);
  const reach = (side: Side): SearchResult => searchAt(programme, policy, farthest(programme, side, digits), side, box);
  const stable = reach('stable');
  const unstable = reach('unstable');
  return { stable, unstable, gap: sub(unstable.lambda, stable.lambda) };
}

function farthest(programme: Programme, side: Side, digits: number): Rational {
  const stable = side === 'stable';
  const step = rational(stable ? 1n : -1n, 10n ** BigInt(digits));
  const isFarther = (a: Rational, b: Rational): boolean => (stable ? compare(a, b) > 0 : compare(a, b) < 0);
  // At λ = 0 work only leaves, and V = S has ΔV ≥ ε for λ > 1, whatever the policy.
  let reached = rational(stable ? 0 : 2);
  let f = solveProgramme(programme, reached, side);
  for (;;) {
    const rates = provedRates(programme, f, side);
    const end = (stable ? rates?.below : rates?.above) ?? reached;
    const inside = nextRate(reached, end, digits, stable ? 'below' : 'above');
    const next = isFarther(inside, reached) ? inside : add(reached, step);
    f = solveProgramme(programme, next, side);
    if (f.margin.num <= 0n) break;
    reached = next;
  }
  if (reached.num === 0n) {
    throw new DriftError('digits', `no rate of ${digits} decimal places is small enough: allow more digits`);
  }
  return reached;
}

/** A decimal just inside the open end, with no more places than it takes to keep 15/16 of the way there. */
function nextRate(lambda: Rational, end: Rational, digits: number, direction: 'below' | 'above'): Rational {
  const way = sub(end, lambda);
  for (let places = 1; ; places++) {
    const next = decimalInside(end, places, direction);
    const left = mul(rational(16), sub(end, next));
    const close = direction === 'below' ? compare(left, way) <= 0 : compare(left, way) >= 0;
    if (close || places === digits) return next;
  }
}
