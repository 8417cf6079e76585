import { ceil, compare, floor, format, mul, type Rational, rational } from '../numeric/rational.ts';
import { makePolicy, type Policy, type PolicySpec } from '../policy/policy.ts';
import { type Certificate, certifyFunction, readLambda } from './certify.ts';
import { DriftError } from './error.ts';
import { type PiecewiseLinear, piecewiseLinear, type Side } from './piecewiseLinear.ts';
import {
  type BestSlopes,
  driftProgramme,
  marginOf,
  type OpenInterval,
  type Programme,
  provedRates,
  type ScaledSlopes,
  solveProgramme,
} from './programme.ts';

export interface SearchParams {
  /** Arrival rate per queue: a decimal or a fraction, read exactly. */
  readonly lambda: string | number | Rational;
  readonly policy: PolicySpec;
  /** M of V = S + f(D): f has M slopes. */
  readonly breakpoints: number;
  readonly side: Side;
  /** States with every queue < box are listed in the certificate. Default {@link BOX}. */
  readonly box?: number;
}

/** A test function with small rational slopes, and the proof that it does what it was found for. */
export interface CertifiedFunction extends PiecewiseLinear {
  /** ε > 0: the drift is ≤ −ε, or ≥ ε, off a finite set. */
  readonly margin: Rational;
  /** The same slopes prove the same at every rate strictly between these. */
  readonly proves: OpenInterval;
  readonly certificate: Certificate;
}

export interface SearchResult {
  /** `none-exists`: no function of the family, at this λ, has the drift that the side asks for. That is a proof as well. */
  readonly status: 'certified-stable' | 'certified-unstable' | 'none-exists';
  readonly lambda: Rational;
  /** The largest ε that a function of the family reaches, exactly: > 0 iff one certifies the side. */
  readonly best: Rational;
  readonly found: CertifiedFunction | null;
}

export const BOX = 20;

/**
 * The best V = S + f(D) of two queues at λ, f piecewise linear with M breakpoints, found by an exact linear programme,
 * rounded to small rationals and certified in every state. `stable` certifies positive recurrence (ΔV ≤ −ε), `unstable`
 * transience (ΔV ≥ ε, jumps bounded), each off a finite set. Any policy and d.
 * Throws {@link DriftError} or PolicyError for parameters without meaning.
 */
export function searchCertificate({ lambda: given, policy: spec, breakpoints, side, box }: SearchParams): SearchResult {
  const lambda = readLambda(given);
  if (side !== 'stable' && side !== 'unstable') {
    throw new DriftError('side', `side must be "stable" or "unstable", found ${JSON.stringify(side)}`);
  }
  const policy = makePolicy(spec);
  return searchAt(driftProgramme(policy, breakpoints), policy, lambda, side, box);
}

/** {@link searchCertificate} for a programme at hand. */
export function searchAt(programme: Programme, policy: Policy, lambda: Rational, side: Side, box = BOX): SearchResult {
  const optimum = solveProgramme(programme, lambda, side);
  const best = optimum.margin;
  if (best.num <= 0n) return { status: 'none-exists', lambda, best, found: null };
  const rounded = roundSlopes(programme, optimum, lambda, side);
  const slopes = rounded.numerators.map((numerator) => rational(numerator, rounded.denominator));
  const certificate = certifyFunction(piecewiseLinear({ slopes }, side, policy), { lambda, policy, n: 2, box });
  const proves = provedRates(programme, rounded, side);
  // The programme's inequalities are the certificate's, so this only guards against a mistake of ours.
  if (certificate.verdict !== 'certified' || proves === null) {
    throw new Error(`a function of margin > 0 at λ = ${format(lambda)} was not certified`);
  }
  const margin = marginOf(programme, rounded, lambda, side);
  return { status: `certified-${side}`, lambda, best, found: { slopes, margin, proves, certificate } };
}

/** Slopes over the least common denominator up to 100, else of 200, 500, 1000, …, that keeps half of the best margin. */
function roundSlopes(programme: Programme, best: BestSlopes, lambda: Rational, side: Side): ScaledSlopes {
  const enough = mul(best.margin, rational(1, 2));
  for (let denominator = 1n; ; denominator = nextDenominator(denominator)) {
    const rounded = { numerators: best.numerators.map((s) => nearest(s, best.denominator, denominator)), denominator };
    // It ends: the margin is continuous in the slopes.
    if (compare(marginOf(programme, rounded, lambda, side), enough) >= 0) return rounded;
  }
}

const nextDenominator = (n: bigint): bigint => {
  if (n < 100n) return n + 1n;
  return String(n).startsWith('2') ? (n / 2n) * 5n : 2n * n;
};

/** The integer nearest to denominator·num/den, the larger one of two. */
const nearest = (num: bigint, den: bigint, denominator: bigint): bigint =>
  floor({ num: 2n * num * denominator + den, den: 2n * den });

/** The last decimal with so many digits strictly below an open end, or the first strictly above it. */
export function decimalInside(end: Rational, digits: number, direction: 'below' | 'above'): Rational {
  const scale = 10n ** BigInt(digits);
  const scaled = rational(end.num * scale, end.den);
  return rational(direction === 'below' ? ceil(scaled) - 1n : floor(scaled) + 1n, scale);
}
