import { tCritical, tUpperTail } from '../numeric/studentT.ts';

/** An estimate of a mean over independent replications. */
export interface Estimate {
  readonly mean: number;
  /** Of the mean. */
  readonly standardError: number;
  /** Degrees of freedom of the standard error. */
  readonly df: number;
}

/** The test of whether two means are equal. */
export interface WelchTest {
  readonly difference: number;
  readonly t: number;
  /** Degrees of freedom by Satterthwaite's approximation. */
  readonly df: number;
  /** Of both sides: how likely a difference so large is where there is none. */
  readonly p: number;
}

/**
 * Welch's two-sample t test: two independent means whose variances need not be equal (B. L. Welch, Biometrika 34, 1947;
 * degrees of freedom by F. E. Satterthwaite, Biometrics 2, 1946). Means that are known exactly differ or do not.
 */
export function welchTest(a: Estimate, b: Estimate): WelchTest {
  const difference = b.mean - a.mean;
  const [u, v] = [a.standardError ** 2, b.standardError ** 2];
  const total = u + v;
  if (total === 0) {
    const same = difference === 0;
    return {
      difference,
      t: same ? 0 : Math.sign(difference) * Number.POSITIVE_INFINITY,
      df: a.df + b.df,
      p: same ? 1 : 0,
    };
  }
  // As shares of the sum, whose squares cannot underflow together.
  const df = 1 / ((u / total) ** 2 / a.df + (v / total) ** 2 / b.df);
  const t = difference / Math.sqrt(total);
  return { difference, t, df, p: Math.min(1, 2 * tUpperTail(Math.abs(t), df)) };
}

/**
 * The estimate behind a two-sided Student-t interval. Undefined where there is none: fewer than two replications, or
 * limits that are not finite or in the wrong order.
 */
export function estimateOf(
  interval: { readonly mean: number; readonly lo: number; readonly hi: number },
  confidence: number,
  replicates: number,
): Estimate | undefined {
  const { mean, lo, hi } = interval;
  if (!(replicates >= 2 && confidence > 0 && confidence < 1)) return undefined;
  if (!(Number.isFinite(mean) && lo <= mean && mean <= hi && Number.isFinite(hi - lo))) return undefined;
  const df = replicates - 1;
  return { mean, standardError: (hi - lo) / 2 / tCritical(confidence, df), df };
}
