import { toNumber } from '../numeric/rational.ts';
import type { Policy, PolicySpec } from '../policy/policy.ts';
import { tInterval } from '../stats/interval.ts';
import { checkEvents, checkQueues, checkSeed, resolvePolicy } from './options.ts';
import { additiveGap, dyadic, netDrift, saturatedBatches } from './saturated.ts';
import { SimulationError } from './simulationError.ts';

export interface SaturatedThreshold {
  /** λ_c: stable below, unstable above. */
  readonly lambdaCritical: number;
  readonly lo: number;
  readonly hi: number;
  /**
   * `converged`: the interval lies below 1; `no-threshold`: stable for every λ < 1 (multiplicative policies by Theorem 3,
   * K = 1, no sharing, a single queue); `undecided`: the interval is unbounded or reaches 1.
   */
  readonly status: 'converged' | 'no-threshold' | 'undecided';
  /** The root found in each replicate. */
  readonly roots: Float64Array;
  /** Events simulated in all. */
  readonly events: number;
}

/** Secant steps of one replicate at most, and the change of λ that ends them: well below the Monte Carlo error. */
const STEPS = 8;
const TOLERANCE = 1e-5;

/**
 * Solves λ(1 + (K − 1)p_b(λ)) = 1 for the saturated system of n queues, once per replicate with common random numbers
 * over λ, and gives the Student-t interval of the roots. `events` are those of one evaluation of p_b.
 */
export function saturatedThreshold(options: {
  readonly n: number;
  readonly policy: PolicySpec | Policy;
  readonly events: number;
  readonly replicates: number;
  readonly seed: string;
  readonly confidence?: number;
  readonly onProgress?: (replicate: number, replicates: number) => void;
  readonly signal?: AbortSignal;
}): SaturatedThreshold {
  const { n, events, replicates, seed, confidence = 0.95, onProgress, signal } = options;
  checkQueues(n);
  if (n > 1 << 20) {
    throw new SimulationError('option', `n must be at most ${1 << 20} for a threshold, found ${n}`, 'n');
  }
  checkEvents('events', events);
  checkEvents('replicates', replicates);
  const policy = resolvePolicy(options.policy);
  const gap = additiveGap(policy);
  if (gap === null || gap === Number.POSITIVE_INFINITY || policy.K === 1 || n === 1) {
    return { lambdaCritical: 1, lo: 1, hi: 1, status: 'no-threshold', roots: new Float64Array(0), events: 0 };
  }
  let evaluations = 0;
  const roots = new Float64Array(replicates);
  let guess = 1;
  for (let replicate = 0; replicate < replicates; replicate++) {
    signal?.throwIfAborted();
    const rng = checkSeed(seed, `saturated/${replicate}`);
    const drift = (value: number): number => {
      evaluations++;
      const lambda = dyadic(value, n);
      return netDrift(lambda, policy.K, saturatedBatches({ n, lambda, policy, gap, events, rng }));
    };
    roots[replicate] = solve(drift, guess, toNumber(dyadic(1 / policy.K, n)));
    if (replicate === 0) guess = roots[0];
    onProgress?.(replicate + 1, replicates);
  }
  const { mean, lo, hi } = tInterval(roots, confidence);
  const status = hi < 1 ? 'converged' : 'undecided';
  return { lambdaCritical: mean, lo: Math.max(0, lo), hi, status, roots, events: evaluations * events };
}

/** The root in [low, 1] of a noisy increasing drift with drift(1) ≥ 0 ≥ drift(low = 1/K), by secants from `guess`. */
function solve(drift: (lambda: number) => number, guess: number, low: number): number {
  const clamp = (lambda: number): number => Math.min(1, Math.max(low, lambda));
  let a = guess;
  let fa = drift(a);
  if (fa === 0) return a;
  // λ(1 + (K − 1)p_b) has slope ≥ 1 + (K − 1)p_b = (1 + drift)/λ in λ, as p_b increases
  let b = clamp(a - (fa * a) / (1 + fa));
  for (let step = 0; step < STEPS && Math.abs(b - a) > TOLERANCE; step++) {
    const fb = drift(b);
    const slope = (fb - fa) / (b - a);
    const next = slope > 0 ? b - fb / slope : b - fb;
    [a, fa, b] = [b, fb, clamp(next)];
  }
  return b;
}
