import type { Rational } from '../../../src/science/numeric/rational.ts';
import type { Policy } from '../../../src/science/policy/policy.ts';
import { eventDraw } from '../../../src/science/random/bounded.ts';
import { maximumOfUniforms, maximumThresholds } from '../../../src/science/random/maximumOfUniforms.ts';
import { MAXIMUM_NARROW } from '../../../src/science/random/narrowDraw.ts';
import { mix64, type StreamPair } from '../../../src/science/random/stream.ts';
import { MASK64, Xoshiro256pp } from '../../../src/science/random/xoshiro256pp.ts';
import type { EventLoop } from '../../../src/science/sim/kernelMemory.ts';

interface Draw {
  readonly arrival: boolean;
  readonly origin: number;
  /** Position of the shortest sampled queue when lengths decrease, given them. */
  shortest(lengths: readonly number[]): number;
}

/** The kernel's algorithm, written to be read: sorts after every event, integrates by adding, draws in BigInt. */
export function referenceRun(
  n: number,
  lambda: Rational,
  policy: Policy,
  rng: StreamPair,
  events: number,
  loop: EventLoop = n <= MAXIMUM_NARROW ? 'narrow' : 'wide',
) {
  const next = { narrow: narrowDraws, wide: wideDraws, large: largeDraws }[loop](n, lambda, policy, rng);
  const lengths = new Array<number>(n).fill(0);
  const totals = { arrivals: 0, migrations: 0, stayDelay: 0, shortestSum: 0, jobsIntegral: 0 };
  const integral: number[] = [];
  for (let event = 0; event < events; event++) {
    const { arrival, origin, shortest: shortestOf } = next(event);
    lengths.forEach((q) => {
      for (let i = 0; i <= q; i++) integral[i] = (integral[i] ?? 0) + 1;
      totals.jobsIntegral += q;
    });
    const q = lengths[origin];
    if (arrival) {
      const shortest = shortestOf(lengths);
      const m = lengths[shortest];
      totals.arrivals++;
      if (q >= policy.beta(m)) {
        totals.migrations++;
        totals.shortestSum += m;
        lengths[shortest] += policy.K;
      } else {
        totals.stayDelay += q + 1;
        lengths[origin]++;
      }
    } else if (q > 0) lengths[origin]--;
    lengths.sort((a, b) => b - a);
  }
  return { ...totals, integral, lengths };
}

/** The digits of an event's draws that no stream gives. */
const digits = (rng: StreamPair, event: number, which: number): bigint =>
  mix64((rng.refinements + BigInt(4 * event + which) * 0x9e3779b97f4a7c15n) & MASK64);

/** Numbers with 64 binary digits, 16 from a stream and 48 from the event's number. */
function narrowDraws(n: number, lambda: Rational, policy: Policy, rng: StreamPair): (event: number) => Draw {
  const origins = new Xoshiro256pp(rng.origins);
  const samples = new Xoshiro256pp(rng.samples);
  const thresholds = maximumThresholds(n, policy.d);
  const modulus = lambda.num + lambda.den;
  const outcomes = BigInt(n) * modulus;
  let words = [0n, 0n];
  return (event) => {
    if (event % 4 === 0) words = [origins.next(), samples.next()];
    const [originDraw, sampleDraw] = words.map(
      (word, which) => (((word >> BigInt(16 * (event % 4))) & 0xffffn) << 48n) | (digits(rng, event, which) >> 16n),
    );
    // The 64 digits decide, but for one event in 10^15, of which a test would be a test of this very line
    const outcome = (originDraw * outcomes) >> 64n;
    const shortest = thresholds.findIndex((threshold) => sampleDraw < threshold);
    return {
      arrival: outcome % modulus < lambda.num,
      origin: Number(outcome / modulus),
      shortest: () => (shortest < 0 ? n - 1 : shortest),
    };
  };
}

