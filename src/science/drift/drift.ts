import { type Rational, rational } from '../numeric/rational.ts';
import type { Policy } from '../policy/policy.ts';
import type { TestFunction } from './function.ts';

/**
 * The drift (ΔV)(q) = E[V(q(1)) | q(0) = q] − V(q) of the embedded chain, uniformised at rate n(1 + λ): each queue has
 * an arrival with probability λ/(n(1+λ)) and a potential departure with probability 1/(n(1+λ)).
 * All drifts share one denominator, so comparing them is comparing `numerator`s.
 */
export interface Drift {
  readonly denominator: bigint;
  /**
   * ΔV(q) · denominator. `q` may be in any order and is left as found. With `forced`, whether a longer queue's
   * arrivals migrate is taken from it and not from the policy: the affine continuation of one regime.
   */
  numerator(q: Int32Array, forced?: boolean): bigint;
  at(q: Int32Array | readonly number[]): Rational;
}

/** Builds the exact drift of V under a policy with n queues, any d (`all` or finite), and rational λ. */
export function makeDrift(V: TestFunction, lambda: Rational, policy: Policy, n: number): Drift {
  const { d, K } = policy;
  // P(min of d samples ≥ m) = (m_m / n)^d with m_m queues at least m long: power[c] = c^d, over n^d.
  const power = Array.from({ length: n + 1 }, (_, c) => (d === 'all' ? (c === n ? 1n : 0n) : BigInt(c) ** BigInt(d)));
  const common = V.coefficients.reduce((product, c) => product * c.den, 1n);
  const coefficients = V.coefficients.map((c) => (c.num * common) / c.den);
  const denominator = common * power[n] * BigInt(n) * (lambda.num + lambda.den);
  const arrivalWeight = V.features.map((_, f) => power.map((p) => coefficients[f] * lambda.num * p));
  const departureWeight = coefficients.map((c) => c * lambda.den * power[n]);

  const F = V.features.length;
  const before = new Float64Array(F);
  const departures = new Float64Array(F);
  // arrivals[f (n+1) + c]: the integer that multiplies c^d; sums of feature increments, far below 2^53.
  const arrivals = new Float64Array(F * (n + 1));
  const sorted = new Int32Array(n);
  const betas: number[] = [];
  const beta = (m: number): number => {
    for (let k = betas.length; k <= m && m < 4096; k++) betas.push(policy.beta(k));
    return m < betas.length ? betas[m] : policy.beta(m);
  };

  const arrivalsGivenMin = (m: number, target: number, atLeast: number, above: number, forced?: boolean): void => {
    const threshold = beta(m);
    for (let i = 0; i < n; i++) {
      const migrates = forced !== undefined && sorted[i] > m ? forced : sorted[i] >= threshold;
      const at = migrates ? target : i;
      sorted[at] += migrates ? K : 1;
      for (let f = 0; f < F; f++) {
        const change = V.features[f](sorted) - before[f];
        arrivals[f * (n + 1) + atLeast] += change;
        arrivals[f * (n + 1) + above] -= change;
      }
      sorted[at] -= migrates ? K : 1;
    }
  };

  const numerator = (q: Int32Array, forced?: boolean): bigint => {
    sorted.set(q);
    sorted.sort().reverse();
    arrivals.fill(0);
    departures.fill(0);
    for (let f = 0; f < F; f++) before[f] = V.features[f](sorted);
    // Groups of equal length, from the shortest: the sampled minimum is m with weight (#≥m)^d − (#>m)^d.
    for (let end = n; end > 0; ) {
      const m = sorted[end - 1];
      let start = end - 1;
      while (start > 0 && sorted[start - 1] === m) start--;
      arrivalsGivenMin(m, end - 1, end, start, forced);
      if (d === 'all') break;
      end = start;
    }
    for (let i = 0; i < n && sorted[i] > 0; i++) {
      sorted[i]--;
      for (let f = 0; f < F; f++) departures[f] += V.features[f](sorted) - before[f];
      sorted[i]++;
    }
    let total = 0n;
    for (let f = 0; f < F; f++) {
      if (departures[f] !== 0) total += departureWeight[f] * BigInt(departures[f]);
      for (let c = 1; c <= n; c++) {
        const count = arrivals[f * (n + 1) + c];
        if (count !== 0 && power[c] !== 0n) total += arrivalWeight[f][c] * BigInt(count);
      }
    }
    return total;
  };

  return { denominator, numerator, at: (q) => rational(numerator(Int32Array.from(q)), denominator) };
}
