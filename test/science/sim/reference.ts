import type { Rational } from '../../../src/science/numeric/rational.ts';
import type { Policy } from '../../../src/science/policy/policy.ts';
import { eventDraw } from '../../../src/science/random/bounded.ts';
import { maximumOfUniforms } from '../../../src/science/random/maximumOfUniforms.ts';
import type { StreamPair } from '../../../src/science/random/stream.ts';
import { Xoshiro256pp } from '../../../src/science/random/xoshiro256pp.ts';

/** The kernel's algorithm, written to be read: sorts after every event, integrates by adding, draws in BigInt. */
export function referenceRun(n: number, lambda: Rational, policy: Policy, rng: StreamPair, events: number) {
  const origins = new Xoshiro256pp(rng.origins);
  const samples = new Xoshiro256pp(rng.samples);
  const draw = eventDraw(n, lambda);
  const table = maximumOfUniforms(n, policy.d, draw.bits);
  const range = 1n << BigInt(draw.bits);
  const lengths = new Array<number>(n).fill(0);
  const totals = { arrivals: 0, migrations: 0, stayDelay: 0, shortestSum: 0, jobsIntegral: 0 };
  const integral: number[] = [];
  for (let event = 0; event < events; event++) {
    const u = (origins.next() >> BigInt(draw.shift)) * BigInt(n);
    const v = (samples.next() >> BigInt(draw.shift)) * BigInt(n);
    if (((u % range) * draw.modulus) % range < draw.rejectBelow) {
      event--;
      continue;
    }
    lengths.forEach((q) => {
      for (let i = 0; i <= q; i++) integral[i] = (integral[i] ?? 0) + 1;
      totals.jobsIntegral += q;
    });
    const origin = Number(u / range);
    const q = lengths[origin];
    if (u % range < draw.arrivalBelow) {
      const cell = Number(v / range);
      const shortest = v % range < table.accept[cell] ? cell : table.alias[cell];
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
