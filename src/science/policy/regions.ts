import { ceil, div, ONE, parseRational, type Rational, rational, sub } from '../numeric/rational.ts';
import type { Policy } from './policy.ts';

/** Which of two queues sends its arrivals away: `both` only where T(m) = m meets the weak comparison on a tie. */
export type Migrates = 'none' | 'from-1' | 'from-2' | 'both';

export interface RegionRow {
  readonly q1: number;
  readonly q2: number;
  readonly migrates: Migrates;
}

/**
 * How T grows for m ≥ from, which decides every question about large states: a job never migrates; or migrates iff
 * the lengths differ by at least `gap`; or iff their ratio passes `alpha` (with or without equality: the comparison).
 */
export type Growth =
  | { readonly kind: 'never'; readonly from: 0 }
  | { readonly kind: 'additive'; readonly from: number; readonly gap: number }
  | { readonly kind: 'multiplicative'; readonly from: number; readonly alpha: Rational };

export function growthOf(policy: Policy): Growth {
  const { kind, thresholds = [] } = policy.spec;
  switch (kind) {
    case 'none':
      return { kind: 'never', from: 0 };
    case 'mbounce': {
      // T(m) = max(αm, m + K) is αm once (α − 1)m ≥ K.
      const alpha = parseRational(policy.spec.alpha!);
      return { kind: 'multiplicative', from: Number(ceil(div(rational(policy.K), sub(alpha, ONE)))), alpha };
    }
    default: {
      const from = kind === 'table' ? thresholds.length - 1 : 0;
      return { kind: 'additive', from, gap: policy.beta(from) - from };
    }
  }
}

/** The states 0 ≤ q1, q2 < size of two queues, by who migrates when every queue is seen (Figure 2), row by row in q1. */
export function noMigrationRegion({ policy, size }: { policy: Policy; size: number }): RegionRow[] {
  const beta = Array.from({ length: size }, (_, m) => policy.beta(m));
  const rows: RegionRow[] = [];
  for (let q1 = 0; q1 < size; q1++) {
    for (let q2 = 0; q2 < size; q2++) {
      const first = q1 >= q2 && q1 >= beta[q2];
      const second = q2 >= q1 && q2 >= beta[q1];
      rows.push({ q1, q2, migrates: first ? (second ? 'both' : 'from-1') : second ? 'from-2' : 'none' });
    }
  }
  return rows;
}

export interface FractionRow {
  readonly size: number;
  /** States of the size × size box in which no arrival migrates. */
  readonly free: number;
  readonly fraction: number;
}

/** The fraction of the size × size box without migration, for each size; O(size) a row. */
export function noMigrationFraction({ policy, sizes }: { policy: Policy; sizes: readonly number[] }): FractionRow[] {
  return sizes.map((size) => {
    let free = size * size;
    for (let m = 0; m < size; m++) {
      const beta = policy.beta(m);
      // Longer queues x ≥ max(β(m), m + 1) migrate to m, in both orders; a tie counts once.
      free -= 2 * Math.max(0, size - Math.max(beta, m + 1)) + (beta <= m ? 1 : 0);
    }
    return { size, free, fraction: free / (size * size) };
  });
}

/**
 * The limit of {@link noMigrationFraction}: 0 for additive thresholds, 1 − 1/α for multiplicative ones (the two
 * triangles x > αm of the unit square have area 1/(2α) each), 1 without sharing.
 */
export function noMigrationLimit(policy: Policy): Rational {
  const growth = growthOf(policy);
  if (growth.kind === 'never') return rational(1);
  if (growth.kind === 'additive') return rational(0);
  return rational(growth.alpha.num - growth.alpha.den, growth.alpha.num);
}
