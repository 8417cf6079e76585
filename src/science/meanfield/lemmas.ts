import { integerPower, realPower } from '../numeric/power.ts';
import { parseRational, toNumber } from '../numeric/rational.ts';
import type { Policy } from '../policy/policy.ts';
import {
  type Equations,
  type EquationTables,
  MeanFieldError,
  type MeanFieldModel,
  meanFieldModel,
} from './equations.ts';
import { arrivalRate, type FixedPointStatus, fixedPoint } from './fixedPoint.ts';
import { growthRateOfGap, printedGrowthRate } from './growth.ts';

export interface LemmaOptions {
  readonly lambda: number | string;
  /** ABOUNCE (Lemma 2) or MBOUNCE (Lemma 1) with finite d. */
  readonly policy: Policy;
  readonly equations?: Equations;
  /** Levels to list at most. Default 64. */
  readonly levels?: number;
}

export interface LemmaRow {
  readonly i: number;
  readonly minusLogTail: number;
  /** The lemma's exponent at ε = 0, times −ln λ. */
  readonly printedExponent: number;
  /** −ln λ times the exponent e_i = e_{i−1} + 1 + d e_{θ(i−1)} of the leading term; null where no such term leads. */
  readonly sharpExponent: number | null;
  /** minusLogTail / printedExponent; null where the printed exponent is 0. */
  readonly ratio: number | null;
}

export interface LemmaExponents {
  readonly status: FixedPointStatus;
  readonly lemma: 1 | 2;
  readonly rows: readonly LemmaRow[];
  /**
   * `holds`: on the deeper half of all levels that a double can follow −ln s_i stays at or above the printed exponent; `fails`: it stays below and the
   * ratio falls; `undecided` otherwise, or without a fixed point. A comparison of growth, no proof:
   * the lemmas speak of O(·) with λ(1+ε), so a constant factor of s_i, a summand here, does not matter.
   */
  readonly verdict: 'holds' | 'fails' | 'undecided';
  /** Ratio at the deepest row listed: how many times the exponent is larger than printed. */
  readonly looseBy: number | null;
  /** Additive thresholds: the factor by which −ln s_i grows per level, sharp and printed; null for Lemma 1. */
  readonly growth: { readonly sharp: number; readonly printed: number } | null;
}

/** ln s_i is followed to here for the verdict, which near α = 1 turns only far down; a double holds ln s_i to 1e308. */
const DEEPEST = -1e280;
const JUDGED_LEVELS = 2048;

/**
 * The exponents of Lemmas 1 and 2 beside those of the fixed point itself:
 * Lemma 1 prints s_i = O((λ(1+ε))^{(i^{log_α(d+1)} − 1)/d}), Lemma 2 s_i = O((λ(1+ε))^{((d+1)^{⌊i/(2(K+1))⌋} − 1)/d}).
 * Throws MeanFieldError for other policies, d = all and λ ≥ 1, at which the printed bound says nothing.
 */
export function lemmaExponents(options: LemmaOptions): LemmaExponents {
  const { policy, equations = 'policy', levels = 64 } = options;
  const lambda = arrivalRate(options.lambda);
  if (lambda >= 1) throw new MeanFieldError('lambda', `the lemmas need λ < 1, found ${lambda}`);
  const model = meanFieldModel(policy, equations);
  const exponent = printedExponent(policy, model.d);
  const lemma = policy.spec.kind === 'mbounce' ? 1 : 2;
  const growth = lemma === 1 ? null : growthRates(model);
  const point = fixedPoint({ lambda, policy, equations, logFloor: DEEPEST });
  if (point.status !== 'converged') {
    return { status: point.status, lemma, rows: [], verdict: 'undecided', looseBy: null, growth };
  }
  const count = Math.min(Math.max(levels, JUDGED_LEVELS), point.logTails.length - 1);
  const sharp = leadingExponents(model.tables(count), count);
  const unit = -Math.log(lambda);
  const rows = Array.from({ length: count }, (_, k): LemmaRow => {
    const i = k + 1;
    const minusLogTail = -point.logTails[i];
    const printed = exponent(i) * unit;
    const sharpExponent = sharp[i] === null ? null : sharp[i] * unit;
    return {
      i,
      minusLogTail,
      printedExponent: printed,
      sharpExponent,
      ratio: printed > 0 ? minusLogTail / printed : null,
    };
  });
  const listed = rows.slice(0, levels);
  const looseBy = listed.length > 0 ? listed[listed.length - 1].ratio : null;
  return { status: 'converged', lemma, rows: listed, verdict: judge(rows), looseBy, growth };
}

function printedExponent(policy: Policy, d: number): (i: number) => number {
  if (policy.spec.kind === 'mbounce') {
    const power = Math.log(d + 1) / Math.log(toNumber(parseRational(policy.spec.alpha!)));
    return (i) => (realPower(i, power) - 1) / d;
  }
  if (policy.spec.kind === 'abounce') {
    return (i) => (integerPower(d + 1, Math.floor(i / (2 * (policy.K + 1)))) - 1) / d;
  }
  throw new MeanFieldError('policy', `the lemmas speak of abounce and mbounce only, found ${policy.spec.kind}`);
}

function growthRates(model: MeanFieldModel): { sharp: number; printed: number } {
  // Rows far from the axis stay at index i − gap, whichever the equations: read the gap off the tables.
  const far = 4 * (model.policy.spec.C! + model.K);
  const gap = far - model.tables(far).stay[far];
  return { sharp: growthRateOfGap(gap, model.d), printed: printedGrowthRate(model.K, model.d) };
}

/** e_0 = 0 and e_i = e_{i−1} + 1 + d e_{stay(i)}, the powers of λ that staying alone leaves in s_i. */
function leadingExponents({ stay, d }: EquationTables, count: number): (number | null)[] {
  const exponents: (number | null)[] = [0];
  for (let i = 1; i <= count; i++) {
    const before = exponents[i - 1];
    const joined = stay[i] < i ? exponents[stay[i]] : null;
    exponents.push(before === null || joined === null ? null : before + 1 + d * joined);
  }
  return exponents;
}

function judge(rows: readonly LemmaRow[]): LemmaExponents['verdict'] {
  const ratios = rows
    .slice(Math.floor(rows.length / 2))
    .map(({ ratio }) => ratio)
    .filter((ratio) => ratio !== null);
  if (ratios.length < 2) return 'undecided';
  if (ratios.some((ratio) => ratio === 0)) return 'undecided'; // the printed exponent overflowed
  if (ratios.every((ratio) => ratio >= 1)) return 'holds';
  const falling = ratios.every((ratio, k) => k === 0 || ratio <= ratios[k - 1]);
  return falling && ratios.every((ratio) => ratio < 1) ? 'fails' : 'undecided';
}
