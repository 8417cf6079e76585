import { maximin } from '../numeric/maximin.ts';
import { compare, ONE, type Rational, rational } from '../numeric/rational.ts';
import type { Policy } from '../policy/policy.ts';
import { type Cover, makeCover } from './cover.ts';
import { makeDrift } from './drift.ts';
import { DriftError } from './error.ts';
import type { TestFunction } from './function.ts';
import { hingeFeatures, type Side } from './piecewiseLinear.ts';

/** What infinitely many states have in common: their (1 + λ)ΔV · unit is λ·arrivals + departures, one entry a feature. */
interface Condition {
  readonly arrivals: readonly bigint[];
  readonly departures: readonly bigint[];
}

/**
 * The drift of every V = S + f(D) with M breakpoints, far out: (1 + λ)ΔV · unit = λ Σ_f c_f arrivals_f + Σ_f c_f departures_f
 * on each of finitely many pieces (see cover.ts), where it is constant, as V's jumps are bounded. Each piece has
 * infinitely many states and all but finitely many states lie in one, so these finitely many linear inequalities in c
 * are what ΔV ≤ −ε (or ≥ ε) off a finite set means, no more and no less.
 */
export interface Programme {
  readonly breakpoints: number;
  readonly conditions: readonly Condition[];
  readonly unit: bigint;
}

/** Far more than a gap of 10⁻¹² takes; the exact arithmetic grows with the fourth power. */
export const MOST_BREAKPOINTS = 64;

/** Throws {@link DriftError} for a number of breakpoints, or a policy, out of the programme's reach; cheap otherwise. */
export function requireReach(policy: Policy, breakpoints: number): void {
  if (!Number.isInteger(breakpoints) || breakpoints < 1 || breakpoints > MOST_BREAKPOINTS) {
    const expected = `an integer from 1 to ${MOST_BREAKPOINTS}`;
    throw new DriftError('breakpoints', `breakpoints must be ${expected}, found ${breakpoints}`);
  }
  const [work] = hingeFeatures(0);
  const pieces = coverOf(onlyFeature(work, breakpoints - 1), ONE, policy)?.pieces.length ?? Number.POSITIVE_INFINITY;
  if (pieces > MOST_PIECES) {
    const why = policy.spec.kind === 'mbounce' ? 'α is too close to 1' : 'its thresholds or K are too large';
    throw new DriftError('policy', `the regions of ${policy.label} begin too far out to be searched: ${why}`);
  }
}

/** Each row and column before the regions of a policy is a piece: many for α close to 1 or thresholds far from m. */
const MOST_PIECES = 2000;

/** The programme of a policy, any d. Throws as {@link requireReach} does. */
export function driftProgramme(policy: Policy, breakpoints: number): Programme {
  requireReach(policy, breakpoints);
  const features = hingeFeatures(breakpoints);
  const perFeature = features.map((feature) => {
    const V = onlyFeature(feature, breakpoints - 1);
    const departures = cornerDrifts(V, rational(0), policy);
    return { departures, both: cornerDrifts(V, ONE, policy) };
  });
  const conditions = new Map<string, Condition>();
  for (let at = 0; at < perFeature[0].departures.length; at++) {
    const departures = perFeature.map((f) => f.departures[at]);
    const arrivals = perFeature.map((f, k) => f.both[at] - departures[k]);
    conditions.set(`${arrivals}|${departures}`, { arrivals, departures });
  }
  const unit = makeDrift(onlyFeature(features[0], 0), rational(0), policy, 2).denominator;
  return { breakpoints, conditions: [...conditions.values()], unit };
}

const onlyFeature = (feature: (q: Int32Array) => number, kink: number): TestFunction => ({
  name: 'piecewise-linear',
  condition: 'drift-bound',
  coefficients: [ONE],
  features: [feature],
  kink,
  jumpBound: null,
  alpha: null,
  C: null,
});

