import { describe, expect, it } from 'vitest';
import { makePolicy, type PolicySpec } from '../../../src/science/policy/policy.ts';
import { type SimulationResult, simulate } from '../../../src/science/sim/simulate.ts';
import { type Interval, tInterval } from '../../../src/science/stats/interval.ts';
import { uniforms } from '../stats/series.ts';
import { straightforwardRun } from './reference.ts';

const seedOf = (replicate: number): string => `${'a7'.repeat(30)}${1000 + replicate}`;

function replicates(n: number, lambda: number, policy: PolicySpec, events: number, count = 20): SimulationResult[] {
  return Array.from({ length: count }, (_, r) => simulate({ n, lambda, policy, events, seed: seedOf(r) }));
}

/** 99.9 % intervals: a right simulator fails one of the few dozen checks below for about one seed in thirty. */
const over = (runs: SimulationResult[], metric: (run: SimulationResult) => number): Interval =>
  tInterval(runs.map(metric), 0.999);

const covers = (interval: Interval, exact: number, relativeHalfWidth: number, slack = 0): void => {
  expect(interval.lo - slack).toBeLessThan(exact);
  expect(interval.hi + slack).toBeGreaterThan(exact);
  expect(interval.halfWidth / exact).toBeLessThan(relativeHalfWidth); // the check is sharp enough to fail
};

describe('simulate against exact answers', () => {
  it('is M/M/1 without sharing', () => {
    const runs = replicates(20, 0.75, { kind: 'none' }, 800_000);
    covers(
      over(runs, (r) => r.meanQueue),
      3,
      0.02,
    );
    covers(
      over(runs, (r) => r.jobDelay),
      4,
      0.02,
    );
    for (const i of [1, 2, 5, 10]) {
      covers(
        over(runs, (r) => r.tails[i]),
        0.75 ** i,
        0.1,
      );
    }
    expect(runs[0].migrations).toBe(0);
  });

  // science.md §5, exact
  it.each<[string, PolicySpec, number, number, number]>([
    ['JSQ', { kind: 'sq', K: 1, d: 'all' }, 1.8360401451, Number.NaN, Number.NaN],
    ['ABOUNCE C=2', { kind: 'abounce', C: 2, K: 2, d: 'all' }, 3.2789420516, 4.0733248299, 0.0882189909],
    ['ABOUNCE C=3', { kind: 'abounce', C: 3, K: 2, d: 'all' }, 2.9417002968, 3.76021055, 0.0549359685],
    ['MBOUNCE α=1.5', { kind: 'mbounce', alpha: 1.5, K: 2, d: 'all' }, 3.0975995058, 3.8923267427, 0.0840053378],
    ['MBOUNCE α=3', { kind: 'mbounce', alpha: 3, K: 2, d: 'all' }, 2.7292940493, 3.5317938951, 0.0652433019],
  ])('is the exact n = 2 chain: %s', (_, policy, meanQueue, jobDelay, migrationFraction) => {
    const runs = replicates(2, 0.75, policy, 1_000_000);
    covers(
      over(runs, (r) => r.meanQueue),
      meanQueue,
      0.04,
    );
    if (Number.isNaN(jobDelay)) return;
    covers(
      over(runs, (r) => r.jobDelay),
      jobDelay,
      0.04,
    );
    covers(
      over(runs, (r) => r.migrationFraction),
      migrationFraction,
      0.02,
    );
  });

  // science.md §5, simulated there as well: [value, half-width]
  it.each<[string, PolicySpec, [number, number], [number, number]]>([
    ['ABOUNCE C=2', { kind: 'abounce', C: 2, K: 2, d: 10 }, [2.327, 0.006], [2.766, 0.005]],
    ['ABOUNCE C=3', { kind: 'abounce', C: 3, K: 2, d: 10 }, [2.111, 0.002], [2.663, 0.002]],
    ['MBOUNCE α=2', { kind: 'mbounce', alpha: 2, K: 2, d: 10 }, [2.325, 0.006], [2.764, 0.005]],
    ['MBOUNCE α=6', { kind: 'mbounce', alpha: 6, K: 2, d: 10 }, [2.106, 0.002], [2.6, 0.002]],
  ])('agrees with the independent simulation at n = 100: %s', (_, policy, [q, dq], [delay, dd]) => {
    const runs = replicates(100, 0.75, policy, 1_000_000, 12);
    covers(
      over(runs, (r) => r.meanQueue),
      q,
      0.03,
      dq,
    );
    covers(
      over(runs, (r) => r.jobDelay),
      delay,
      0.03,
      dd,
    );
  });

  it.each<[string, PolicySpec]>([
    ['table, weak, d = 3', { kind: 'table', thresholds: [3, 3, 5], d: 3, K: 2, comparison: 'weak' }],
    ['MBOUNCE α=1.5, d = 2, K = 3', { kind: 'mbounce', alpha: 1.5, d: 2, K: 3 }],
  ])('agrees with a straightforward simulation that draws all d samples: %s', (label, spec) => {
    const [n, lambda] = [8, 0.6];
    const policy = makePolicy(spec);
    const uniform = uniforms(label);
    const theirs = Array.from({ length: 10 }, () => straightforwardRun(n, lambda, policy, 60_000, uniform));
    const ours = replicates(n, lambda, spec, 400_000, 10);
    for (const metric of ['meanQueue', 'jobDelay', 'migrationFraction'] as const) {
      const a = tInterval(
        theirs.map((r) => r[metric]),
        0.995,
      );
      const b = tInterval(
        ours.map((r) => r[metric]),
        0.995,
      );
      expect(Math.abs(a.mean - b.mean)).toBeLessThan(Math.hypot(a.halfWidth, b.halfWidth));
      expect(a.halfWidth / a.mean).toBeLessThan(0.1);
    }
    for (const i of [1, 3, 5]) {
      const a = tInterval(
        theirs.map((r) => r.tails[i]),
        0.999,
      );
      expect(Math.abs(a.mean - ours[0].tails[i])).toBeLessThan(2 * a.halfWidth);
    }
  });
});