/** Numbers with 64 binary digits: a word for the origin, half a word each and further digits for kind and sample. */
function largeDraws(n: number, lambda: Rational, { d }: Policy, rng: StreamPair): (event: number) => Draw {
  const origins = new Xoshiro256pp(rng.origins);
  const samples = new Xoshiro256pp(rng.samples);
  const modulus = lambda.num + lambda.den;
  return (event) => {
    const origin = Number((origins.next() * BigInt(n)) >> 64n);
    const word = samples.next();
    const kind = ((word & 0xffff_ffffn) << 32n) | (digits(rng, event, 3) >> 32n);
    const sample = ((word >> 32n) << 32n) | (digits(rng, event, 1) >> 32n);
    // v < (m_i/n)^d
    const isAbove = (count: number): boolean =>
      count === n || (d !== 'all' && sample * BigInt(n) ** BigInt(d) < (BigInt(count) ** BigInt(d)) << 64n);
    const shortest = (lengths: readonly number[]): number => {
      let m = 0;
      while (isAbove(lengths.filter((q) => q > m).length)) m++;
      return lengths.lastIndexOf(m);
    };
    return { arrival: (kind * modulus) >> 64n < lambda.num, origin, shortest };
  };
}

function wideDraws(n: number, lambda: Rational, policy: Policy, rng: StreamPair): (event: number) => Draw {
  const origins = new Xoshiro256pp(rng.origins);
  const samples = new Xoshiro256pp(rng.samples);
  const draw = eventDraw(n, lambda);
  const table = maximumOfUniforms(n, policy.d, draw.bits);
  const range = 1n << BigInt(draw.bits);
  return () => {
    for (;;) {
      const u = (origins.next() >> BigInt(draw.shift)) * BigInt(n);
      const v = (samples.next() >> BigInt(draw.shift)) * BigInt(n);
      if (((u % range) * draw.modulus) % range < draw.rejectBelow) continue;
      const cell = Number(v / range);
      const shortest = v % range < table.accept[cell] ? cell : table.alias[cell];
      return { arrival: u % range < draw.arrivalBelow, origin: Number(u / range), shortest: () => shortest };
    }
  };
}

/**
 * The model as the paper states it, sharing nothing with the kernel but the generator: named queues, d samples with
 * replacement, exponential holding times. Returns time averages after a tenth of the events.
 */
export function straightforwardRun(
  n: number,
  lambda: number,
  policy: Policy,
  events: number,
  uniform: () => number,
): { meanQueue: number; jobDelay: number; migrationFraction: number; tails: number[] } {
  const lengths = new Array<number>(n).fill(0);
  const tails = new Array<number>(60).fill(0);
  let [time, area, delay, arrivals, migrations, jobs] = [0, 0, 0, 0, 0, 0];
  for (let event = 0; event < events; event++) {
    const holding = -Math.log(1 - uniform()) / (n * (1 + lambda));
    const counted = event >= events / 10;
    if (counted) {
      time += holding;
      area += holding * jobs;
      if (event % 10 === 0) for (const q of lengths) for (let i = 0; i <= q; i++) tails[i]++;
    }
    const origin = Math.floor(uniform() * n);
    const q = lengths[origin];
    if (uniform() >= lambda / (1 + lambda)) {
      if (q > 0) {
        lengths[origin]--;
        jobs--;
      }
      continue;
    }
    let shortest = 0;
    if (policy.d === 'all') shortest = lengths.indexOf(Math.min(...lengths));
    else {
      shortest = Math.floor(uniform() * n);
      for (let k = 1; k < policy.d; k++) {
        const other = Math.floor(uniform() * n);
        if (lengths[other] < lengths[shortest]) shortest = other;
      }
    }
    const m = lengths[shortest];
    const migrates = q >= policy.beta(m);
    const target = migrates ? shortest : origin;
    const pieces = migrates ? policy.K : 1;
    lengths[target] += pieces;
    jobs += pieces;
    if (!counted) continue;
    arrivals++;
    if (migrates) migrations++;
    delay += lengths[target];
  }
  return {
    meanQueue: area / time / n,
    jobDelay: delay / arrivals,
    migrationFraction: migrations / arrivals,
    tails: tails.map((count) => count / tails[0]),
  };
}
