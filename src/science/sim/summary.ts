import type { LevelCounts } from './kernelMemory.ts';

/** Time averages over the embedded chain, which equal those in continuous time. NaN-free: a ratio over nothing is 0. */
export interface SteadyStateEstimates {
  /** tails[i]: fraction of queues with ≥ i jobs, i = 0 … the longest queue seen. */
  readonly tails: Float64Array;
  /** E[q], jobs per queue. */
  readonly meanQueue: number;
  /** Mean time until the last of a job's pieces ends: q + 1 if it stays, m + K if it migrates (PASTA, FIFO). */
  readonly jobDelay: number;
  /**
   * delayLaw[k]: fraction of arrivals whose time until their last piece ends is Erlang with k stages of rate 1, k = q + 1
   * or m + K. The law of the delay is this mixture; its mean is jobDelay.
   */
  readonly delayLaw: Float64Array;
  /** Mean time in system of a unit job: q + 1, or m + (K + 1)/2 for each of the K pieces. */
  readonly pieceSojourn: number;
  /** E[q]/λ. */
  readonly littleDelay: number;
  /** p_b, migrations over arrivals. */
  readonly migrationFraction: number;
  readonly arrivals: number;
  readonly migrations: number;
  /** Unit jobs that left. */
  readonly departures: number;
  readonly flowBalance: FlowBalance;
  /** The longest queue seen after the warm-up. */
  readonly longest: number;
}

/** s_1 = λ(1 + (K − 1)p_b) in a steady state. */
export interface FlowBalance {
  readonly s1: number;
  readonly expected: number;
  /** Their difference, less what the change of the jobs in the system explains, in standard errors: standard normal. */
  readonly z: number;
}

export function summarize(run: {
  n: number;
  lambda: number;
  K: number;
  from: LevelCounts;
  to: LevelCounts;
}): SteadyStateEstimates {
  const { n, lambda, K, from, to } = run;
  const events = to.event - from.event;
  const tails = new Float64Array(to.integral.length);
  const delayLaw = new Float64Array(to.integral.length + Math.max(1, K));
  let longest = 0;
  let [meanQueue, stayed, migrations, stayDelay, shortestSum, jobsBefore, jobsAfter] = [0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < tails.length; i++) {
    tails[i] = (to.integral[i] - (from.integral[i] ?? 0)) / (events * n);
    const stays = to.stays[i] - (from.stays[i] ?? 0);
    const migrated = to.migrations[i] - (from.migrations[i] ?? 0);
    stayed += stays;
    stayDelay += i * stays;
    migrations += migrated;
    shortestSum += i * migrated;
    delayLaw[i] += stays;
    delayLaw[i + K] += migrated;
    if (i === 0) continue;
    meanQueue += tails[i];
    jobsBefore += from.tails[i] ?? 0;
    jobsAfter += to.tails[i];
    if (tails[i] > 0 || to.tails[i] > 0) longest = i;
  }
  const arrivals = stayed + migrations;
  const joined = stayed + K * migrations;
  const departures = jobsBefore + joined - jobsAfter;
  const migrationFraction = ratio(migrations, arrivals);
  return {
    tails: tails.slice(0, longest + 1),
    meanQueue,
    delayLaw: trimmed(delayLaw.map((count) => ratio(count, arrivals))),
    jobDelay: ratio(stayDelay + shortestSum + K * migrations, arrivals),
    pieceSojourn: ratio(stayDelay + K * shortestSum + (K * (K + 1) * migrations) / 2, joined),
    littleDelay: meanQueue / lambda,
    migrationFraction,
    arrivals,
    migrations,
    departures,
    flowBalance: flowBalance({ lambda, K, events, arrivals, departures, migrationFraction, s1: tails[1] ?? 0 }),
    longest,
  };
}

/**
 * Departures number D = Σ s_1/(1 + λ) + noise and arrivals A = events·λ/(1 + λ) + noise, two martingales, so that
 * s_1 − λD/A has variance ((1 + λ)²/events)(p + p²/a) with p = s_1/(1 + λ), a = λ/(1 + λ). D differs from
 * A(1 + (K − 1)p_b) by the change of the jobs in the system.
 */
function flowBalance(run: {
  lambda: number;
  K: number;
  events: number;
  arrivals: number;
  departures: number;
  migrationFraction: number;
  s1: number;
}): FlowBalance {
  const { lambda, K, events, arrivals, departures, migrationFraction, s1 } = run;
  const p = s1 / (1 + lambda);
  const a = lambda / (1 + lambda);
  const deviation = (1 + lambda) * Math.sqrt((p + (p * p) / a) / events);
  const z = deviation > 0 && arrivals > 0 ? (s1 - (lambda * departures) / arrivals) / deviation : 0;
  return { s1, expected: lambda * (1 + (K - 1) * migrationFraction), z };
}

/** Without the zeros at the end. */
function trimmed(values: Float64Array): Float64Array {
  let length = values.length;
  while (length > 0 && values[length - 1] === 0) length--;
  return values.slice(0, length);
}

const ratio = (numerator: number, denominator: number): number => (denominator > 0 ? numerator / denominator : 0);
