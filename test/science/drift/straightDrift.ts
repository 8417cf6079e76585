import { add, compare, mul, ONE, type Rational, rational, sub } from '../../../src/science/numeric/rational.ts';
import type { Policy } from '../../../src/science/policy/policy.ts';

/** S + f(|q₁ − q₂|), by walking up the slopes. */
export function valueAt(slopes: readonly Rational[], q1: number, q2: number): Rational {
  let value = rational(q1 + q2);
  for (let D = 0; D < Math.abs(q1 - q2); D++) value = add(value, slopes[Math.min(D, slopes.length - 1)]);
  return value;
}

/** ΔV of two queues straight from the model's words: every arrival, every set of samples, every departure, one by one. */
export function straightDrift(
  slopes: readonly Rational[],
  policy: Policy,
  lambda: Rational,
  q: readonly number[],
): Rational {
  const here = valueAt(slopes, q[0], q[1]);
  const one = rational(1, 2);
  let drift = rational(0);
  const go = (probability: Rational, to: readonly number[]): void => {
    drift = add(drift, mul(probability, sub(valueAt(slopes, to[0], to[1]), here)));
  };
  const rate = add(ONE, lambda);
  const arrival = mul(one, rational(lambda.num * rate.den, lambda.den * rate.num));
  const departure = mul(one, rational(rate.den, rate.num));
  for (const at of [0, 1]) {
    const other = 1 - at;
    const less = [...q];
    less[at] = Math.max(0, q[at] - 1);
    go(departure, less);
    for (const [seen, probability] of samples(policy)) {
      const lengths = seen.map((i) => q[i]);
      const shortest = Math.min(...lengths);
      const to = [...q];
      const threshold = policy.threshold(shortest);
      const beyond = threshold === null ? -1 : compare(rational(q[at]), threshold);
      const migrates = beyond > 0 || (beyond === 0 && policy.comparison === 'weak' && threshold !== null);
      const target = seen.includes(other) && q[other] === shortest ? other : at;
      to[migrates ? target : at] += migrates ? policy.K : 1;
      go(mul(arrival, probability), to);
    }
  }
  return drift;
}

/** The sets of queues that d samples with replacement may see, with their probabilities. */
function samples({ d }: Policy): (readonly [readonly number[], Rational])[] {
  if (d === 'all') return [[[0, 1], ONE]];
  const one = rational(1, 2n ** BigInt(d));
  return [
    [[0], one],
    [[1], one],
    [[0, 1], sub(ONE, mul(rational(2), one))],
  ];
}
