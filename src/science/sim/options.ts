import { format, parseRational, type Rational, toNumber } from '../numeric/rational.ts';
import { makePolicy, type Policy, type PolicySpec } from '../policy/policy.ts';
import { eventDraw } from '../random/bounded.ts';
import { SeedError, type StreamPair, streamPair } from '../random/stream.ts';
import { loopFor, MAXIMUM_LEVELS, MAXIMUM_QUEUES } from './kernelMemory.ts';
import { SimulationError } from './simulationError.ts';

export interface SimulateOptions {
  /** Queues, 1 … 10^9. */
  readonly n: number;
  /** Arrival rate at each queue, λ > 0, read exactly (0.75, "3/4"). λ ≥ 1 is allowed: unstable runs are legitimate. */
  readonly lambda: number | string | Rational;
  readonly policy: PolicySpec | Policy;
  /** Events of the embedded chain, warm-up included; their expected duration is events/(n(1 + λ)). */
  readonly events: number;
  /** Events discarded; `auto` (default): the largest power of two ≤ events/4. */
  readonly warmup?: number | 'auto' | undefined;
  /** Default `empty`; `mean-field` starts from `profile`. */
  readonly start?: 'empty' | 'mean-field' | undefined;
  /** Tails s_0 = 1 ≥ s_1 ≥ …: queue p starts with #{i ≥ 1: round(n·s_i) > p} jobs. */
  readonly profile?: ArrayLike<number> | undefined;
  /** 64 hexadecimal digits. */
  readonly seed: string;
  /** Records the sample path at up to `points` instants (default 512). */
  readonly path?: { readonly points?: number | undefined } | undefined;
  /** A checkpoint of the same simulation with fewer events, to continue from. */
  readonly resume?: Uint8Array | undefined;
}

export interface ResolvedOptions {
  readonly n: number;
  readonly lambda: Rational;
  readonly arrivalRate: number;
  readonly policy: Policy;
  readonly events: number;
  readonly warmup: number;
  readonly explicitWarmup: boolean;
  readonly initialTails: readonly number[];
  readonly rng: StreamPair;
  readonly pathPoints: number;
  /** What must be equal for one run to continue another, by name. */
  readonly identity: Readonly<Record<string, string>>;
}

const fail = (option: string, message: string): never => {
  throw new SimulationError('option', message, option);
};

const DEFAULT_PATH_POINTS = 512;

/** Checks every option. Throws a {@link SimulationError}, or the policy's own error. */
export function resolveOptions(options: SimulateOptions): ResolvedOptions {
  const { n, events, seed, start = 'empty' } = options;
  checkQueues(n);
  const lambda = checkArrivalRate(n, options.lambda);
  checkEvents('events', events);
  if (n * events >= 2 ** 63)
    fail('events', `n times events must be below 2^63 for the sums to be exact, found ${n * events}`);
  const policy = resolvePolicy(options.policy);
  const warmup = resolveWarmup(options.warmup ?? 'auto', events);
  const pathPoints = options.path?.points ?? DEFAULT_PATH_POINTS;
  if (!Number.isInteger(pathPoints) || pathPoints < 2 || pathPoints > 1e6) {
    fail('path', `path.points must be an integer from 2 to 1000000, found ${pathPoints}`);
  }
  if (start !== 'empty' && start !== 'mean-field') {
    fail('start', `start must be "empty" or "mean-field", found ${JSON.stringify(start)}`);
  }
  const initialTails = start === 'empty' ? [n] : profileTails(n, options.profile);
  const explicitWarmup = typeof options.warmup === 'number';
  return {
    n,
    lambda,
    arrivalRate: toNumber(lambda),
    policy,
    events,
    warmup,
    explicitWarmup,
    initialTails,
    rng: checkSeed(seed, 'events'),
    pathPoints,
    identity: {
      n: String(n),
      lambda: format(lambda),
      policy: policyIdentity(policy),
      warmup: explicitWarmup ? String(warmup) : 'auto',
      start: initialTails.join(' '),
      seed: seed.toLowerCase(),
      path: String(pathPoints),
    },
  };
}

