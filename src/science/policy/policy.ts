import { format, parseRational, type Rational, rational, toNumber } from '../numeric/rational.ts';

/** Whether an arrival migrates at q > T(m) (the reading that reproduces the paper's Figure 3) or already at q ≥ T(m). */
export type Comparison = 'strict' | 'weak';

/** A policy as a study writes it. Every kind shares d (queues sampled), K (jobs a migration makes) and the comparison. */
export interface PolicySpec {
  readonly kind: 'none' | 'sq' | 'abounce' | 'mbounce' | 'table';
  /** Additive threshold of ABOUNCE: T(m) = m + C, an integer C ≥ K. */
  readonly C?: number;
  /** Factor of MBOUNCE: T(m) = max(αm, m + K), α > 1; a decimal or a fraction, read exactly. */
  readonly alpha?: number | string;
  /** T(0), T(1), … of a free table: nondecreasing; past its end T grows by one with m. */
  readonly thresholds?: readonly (number | string)[];
  /** Queues sampled uniformly with replacement; `all` compares with every queue (the paper's d = ∞). Default: all. */
  readonly d?: number | 'all';
  /** Unit jobs that a migrating job becomes. Default 1. */
  readonly K?: number;
  readonly comparison?: Comparison;
}

/**
 * A policy reduced to integers. An arrival at a queue of length q whose shortest sampled queue has length m migrates
 * iff q ≥ β(m), where β(m) = ⌊T(m)⌋ + 1 under the strict comparison and ⌈T(m)⌉ under the weak one.
 */
export interface Policy {
  readonly spec: PolicySpec;
  readonly d: number | 'all';
  readonly K: number;
  readonly comparison: Comparison;
  /** T(m) exactly; null stands for ∞ (no sharing). */
  threshold(m: number): Rational | null;
  /** β(m): the shortest origin length that migrates to a queue of length m; Infinity for no sharing. Nondecreasing. */
  beta(m: number): number;
  /** θ(q) = min { m : β(m) > q }: the shortest sampled length at which an arrival at length q stays. Nondecreasing. */
  theta(q: number): number;
  /** A short name such as `ABOUNCE(C=2, d=10)`. */
  readonly label: string;
}

/** A policy that does not exist, with the offending parameter's name. */
export class PolicyError extends RangeError {
  override readonly name = 'PolicyError';
  readonly parameter: keyof PolicySpec;

  constructor(parameter: keyof PolicySpec, message: string) {
    super(message);
    this.parameter = parameter;
  }
}

const integerAtLeast = (least: number, value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= least;

/** Validates a spec and returns its policy. Throws {@link PolicyError} naming the parameter that is missing or out of range. */
export function makePolicy(spec: PolicySpec): Policy {
  const { d = 'all', K = 1, comparison = 'strict' } = spec;
  if (d !== 'all' && !integerAtLeast(1, d)) throw new PolicyError('d', `d must be an integer ≥ 1 or "all", found ${d}`);
  if (!integerAtLeast(1, K)) throw new PolicyError('K', `K must be an integer ≥ 1, found ${K}`);
  const threshold = thresholdFunction(spec, K);
  const beta = (m: number): number => {
    const t = threshold(m);
    if (t === null) return Number.POSITIVE_INFINITY;
    const whole = t.num / t.den; // T ≥ 0, so BigInt division is the floor
    return Number(comparison === 'strict' || whole * t.den !== t.num ? whole + 1n : whole);
  };
  const theta = (q: number): number => {
    // β(m) ≥ m for every policy, hence θ(q) ≤ q + 1: walk up from a bisected lower bound.
    let low = 0;
    let high = q + 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (beta(middle) > q) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return { spec, d, K, comparison, threshold, beta, theta, label: labelOf(spec, d) };
}

function thresholdFunction(spec: PolicySpec, K: number): (m: number) => Rational | null {
  switch (spec.kind) {
    case 'none':
      return () => null;
    case 'sq':
      // "At least K fewer jobs": q ≥ m + K, that is q > m + K − 1. With K = 1 it is the supermarket model SQ(d + 1).
      return (m) => rational(m + K - 1);
    case 'abounce': {
      const C = spec.C;
      if (!integerAtLeast(0, C)) throw new PolicyError('C', `ABOUNCE needs an integer C, found ${C}`);
      if (C < K) throw new PolicyError('C', `ABOUNCE needs C ≥ K, found C = ${C} with K = ${K}`);
      return (m) => rational(m + C);
    }
    case 'mbounce': {
      if (spec.alpha === undefined) throw new PolicyError('alpha', 'MBOUNCE needs a factor alpha > 1');
      const alpha = rationalParameter('alpha', spec.alpha);
      if (alpha.num <= alpha.den) throw new PolicyError('alpha', `MBOUNCE needs alpha > 1, found ${format(alpha)}`);
      return (m) => {
        const product = rational(alpha.num * BigInt(m), alpha.den);
        const floorTerm = rational(m + K);
        return product.num * floorTerm.den > floorTerm.num * product.den ? product : floorTerm;
      };
    }
    case 'table': {
      const table = (spec.thresholds ?? []).map((t) => rationalParameter('thresholds', t));
      if (table.length === 0) throw new PolicyError('thresholds', 'a table policy needs thresholds T(0), T(1), …');
      table.forEach((t, m) => {
        if (t.num < BigInt(m) * t.den) throw new PolicyError('thresholds', `T(${m}) = ${format(t)} is below m = ${m}`);
        if (m > 0 && table[m - 1].num * t.den > t.num * table[m - 1].den) {
          throw new PolicyError(
            'thresholds',
            `thresholds must not decrease, found T(${m}) = ${format(t)} after ${format(table[m - 1])}`,
          );
        }
      });
      const last = table.length - 1;
      return (m) =>
        m <= last ? table[m] : rational(table[last].num + BigInt(m - last) * table[last].den, table[last].den);
    }
    default:
      throw new PolicyError(
        'kind',
        `unknown policy ${JSON.stringify(spec.kind)}: expected none, sq, abounce, mbounce or table`,
      );
  }
}

function rationalParameter(parameter: 'alpha' | 'thresholds', value: number | string): Rational {
  try {
    return parseRational(value);
  } catch (error) {
    throw new PolicyError(parameter, `${parameter}: ${(error as Error).message}`);
  }
}

function labelOf(spec: PolicySpec, d: number | 'all'): string {
  switch (spec.kind) {
    case 'none':
      return 'no sharing';
    case 'sq':
      return d === 'all' ? 'JSQ' : `SQ(${d + 1})`;
    case 'abounce':
      return `ABOUNCE(C=${spec.C}, d=${d})`;
    case 'mbounce':
      return `MBOUNCE(α=${toNumber(parseRational(spec.alpha!))}, d=${d})`;
    case 'table':
      return `table(d=${d})`;
  }
}

/** β(0), …, β(length − 1) as a lookup table for kernels; `never` stands where no length migrates. */
export function betaTable(policy: Policy, length: number, never = 0x7fffffff): Int32Array {
  return Int32Array.from({ length }, (_, m) => Math.min(policy.beta(m), never));
}

/** θ(0), …, θ(length − 1) as a lookup table. */
export function thetaTable(policy: Policy, length: number): Int32Array {
  return Int32Array.from({ length }, (_, q) => policy.theta(q));
}