const coverOf = (V: TestFunction, lambda: Rational, policy: Policy): Cover | null =>
  makeCover(V, makeDrift(V, lambda, policy, 2), policy)(1, 1);

/** The numerators of ΔV on the pieces outside the smallest corner. */
const cornerDrifts = (V: TestFunction, lambda: Rational, policy: Policy): bigint[] =>
  coverOf(V, lambda, policy)!.pieces.flatMap(({ corners }) => corners.map(({ value }) => value));

/** Slopes over one denominator, whose numbers may be long: rational arithmetic would spend its time on common factors. */
export interface ScaledSlopes {
  readonly numerators: readonly bigint[];
  readonly denominator: bigint;
}

/** The best slopes at one λ, and how well they do: the least ε off a finite set, ≤ 0 where the family proves nothing. */
export interface BestSlopes extends ScaledSlopes {
  readonly margin: Rational;
}

/** Solves the programme at λ ≥ 0, exactly. */
export function solveProgramme({ conditions, unit }: Programme, lambda: Rational, side: Side): BestSlopes {
  const sign = signOf(side);
  const best = maximin(
    conditions.map(({ arrivals, departures }) => {
      const [constant, ...coefficients] = arrivals.map((a, f) => sign * (lambda.num * a + lambda.den * departures[f]));
      return { constant, coefficients };
    }),
  );
  // The far drift of S + f(D), averaged over the stationary law of D, does not depend on f: it bounds ε.
  if (best.status === 'unbounded') throw new Error('the drift of S + f(D) was found unbounded, which it cannot be');
  let slope = 0n;
  const numerators = best.point.map((kink) => {
    slope += kink;
    return slope;
  });
  const margin = rational(best.value, best.denominator * unit * (lambda.num + lambda.den));
  return { numerators, denominator: best.denominator, margin };
}

/** ε of given slopes at λ: the least of ±ΔV off a finite set. */
export function marginOf(programme: Programme, slopes: ScaledSlopes, lambda: Rational, side: Side): Rational {
  const values = linesOf(programme, slopes, side).map(({ A, B }) => lambda.num * A + lambda.den * B);
  const least = values.reduce((a, b) => (b < a ? b : a));
  return rational(least, slopes.denominator * programme.unit * (lambda.num + lambda.den));
}

/** The arrival rates λ with above < λ < below, above ≥ 0; `below` null: all λ > above. */
export interface OpenInterval {
  readonly above: Rational;
  readonly below: Rational | null;
}

/**
 * The rates at which the same slopes prove the same side: one open interval, because (1 + λ)ΔV is affine in λ in every
 * state. null when there is none above 0.
 */
export function provedRates(programme: Programme, slopes: ScaledSlopes, side: Side): OpenInterval | null {
  let above = rational(0);
  let below: Rational | null = null;
  for (const { A, B } of linesOf(programme, slopes, side)) {
    if (A === 0n && B <= 0n) return null;
    if (A > 0n) {
      const root = { num: -B, den: A };
      if (compare(above, root) < 0) above = root;
    } else if (A < 0n) {
      const root = { num: B, den: -A };
      if (below === null || compare(root, below) < 0) below = root;
    }
  }
  if (below !== null && compare(above, below) >= 0) return null;
  return { above: rational(above.num, above.den), below: below && rational(below.num, below.den) };
}

const signOf = (side: Side): bigint => (side === 'unstable' ? 1n : -1n);

/** λA + B > 0 on each piece is what the slopes have to meet; scaled by their denominator and the unit. */
function linesOf({ conditions }: Programme, { numerators, denominator }: ScaledSlopes, side: Side) {
  const c = [denominator, ...numerators.map((slope, l) => (l === 0 ? slope : slope - numerators[l - 1]))];
  const total = (vector: readonly bigint[]): bigint =>
    signOf(side) * vector.reduce((sum, value, f) => sum + value * c[f], 0n);
  return conditions.map(({ arrivals, departures }) => ({ A: total(arrivals), B: total(departures) }));
}
