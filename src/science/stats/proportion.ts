import { bisect } from '../numeric/bisect.ts';

/** A fraction of independent trials with its exact interval. */
export interface Proportion {
  readonly fraction: number;
  readonly lo: number;
  readonly hi: number;
}

/**
 * The interval of Clopper and Pearson (Biometrika 26, 1934) for a probability, from `successes` among `trials`: it holds
 * with the given confidence at least, whatever the probability is. Each limit is where the binomial tail is half the error.
 * Throws a RangeError unless 0 ≤ successes ≤ trials, trials ≥ 1.
 */
export function proportionInterval(successes: number, trials: number, confidence = 0.95): Proportion {
  if (!(Number.isInteger(trials) && trials >= 1 && Number.isInteger(successes))) {
    throw new RangeError(`a proportion needs whole numbers, found ${successes} of ${trials}`);
  }
  if (successes < 0 || successes > trials) throw new RangeError(`found ${successes} successes of ${trials} trials`);
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`confidence must lie strictly between 0 and 1, found ${confidence}`);
  }
  const lo = lowerLimit(successes, trials, (1 - confidence) / 2);
  const hi = 1 - lowerLimit(trials - successes, trials, (1 - confidence) / 2);
  return { fraction: successes / trials, lo, hi };
}

/** The p with P(X ≥ k) = error, X binomial; 0 for k = 0. */
function lowerLimit(k: number, trials: number, error: number): number {
  if (k === 0) return 0;
  let lnChoose = 0;
  for (let j = 1; j <= trials - k; j++) lnChoose += Math.log((k + j) / j);
  // Only p ≤ k/n can do, where the terms from k on fall.
  const isBelow = (p: number): boolean => {
    if (p === 0) return true;
    let sum = 0;
    let term = 1; // over P(X = k)
    for (let j = k; term > 1e-17 * sum; j++) {
      sum += term;
      term *= ((trials - j) / (j + 1)) * (p / (1 - p));
    }
    return lnChoose + k * Math.log(p) + (trials - k) * Math.log1p(-p) + Math.log(sum) < Math.log(error);
  };
  if (k === trials) return error ** (1 / trials);
  return bisect(isBelow, 0, k / trials, 1e-12).lo;
}
