import { type Rational, rational, toNumber } from '../numeric/rational.ts';
import type { Policy, PolicySpec } from '../policy/policy.ts';
import type { StreamPair } from '../random/stream.ts';
import { type Interval, tInterval } from '../stats/interval.ts';
import { KernelMemory } from './kernelMemory.ts';
import { checkArrivalRate, checkEvents, checkQueues, checkSeed, resolvePolicy } from './options.ts';
import { SimulationError } from './simulationError.ts';

/**
 * The saturated system: every server always busy, so that a departure is possible at every queue and only the differences
 * of lengths matter. Far from the axes the system of a policy with β(m) = m + c is this one, hence (science brief §3) it is
 * stable iff λ(1 + (K − 1)p_b(λ)) < 1, with p_b the fraction that migrates here.
 */
export interface SaturatedEstimate {
  readonly migrationFraction: number;
  /** From the batch means of one run. */
  readonly interval: Interval;
  readonly arrivals: number;
  readonly migrations: number;
}

const BATCHES = 32;

/**
 * Estimates p_b(λ) of the saturated system over `events` events, the first eighth of them discarded. Throws a SimulationError for
 * an option out of range or a policy whose thresholds are not additive for long queues.
 */
export function saturatedMigrationFraction(options: {
  readonly n: number;
  readonly lambda: number | string | Rational;
  readonly policy: PolicySpec | Policy;
  readonly events: number;
  readonly seed: string;
  readonly confidence?: number;
}): SaturatedEstimate {
  const { n, events, seed, confidence = 0.95 } = options;
  checkQueues(n);
  checkEvents('events', events);
  const lambda = checkArrivalRate(n, options.lambda);
  const policy = resolvePolicy(options.policy);
  const gap = additiveGap(policy);
  if (gap === null) {
    throw new SimulationError(
      'option',
      `the saturated system needs a policy with thresholds m + constant for long queues, found ${policy.label}`,
      'policy',
    );
  }
  const batches = saturatedBatches({ n, lambda, policy, gap, events, rng: checkSeed(seed, 'saturated') });
  const migrations = batches.reduce((sum, batch) => sum + batch.migrations, 0);
  const arrivals = batches.reduce((sum, batch) => sum + batch.arrivals, 0);
  const migrationFraction = arrivals > 0 ? migrations / arrivals : 0;
  // Ratio estimator: the batches' residuals around the pooled fraction carry the error
  const scale = arrivals / batches.length || 1;
  const interval = tInterval(
    batches.map((batch) => migrationFraction + (batch.migrations - migrationFraction * batch.arrivals) / scale),
    confidence,
  );
  return { migrationFraction, interval, arrivals, migrations };
}

/** c with β(m) = m + c for long queues; Infinity when nothing migrates; null for a multiplicative policy. */
export function additiveGap(policy: Policy): number | null {
  if (policy.spec.kind === 'mbounce') return null;
  const m = policy.spec.thresholds?.length ?? 0;
  return policy.beta(m) - m;
}

interface Batch {
  readonly arrivals: number;
  readonly migrations: number;
}

/** Queues are lifted when the shortest could empty within a chunk. */
const CHUNK = 1024;

export function saturatedBatches(run: {
  n: number;
  lambda: Rational;
  policy: Policy;
  gap: number;
  events: number;
  rng: StreamPair;
}): Batch[] {
  const { n, lambda, policy, gap, events, rng } = run;
  const kernel = new KernelMemory({ n, lambda, policy: { d: policy.d, K: policy.K, beta: (m) => m + gap }, rng });
  kernel.setState(new Float64Array(2 * CHUNK + 1).fill(n), 0, rng);
  const batches: Batch[] = [];
  const warmup = Math.floor(events / 8);
  let before = { arrivals: 0, migrations: 0 };
  for (let batch = 0; batch <= BATCHES; batch++) {
    const until = warmup + Math.floor((batch * (events - warmup)) / BATCHES);
    runSaturated(kernel, until);
    const { arrivals, migrations } = kernel.totals;
    if (batch > 0) batches.push({ arrivals: arrivals - before.arrivals, migrations: migrations - before.migrations });
    before = { arrivals, migrations };
  }
  kernel.release();
  return batches;
}

function runSaturated(kernel: KernelMemory, until: number): void {
  while (kernel.event < until) {
    const shortest = kernel.shortest;
    if (shortest < CHUNK || shortest > 3 * CHUNK) {
      const shift = 2 * CHUNK - shortest; // levels below the shortest are full in any case
      const length = kernel.longest + shift + 1;
      const n = kernel.tail(0);
      const tails = Float64Array.from({ length }, (_, i) => (i < shift ? n : kernel.tail(i - shift)));
      kernel.setState(tails, kernel.event, kernel.rng);
    }
    kernel.runTo(Math.min(until, kernel.event + CHUNK));
  }
}

/** λ on a dyadic grid fine enough for the solver and coarse enough for an exact draw among n queues. */
export function dyadic(lambda: number, n: number): Rational {
  const bits = Math.min(30, 60 - 2 * n.toString(2).length);
  return rational(BigInt(Math.round(lambda * 2 ** bits)), 1n << BigInt(bits));
}

/** λ(1 + (K − 1)p_b) − 1 at the fraction estimated from batches. */
export function netDrift(lambda: Rational, K: number, batches: readonly Batch[]): number {
  const migrations = batches.reduce((sum, batch) => sum + batch.migrations, 0);
  const arrivals = batches.reduce((sum, batch) => sum + batch.arrivals, 0);
  return toNumber(lambda) * (1 + ((K - 1) * migrations) / Math.max(1, arrivals)) - 1;
}