export function checkQueues(n: number): void {
  if (!Number.isInteger(n) || n < 1 || n > MAXIMUM_QUEUES) {
    fail('n', `n must be an integer from 1 to ${MAXIMUM_QUEUES}, found ${n}`);
  }
}

export function checkEvents(option: string, events: number): void {
  if (!Number.isSafeInteger(events) || events < 1) {
    fail(option, `${option} must be a positive integer up to 2^53 − 1, found ${events}`);
  }
}

/** λ exactly. */
export function checkArrivalRate(n: number, value: number | string | Rational): Rational {
  let lambda: Rational;
  try {
    lambda = parseRational(value);
  } catch (error) {
    return fail('lambda', `lambda: ${(error as Error).message}`);
  }
  if (lambda.num <= 0n) fail('lambda', `lambda must be positive, found ${format(lambda)}`);
  if (loopFor(n) === 'large') {
    if (lambda.num + lambda.den >= 1n << 62n) fail('lambda', 'lambda has too many digits: round it');
    return lambda;
  }
  try {
    eventDraw(n, lambda);
  } catch (error) {
    fail('lambda', (error as Error).message);
  }
  return lambda;
}

export function checkSeed(seed: string, role: string): StreamPair {
  try {
    return streamPair(seed, role);
  } catch (error) {
    if (error instanceof SeedError) return fail('seed', error.message);
    throw error;
  }
}

export function resolvePolicy(policy: PolicySpec | Policy): Policy {
  const resolved = 'beta' in policy ? policy : makePolicy(policy);
  if (resolved.K >= MAXIMUM_LEVELS / 8) fail('policy', `K must be below ${MAXIMUM_LEVELS / 8}, found ${resolved.K}`);
  return resolved;
}

/**
 * `auto` is the largest power of two ≤ events/4, so between 1/8 and 1/4 of the run. It depends on the number of events
 * alone, never on what was simulated; and counts are kept at every power of two, so a run that is continued to twice its
 * length finds the counts at its new warm-up's end (≤ half of the new length) among those it kept.
 */
function resolveWarmup(warmup: number | 'auto', events: number): number {
  if (warmup === 'auto') return events < 4 ? 0 : 2 ** Math.floor(Math.log2(events / 4));
  if (!Number.isSafeInteger(warmup) || warmup < 0) {
    fail('warmup', `warmup must be "auto" or a nonnegative integer, found ${warmup}`);
  }
  if (warmup >= events) fail('warmup', `warmup must be below events = ${events}, found ${warmup}`);
  return warmup;
}

function profileTails(n: number, profile: ArrayLike<number> | undefined): number[] {
  if (!profile || profile.length === 0)
    return fail('profile', 'start: mean-field needs profile, the tails s_0, s_1, …');
  const tails = [n];
  for (let i = 1; i < profile.length; i++) {
    const s = profile[i];
    if (!(s >= 0 && s <= profile[i - 1] + 1e-9 && s <= 1 + 1e-9)) {
      fail('profile', `profile must not increase and stay within [0, 1], found s_${i} = ${s} after ${profile[i - 1]}`);
    }
    const count = Math.min(tails[i - 1], Math.round(n * s));
    if (count === 0) break;
    if (i >= MAXIMUM_LEVELS / 2) fail('profile', `profile must end below level ${MAXIMUM_LEVELS / 2}`);
    tails.push(count);
  }
  return tails;
}

function policyIdentity({ spec, d, K, comparison }: Policy): string {
  const exact = (value: number | string): string => format(parseRational(value));
  return [
    spec.kind,
    `d=${d}`,
    `K=${K}`,
    comparison,
    `C=${spec.C ?? ''}`,
    `alpha=${spec.alpha === undefined ? '' : exact(spec.alpha)}`,
    `T=${(spec.thresholds ?? []).map(exact).join(' ')}`,
  ].join(' ');
}
