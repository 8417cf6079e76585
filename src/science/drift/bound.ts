import { add, floor, mul, ONE, type Rational, rational, sub } from '../numeric/rational.ts';
import type { Policy } from '../policy/policy.ts';
import { growthOf } from '../policy/regions.ts';
import type { TestFunction } from './function.ts';

/**
 * ΔV(q) ≤ intercept − slope·S, S = Σq, for every state of any n, any d and any tie: a proof outside every box.
 *
 * theorem3, V = aΣq² − bS², b = 1/(α−1), a = 1 + nb (science brief §3). Let n(1+λ)ΔV be the sum of
 *   staying arrivals  λ Σ_i [a(2q_i+1) − b(2S+1)]             = λ[2S + n(a−b)],
 *   departures          Σ_{q_i>0} [a(1−2q_i) + b(2S−1)]       ≤ −2S + n(a−b), as each empty queue only removes 2bS + a − b,
 *   migrations i → j  λ p_j [2a(Kq_j − q_i) − 2b(K−1)S + (a−b)(K²−1)], instead of staying.
 * The targets J of i are the shortest queues, and p_j does not increase with q_j, so Σ_J p_j q_j ≤ p(J) m̄ with m̄ the mean
 * length in J (Chebyshev); the queues outside J ∪ {i} are longer, so S ≥ q_i + (n−1)m̄; and q_i ≥ αm̄ because T(m) ≥ αm.
 * The bracket's leading part is then at most p(J)·2m̄[a(K−α) − b(K−1)(α+n−1)] = p(J)·2m̄(α+n−1)(1−α)/(α−1) ≤ 0. Hence
 *   ΔV ≤ [−2(1−λ)S/n + (a−b)(1+λK²)]/(1+λ).
 * Premises: T(m) ≥ αm for all m, and λ < 1 for a slope that helps.
 *
 * theorem1, V = Σq²: an arrival adds 2q_i + 1 ≤ 2Kq_i + K² if it stays and 2Kq_j + K² ≤ 2Kq_i + K² if it migrates, hence
 *   ΔV ≤ [−2(1−λK)S/n + 1 + λK²]/(1+λ), for every policy with T(m) ≥ m. It proves Theorem 1 for λ < 1/K.
 */
export interface QuadraticBound {
  readonly intercept: Rational;
  readonly slope: Rational;
}

/** The bound, or null where V has none or a premise fails. Its slope may be ≤ 0 (λ too large): it is then no proof. */
export function quadraticBound(V: TestFunction, lambda: Rational, policy: Policy, n: number): QuadraticBound | null {
  const K = rational(policy.K);
  const lambdaK2 = mul(lambda, mul(K, K));
  const rate = add(ONE, lambda);
  const scaled = (intercept: Rational, drain: Rational): QuadraticBound => ({
    intercept: rational(intercept.num * rate.den, intercept.den * rate.num),
    slope: rational(2n * drain.num * rate.den, drain.den * rate.num * BigInt(n)),
  });
  if (V.name === 'theorem1') return scaled(add(ONE, lambdaK2), sub(ONE, mul(lambda, K)));
  if (V.name !== 'theorem3' || !dominatesLine(policy, V.alpha!)) return null;
  const [a, minusB] = V.coefficients;
  return scaled(mul(add(a, minusB), add(ONE, lambdaK2)), sub(ONE, lambda));
}

/** T(m) ≥ αm for every m. */
function dominatesLine(policy: Policy, alpha: Rational): boolean {
  const growth = growthOf(policy);
  if (growth.kind === 'never') return true;
  return growth.kind === 'multiplicative' && growth.alpha.num * alpha.den >= alpha.num * growth.alpha.den;
}

/** The largest S at which the bound allows ΔV ≥ 0, so ΔV < 0 in every state of more work; null when slope ≤ 0. */
export function lastUnboundedWork({ intercept, slope }: QuadraticBound): number | null {
  if (slope.num <= 0n) return null;
  return Number(floor(rational(intercept.num * slope.den, intercept.den * slope.num)));
}

/** Compares drifts of one denominator with the bound: `slack` = bound − ΔV, in units of 1/`scale`, ≥ 0 where it holds. */
export function boundSlack(
  bound: QuadraticBound,
  denominator: bigint,
): { scale: bigint; of(S: number, numerator: bigint): bigint } {
  const shared = bound.intercept.den * bound.slope.den;
  const intercept = bound.intercept.num * bound.slope.den * denominator;
  const slope = bound.slope.num * bound.intercept.den * denominator;
  return { scale: shared * denominator, of: (S, numerator) => intercept - slope * BigInt(S) - numerator * shared };
}
