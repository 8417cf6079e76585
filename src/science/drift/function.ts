import { add, div, format, ONE, parseRational, type Rational, rational, sub } from '../numeric/rational.ts';
import type { Policy } from '../policy/policy.ts';
import { DriftError } from './error.ts';

/** The functions that go by a name; `piecewise-linear` ones are made from their slopes (piecewiseLinear.ts). */
export type TestFunctionName = 'theorem1' | 'theorem2-printed' | 'theorem2-repaired' | 'theorem3' | 'total-work';

/**
 * What the drift has to satisfy. `drift-nonnegative`: ΔV ≥ 0 off E₀ = {0}, condition (I) of Theorem 2, which denies
 * positive recurrence. `drift-bound`: ΔV ≤ −ε off a finite set (Foster–Lyapunov, Theorem 3), which proves it.
 * `drift-positive`: ΔV ≥ ε > 0 off a finite set E, for a V with bounded jumps that exceeds its values on E somewhere.
 * The chain is then transient: e^{−θV} is a supermartingale off E for small θ > 0, since E e^{−θΔV} ≤ 1 − θε + O(θ²),
 * and smaller than on E somewhere, from where E is never reached with positive probability.
 */
export type Condition = 'drift-nonnegative' | 'drift-bound' | 'drift-positive';

/**
 * V = Σ_f c_f φ_f with rational c_f and symmetric, integer-valued φ_f. Drifts are sums of integers φ_f(q′) − φ_f(q)
 * until the very end, which is what makes exact arithmetic fast; and V is linear in c, should one look for the best c.
 */
export interface TestFunction {
  readonly name: TestFunctionName | 'piecewise-linear';
  readonly condition: Condition;
  readonly coefficients: readonly Rational[];
  readonly features: readonly ((q: Int32Array) => number)[];
  /** For two queues: every φ_f is one polynomial of degree ≤ 2, with affine increments, where |q₁ − q₂| ≥ kink. */
  readonly kink: number;
  /** |V(q′) − V(q)| ≤ jumpBound over all transitions: condition (III) of Theorem 2; null where V's jumps are unbounded. */
  readonly jumpBound: Rational | null;
  /** α of V (theorem3), else null. */
  readonly alpha: Rational | null;
  /** C of V (theorem2), else null. */
  readonly C: number | null;
}

export interface TestFunctionSpec {
  readonly function: TestFunctionName;
  readonly lambda: Rational;
  readonly policy: Policy;
  readonly n: number;
  /** C of Theorem 2's V. Default: the policy's. */
  readonly C?: number;
  /** α of Theorem 3's V. Default: the policy's. */
  readonly alpha?: string | number;
}

const totalWork = (q: Int32Array): number => {
  let sum = 0;
  for (let i = 0; i < q.length; i++) sum += q[i];
  return sum;
};
const squares = (q: Int32Array): number => {
  let sum = 0;
  for (let i = 0; i < q.length; i++) sum += q[i] * q[i];
  return sum;
};
const squaredWork = (q: Int32Array): number => totalWork(q) ** 2;

/** Builds V. Throws {@link DriftError} where V is not defined for the policy, n or λ. */
export function makeTestFunction(spec: TestFunctionSpec): TestFunction {
  const base = { name: spec.function, kink: 0, jumpBound: null, alpha: null, C: null } as const;
  switch (spec.function) {
    case 'theorem1':
      // Σq². Not in the paper: it proves Theorem 1 without a coupling (see bound.ts).
      return { ...base, condition: 'drift-bound', coefficients: [ONE], features: [squares] };
    case 'total-work': {
      const jumpBound = rational(spec.policy.K);
      return { ...base, condition: 'drift-bound', coefficients: [ONE], features: [totalWork], jumpBound };
    }
    case 'theorem2-printed':
    case 'theorem2-repaired':
      return theorem2(spec);
    case 'theorem3': {
      const alpha = alphaOf(spec);
      const b = div(ONE, sub(alpha, ONE));
      // V₁ + V₂ = Σq² + b Σ_{i<j} (q_i − q_j)² = (1 + nb) Σq² − b (Σq)².
      const a = add(ONE, rational(BigInt(spec.n) * b.num, b.den));
      const coefficients = [a, sub(rational(0), b)];
      return { ...base, condition: 'drift-bound', coefficients, features: [squares, squaredWork], alpha };
    }
    default:
      throw new DriftError(
        'function',
        `unknown test function ${JSON.stringify(spec.function)}: expected theorem1, theorem2-printed, theorem2-repaired, theorem3 or total-work`,
      );
  }
}

/** V = q₁ + q₂ + (1−λ)/(1+λ) Σ_ℓ |…|: ||q₁−q₂|−ℓ| over ℓ = 0..C as printed, |q₁−q₂−ℓ| over ℓ = −C..C repaired. */
function theorem2({ function: name, lambda, policy, n, C = policy.spec.C }: TestFunctionSpec): TestFunction {
  if (n !== 2) throw new DriftError('n', `the function of Theorem 2 is defined for n = 2, found n = ${n}`);
  if (C === undefined || !Number.isInteger(C) || C < 0) {
    throw new DriftError('C', `the function of Theorem 2 needs an integer C ≥ 0 (the policy has none), found ${C}`);
  }
  if (lambda.num >= lambda.den) {
    throw new DriftError('lambda', `the function of Theorem 2 needs λ < 1, found ${format(lambda)}`);
  }
  const first = name === 'theorem2-printed' ? 0 : -C;
  const kinks = (q: Int32Array): number => {
    const gap = Math.abs(q[0] - q[1]);
    let sum = 0;
    for (let l = first; l <= C; l++) sum += Math.abs(gap - l);
    return sum;
  };
  const weight = div(sub(ONE, lambda), add(ONE, lambda));
  // One event moves Σq and q₁ − q₂ by at most K each, and Σ_ℓ has slope C − first + 1.
  const slope = add(ONE, rational(weight.num * BigInt(C - first + 1), weight.den));
  return {
    name,
    condition: 'drift-nonnegative',
    coefficients: [ONE, weight],
    features: [totalWork, kinks],
    kink: C,
    jumpBound: rational(slope.num * BigInt(policy.K), slope.den),
    alpha: null,
    C,
  };
}

function alphaOf({ alpha, policy }: TestFunctionSpec): Rational {
  const given = alpha ?? policy.spec.alpha;
  if (given === undefined) {
    throw new DriftError('alpha', 'the function of Theorem 3 needs alpha > 1 (the policy has none)');
  }
  const exact = parseRational(given);
  if (exact.num <= exact.den) {
    throw new DriftError('alpha', `the function of Theorem 3 needs alpha > 1, found ${format(exact)}`);
  }
  return exact;
}
