import { parseRational, toNumber } from '../numeric/rational.ts';
import { makePolicy, type PolicySpec } from '../policy/policy.ts';
import { DriftError } from './error.ts';

/**
 * Theorem 1 by coupling. X is the system under the policy, Y the one without sharing whose jobs bring K exp(1) pieces;
 * both count pieces, sorted from the longest queue, and start empty. Queue by queue Y does not dominate X: a migrating
 * job brings its K pieces to another queue. Couple by rank: an event is an
 * arrival or a departure at the r-th longest queue of both, r uniform. Ranks of a uniform queue are uniform, and the
 * sampled minimum is independent of the origin, so both systems keep their own laws. Then X ≺_w Y after every event:
 *     Σ of the k longest of X ≤ Σ of the k longest of Y,   k = 1..n        (weak submajorisation).
 *  - a job that stays adds 1 at rank r in X and K ≥ 1 in Y: one piece at the same rank keeps ≺_w, more in Y helps it;
 *  - a migrating job has β(m) ≤ x_r and lands at length m + K ≤ x_r, because C ≥ K (T(m) ≥ m + K for MBOUNCE). So the
 *    sums of k < r longest of X do not change, and those of k ≥ r grow by at most K, as all of Y's do;
 *  - a departure at the same rank keeps ≺_w (were the k-sums equal and only Y's falling, x and y would tie from r to k).
 * With k = n: total work of X ≤ that of Y at all times, so P(X(t) = 0) ≥ P(Y(t) = 0), whose limit is positive iff
 * λ < 1/K (n independent queues with batches of K). Hence X is positive recurrent for λ < 1/K, any n and d.
 * K pieces added at the same rank in both would break ≺_w, (3,3) ≺ (4,2) but (5,3) ⊀ (4,4): where β(m) < m + K the
 * coupling may fail, and `violation` shows where.
 */
export interface CouplingParams {
  readonly n: number;
  readonly lambda: string | number;
  readonly policy: PolicySpec;
  /** Events of the embedded chain. */
  readonly events: number;
  /** Uniform on [0, 1); the only source of randomness. Per event: kind, rank and, for arrivals, d samples (none for `all`). */
  readonly uniform: () => number;
}

export interface CouplingViolation {
  /** Number of the event, from 1. */
  readonly event: number;
  /** Both systems after the event, longest queue first. */
  readonly policy: readonly number[];
  readonly noSharing: readonly number[];
  /** The k whose sum of k longest is larger under the policy. */
  readonly k: number;
}

export interface CouplingReport {
  readonly status: 'dominated' | 'violated';
  /** Events made; all of them even after a violation. */
  readonly events: number;
  readonly arrivals: number;
  readonly migrations: number;
  /** Events after which some sum of k longest is larger under the policy. */
  readonly violations: number;
  readonly violation: CouplingViolation | null;
  /** The largest excess of a sum of k longest under the policy over that without sharing; ≤ 0 iff dominated. */
  readonly maxExcess: number;
  /** Whether β(m) ≥ m + K for every m met, the step of the proof that needs C ≥ K. */
  readonly landsBelowOrigin: boolean;
  /** Mean over events of the total work of both systems. */
  readonly meanWork: { readonly policy: number; readonly noSharing: number };
}

/** Runs the coupled systems and asserts X ≺_w Y after every event. Throws {@link DriftError} or PolicyError for bad parameters. */
export function coupleWithNoSharing({ n, lambda, policy: spec, events, uniform }: CouplingParams): CouplingReport {
  if (!Number.isInteger(n) || n < 2) throw new DriftError('n', `n must be an integer ≥ 2, found ${n}`);
  if (!Number.isInteger(events) || events < 1) {
    throw new DriftError('events', `events must be an integer ≥ 1, found ${events}`);
  }
  const rate = toNumber(parseRational(lambda));
  if (!(rate > 0)) throw new DriftError('lambda', `lambda must be positive, found ${lambda}`);
  const policy = makePolicy(spec);
  const arrivalProbability = rate / (1 + rate);
  const x = new Int32Array(n);
  const y = new Int32Array(n);
  let [arrivals, migrations, violations, workX, workY] = [0, 0, 0, 0, 0];
  let maxExcess = Number.NEGATIVE_INFINITY;
  let violation: CouplingViolation | null = null;
  let landsBelowOrigin = true;

  for (let event = 1; event <= events; event++) {
    const arrives = uniform() < arrivalProbability;
    const rank = Math.floor(uniform() * n);
    if (arrives) {
      arrivals++;
      const target = shortestSampled(n, policy.d, uniform);
      const beta = policy.beta(x[target]);
      if (x[rank] >= beta) {
        migrations++;
        if (beta < x[target] + policy.K) landsBelowOrigin = false;
        raise(x, target, policy.K);
      } else raise(x, rank, 1);
      raise(y, rank, policy.K);
    } else {
      lower(x, rank);
      lower(y, rank);
    }
    let [sumX, sumY, worst, worstK] = [0, 0, Number.NEGATIVE_INFINITY, 0];
    for (let k = 0; k < n; k++) {
      sumX += x[k];
      sumY += y[k];
      if (sumX - sumY > worst) [worst, worstK] = [sumX - sumY, k + 1];
    }
    workX += sumX;
    workY += sumY;
    if (worst > maxExcess) maxExcess = worst;
    if (worst > 0) {
      violations++;
      violation ??= { event, policy: Array.from(x), noSharing: Array.from(y), k: worstK };
    }
  }
  return {
    status: violations === 0 ? 'dominated' : 'violated',
    events,
    arrivals,
    migrations,
    violations,
    violation,
    maxExcess,
    landsBelowOrigin,
    meanWork: { policy: workX / events, noSharing: workY / events },
  };
}

/** The rank (0 the longest) of the shortest of d queues drawn with replacement. */
function shortestSampled(n: number, d: number | 'all', uniform: () => number): number {
  if (d === 'all') return n - 1;
  let rank = 0;
  for (let draw = 0; draw < d; draw++) rank = Math.max(rank, Math.floor(uniform() * n));
  return rank;
}

/** Adds pieces at a rank and restores the order, longest first. */
export function raise(sorted: Int32Array, rank: number, pieces: number): void {
  const length = sorted[rank] + pieces;
  let to = rank;
  for (; to > 0 && sorted[to - 1] < length; to--) sorted[to] = sorted[to - 1];
  sorted[to] = length;
}

/** Takes one piece at a rank, if there is one, and restores the order. */
export function lower(sorted: Int32Array, rank: number): void {
  if (sorted[rank] === 0) return;
  let last = rank;
  while (last + 1 < sorted.length && sorted[last + 1] === sorted[rank]) last++;
  sorted[last]--;
}
