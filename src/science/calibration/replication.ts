import { KernelMemory } from '../sim/kernelMemory.ts';
import { resolveOptions, type SimulateOptions } from '../sim/options.ts';
import { type SteadyStateEstimates, summarize } from '../sim/summary.ts';

/** What a replication leaves for the procedures under test. */
export interface Replication {
  /** Those of `simulate` under the same options, bit for bit. */
  readonly estimates: SteadyStateEstimates;
  /** Mean queue of each of the equal batches after the warm-up. */
  readonly batches: Float64Array;
  /** Free identities: each is 0 in the mean in a steady state. */
  readonly controls: readonly number[];
}

/**
 * A run for calibration: many short ones are needed, so no path, checkpoint or fine series is kept as in `simulate`. The
 * events after the warm-up that do not fill a batch are counted in the estimates only.
 */
export function replication(options: SimulateOptions, batchCount = 0): Replication {
  const resolved = resolveOptions(options);
  const { n, arrivalRate, policy, events, warmup, initialTails, rng } = resolved;
  const kernel = new KernelMemory(resolved);
  try {
    kernel.setState(initialTails, 0, rng);
    kernel.runTo(warmup);
    const from = kernel.counts();
    const length = batchCount > 0 ? Math.floor((events - warmup) / batchCount) : 0;
    const batches = new Float64Array(batchCount);
    let before = kernel.jobsIntegral;
    for (let b = 0; b < batchCount; b++) {
      kernel.runTo(warmup + (b + 1) * length);
      const integral = kernel.jobsIntegral;
      batches[b] = (integral - before) / (length * n);
      before = integral;
    }
    kernel.runTo(events);
    const estimates = summarize({ n, lambda: arrivalRate, K: policy.K, from, to: kernel.counts() });
    return { estimates, batches, controls: freeIdentities(estimates, arrivalRate, policy.K, events - warmup, n) };
  } finally {
    kernel.release();
  }
}

/**
 * Arrivals less λ·time, and s_1 less the rate at which pieces join, λ + (K − 1) times the rate of migrations: per queue
 * and unit of time. Time is counted by events, which come at rate n(1 + λ).
 */
function freeIdentities(
  { arrivals, migrations, tails }: SteadyStateEstimates,
  lambda: number,
  K: number,
  events: number,
  n: number,
): number[] {
  const time = events / (n * (1 + lambda));
  const rate = (count: number): number => count / (n * time);
  return [rate(arrivals) - lambda, (tails[1] ?? 0) - lambda - (K - 1) * rate(migrations)];
}