describe('simulate', () => {
  const additive: PolicySpec = { kind: 'abounce', C: 2, K: 2, d: 10 };

  it('balances flow: z is standard normal, and departures are what joined less what is left', () => {
    const runs = replicates(10, 0.7, additive, 100_000, 60);
    const rms = Math.sqrt(runs.reduce((sum, r) => sum + r.flowBalance.z ** 2, 0) / runs.length);
    expect(rms).toBeGreaterThan(0.7);
    expect(rms).toBeLessThan(1.35);
    for (const { flowBalance, tails } of runs) {
      expect(flowBalance.s1).toBe(tails[1]);
      expect(Math.abs(flowBalance.s1 - flowBalance.expected)).toBeLessThan(0.03);
    }
  });

  it('gives these counts for this seed', () => {
    // Counts of bench/c/occupancy.c for the same draws are equal (bench/kernel.mjs compares them); change on purpose only
    const run = simulate({
      n: 100,
      lambda: '3/4',
      policy: additive,
      events: 100_000,
      warmup: 0,
      seed: 'c0ffee'.padEnd(64, '0'),
    });
    expect([run.arrivals, run.migrations, run.departures, run.longest]).toMatchInlineSnapshot(`
      [
        43071,
        10944,
        53754,
        6,
      ]
    `);
  });

  it('is the identical function of seed and options, and differs between seeds', () => {
    const options = { n: 10, lambda: 0.75, policy: additive, events: 5000, seed: seedOf(1) };
    expect(simulate(options)).toEqual(simulate({ ...options, policy: makePolicy(additive) }));
    expect(simulate(options).arrivals).not.toBe(simulate({ ...options, seed: seedOf(2) }).arrivals);
  });

  it('keeps arrivals in step under common random numbers: policies see the same arrivals', () => {
    const options = { n: 10, lambda: 0.75, events: 5000, seed: seedOf(3) };
    const counts = [additive, { kind: 'none' } as const, { kind: 'mbounce', alpha: 2, d: 'all' } as const].map(
      (policy) => simulate({ ...options, policy }).arrivals,
    );
    expect(new Set(counts).size).toBe(1);
  });

  it('costs the same per event for d = 2 and d = 10^6, and the latter is d = all to a hair', () => {
    const run = (d: number | 'all') =>
      simulate({ n: 20, lambda: 0.7, policy: { kind: 'abounce', C: 2, K: 2, d }, events: 200_000, seed: seedOf(4) });
    expect(run(1_000_000).tails).toEqual(run('all').tails);
    expect(run(2).meanQueue).not.toBe(run('all').meanQueue);
  });

  it('records the path at equally spaced expected times, from the start', () => {
    const { path, events } = simulate({
      n: 10,
      lambda: 1,
      policy: additive,
      events: 4096,
      seed: seedOf(5),
      path: { points: 64 },
    });
    expect(path.time.length).toBe(65);
    expect(path.meanQueue[0]).toBe(0);
    expect(path.time[64]).toBeCloseTo(events / (10 * 2), 9);
    expect(path.time[32]).toBeCloseTo(path.time[64] / 2, 9);
  });

  it('has batch means that average to the mean queue', () => {
    const run = simulate({ n: 10, lambda: 0.75, policy: additive, events: 2 ** 20, seed: seedOf(6) });
    const mean = run.batches.meanQueue.reduce((sum, value) => sum + value, 0) / run.batches.meanQueue.length;
    expect(run.batches.meanQueue.length * run.batches.events).toBe(run.events - run.warmup);
    expect(mean).toBeCloseTo(run.meanQueue, 9);
  });

  it('starts from a rounded profile', () => {
    const profile = [1, 0.74, 0.5, 0.26, 0.001];
    const run = simulate({
      n: 100,
      lambda: 0.75,
      policy: additive,
      events: 4,
      warmup: 0,
      start: 'mean-field',
      profile,
      seed: seedOf(7),
    });
    expect(run.path.meanQueue[0]).toBeCloseTo(1.5, 12);
    expect(run.tails.length).toBeGreaterThanOrEqual(4);
  });

  it('forgets its start: empty and a full profile agree after the warm-up', () => {
    const runs = (profile: number[]) =>
      Array.from(
        { length: 10 },
        (_, r) =>
          simulate({
            n: 20,
            lambda: 0.6,
            policy: additive,
            events: 400_000,
            start: 'mean-field',
            profile,
            seed: seedOf(r),
          }).meanQueue,
      );
    const [a, b] = [tInterval(runs([1]), 0.99), tInterval(runs([1, 1, 1, 1, 1, 1]), 0.99)];
    expect(Math.abs(a.mean - b.mean)).toBeLessThan(a.halfWidth + b.halfWidth);
  });

  it('allows unstable rates', () => {
    const run = simulate({ n: 10, lambda: 1.5, policy: additive, events: 400_000, seed: seedOf(8) });
    // Each queue gains at least λ − 1 jobs per unit of time, at most Kλ − 1
    const rate = run.path.meanQueue.at(-1)! / run.path.time.at(-1)!;
    expect(rate).toBeGreaterThan(0.45);
    expect(rate).toBeLessThan(2);
  });

  it('reports progress, hands out checkpoints and obeys an aborted signal', () => {
    const seen: number[] = [];
    const checkpoints: number[] = [];
    const options = { n: 10, lambda: 0.5, policy: additive, events: 2500, seed: seedOf(9) };
    simulate(options, {
      every: 1000,
      onProgress: (event) => seen.push(event),
      onCheckpoint: (_, event) => checkpoints.push(event),
    });
    expect(seen).toEqual([1000, 2000, 2500]);
    expect(checkpoints).toEqual([1000, 2000]);
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error('stopped by hand'));
    expect(() => simulate(options, { every: 1000, onProgress, signal: controller.signal })).toThrow('stopped by hand');
  });
});
