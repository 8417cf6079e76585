import { describe, expect, it } from 'vitest';
import { erlangMixture } from '../../src/science/delay/erlangMixture.ts';
import { exactDelayLaw } from '../../src/science/exact/delayLaw.ts';
import { exactTwoQueues } from '../../src/science/exact/twoQueues.ts';
import { makePolicy, type PolicySpec } from '../../src/science/policy/policy.ts';
import { simulate as simulation } from '../../src/science/sim/simulate.ts';
import { sha256 } from '../../src/store/canonical.ts';
import simulate from '../../stages/simulate.ts';
import { numbers, problemsOf, resolved, rowOf, runKind } from './runKind.ts';

const abounce = (C: number) => ({ kind: 'abounce', C, d: 10, K: 2 });
const mbounce = (alpha: number | string) => ({ kind: 'mbounce', alpha, d: 10, K: 2 });
const PAPER = { n: 100, lambda: 0.75, events: 4_000_000 };
const PAIR = { n: 2, lambda: 0.75, events: 1_000_000, policy: { kind: 'abounce', C: 2, d: 'all', K: 2 } };

describe('a simulation of the paper’s system', () => {
  // science brief §5, [s]: mean ± half-width
  it.each([
    [abounce(2), 2.327, 0.006, 2.766, 0.005],
    [abounce(3), 2.111, 0.002, 2.663, 0.002],
    [mbounce(2), 2.325, 0.006, 2.764, 0.005],
    [mbounce(3), 2.281, 0.004, 2.726, 0.004],
    [mbounce(6), 2.106, 0.002, 2.6, 0.002],
  ])('agrees with the reference run of %o', async (policy, meanQueue, queueWidth, jobDelay, delayWidth) => {
    const row = rowOf((await runKind(simulate, { ...PAPER, policy }, { replicates: 6 })).summary);
    expect(row.stability).toBe('stable');
    // Two intervals of one number overlap.
    expect(row.meanQueueLo).toBeLessThan(meanQueue + queueWidth);
    expect(row.meanQueueHi).toBeGreaterThan(meanQueue - queueWidth);
    expect(row.jobDelayLo).toBeLessThan(jobDelay + delayWidth);
    expect(row.jobDelayHi).toBeGreaterThan(jobDelay - delayWidth);
    expect((row.meanQueueHi as number) - (row.meanQueueLo as number)).toBeLessThan(0.1);
    expect(Math.abs(row.flowBalanceZ as number)).toBeLessThan(4);
  });

  it('covers the exact answer for two queues, with every measure', async () => {
    const row = rowOf((await runKind(simulate, PAIR, { replicates: 8 })).summary);
    // science brief §5; E[q]/λ and E[q]/(λ(1 + (K − 1)p_b)) follow from them
    const exact = { meanQueue: 3.2789420516, jobDelay: 4.0733248299, migrationFraction: 0.0882189909 };
    const all = {
      ...exact,
      littleDelay: exact.meanQueue / 0.75,
      pieceSojourn: exact.meanQueue / (0.75 * (1 + exact.migrationFraction)),
    };
    for (const [name, value] of Object.entries(all)) {
      expect(row[`${name}Lo`], name).toBeLessThan(value);
      expect(row[`${name}Hi`], name).toBeGreaterThan(value);
    }
  });

  it('reads α exactly: 11/10 is 1.1, in every byte', async () => {
    const at = (alpha: number | string) =>
      runKind(simulate, {
        ...PAPER,
        events: 50_000,
        policy: mbounce(alpha),
        unstable: 'allow',
        record: ['tails', 'path', 'delay'],
      });
    expect(await at(1.1)).toEqual(await at('11/10'));
  });
});

describe('what is recorded', () => {
  const SMALL = { ...PAIR, events: 40_000 };
  const outputs = async (record?: readonly string[]) =>
    Object.keys(await runKind(simulate, { ...SMALL, ...(record && { record }) }, { replicates: 3 }));

  it('is what was asked for, beside the summary', async () => {
    expect(await outputs()).toEqual(['tails', 'summary']);
    expect(await outputs([])).toEqual(['summary']);
    expect(await outputs(['path'])).toEqual(['summary', 'path']);
    expect(await outputs(['delay', 'tails'])).toEqual(['tails', 'summary', 'delay', 'quantiles']);
    expect(await outputs(['tails', 'path', 'delay'])).toEqual(['tails', 'summary', 'path', 'delay', 'quantiles']);
  });

  it('does not change the rest', async () => {
    const [all, none] = await Promise.all(
      [['tails', 'path', 'delay'], []].map((record) => runKind(simulate, { ...SMALL, record }, { replicates: 3 })),
    );
    expect(all.summary).toEqual(none.summary);
  });

  it('has paths from the empty system, one below the other, with at most the points asked for', async () => {
    const { path } = await runKind(simulate, { ...SMALL, record: ['path'], points: 40 }, { replicates: 3 });
    const replicate = numbers(path, 'replicate');
    const starts = [0, 1, 2].map((r) => replicate.indexOf(r));
    expect(starts.map((row) => [numbers(path, 'time')[row], numbers(path, 'meanQueue')[row]])).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(path.rows % 3).toBe(0);
    expect(path.rows / 3).toBeLessThanOrEqual(41);
    expect(path.rows / 3).toBeGreaterThan(20);
    // Events come at rate n(1 + λ).
    expect(numbers(path, 'time').at(-1)).toBeLessThanOrEqual(SMALL.events / (2 * 1.75));
  });

  it('has a law of the delay: weights sum to 1, and its mean is the job delay', async () => {
    const { delay, summary } = await runKind(simulate, { ...SMALL, record: ['delay'] }, { replicates: 3 });
    const weight = numbers(delay, 'weight');
    expect(numbers(delay, 'stages')).toEqual(weight.map((_, k) => k));
    expect(weight[0]).toBe(0);
    expect(weight.every((w) => w >= 0)).toBe(true);
    expect(weight.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 12);
    expect(weight.reduce((sum, w, k) => sum + k * w, 0)).toBeCloseTo(rowOf(summary).jobDelay as number, 10);
  });

  it('has quantiles of the delay that cover those of the exact law', async () => {
    const { quantiles } = await runKind(simulate, { ...PAIR, record: ['delay'] }, { replicates: 8 });
    const policy = makePolicy(PAIR.policy as PolicySpec);
    const exact = exactTwoQueues({ lambda: 0.75, policy });
    if (exact.status !== 'exact') throw new Error(exact.reason);
    const { quantile } = erlangMixture(exactDelayLaw(policy, exact));
    expect(numbers(quantiles, 'p')).toEqual([0.5, 0.9, 0.99, 0.999]);
    numbers(quantiles, 'p').forEach((p, row) => {
      expect(numbers(quantiles, 'lo')[row]).toBeLessThan(quantile(p));
      expect(numbers(quantiles, 'hi')[row]).toBeGreaterThan(quantile(p));
      expect(Math.abs(numbers(quantiles, 'delay')[row] / quantile(p) - 1)).toBeLessThan(0.06);
    });
  });

  it('has no interval of a quantile where there is no steady state', async () => {
    const { quantiles } = await runKind(simulate, { ...SMALL, record: ['delay'] });
    expect(Array.from(quantiles.columns.lo as ArrayLike<unknown>)).toEqual([null, null, null, null]);
    expect(numbers(quantiles, 'delay').every((delay, row, all) => row === 0 || delay > all[row - 1])).toBe(true);
  });

  it('has a tail that starts at 1, does not increase, and sums to the mean queue', async () => {
    const { tails, summary } = await runKind(simulate, SMALL, { replicates: 3 });
    const tail = numbers(tails, 'tail');
    expect(tail[0]).toBe(1);
    expect(tail.every((s, i) => i === 0 || s <= tail[i - 1])).toBe(true);
    expect(tail.slice(1).reduce((sum, s) => sum + s, 0)).toBeCloseTo(rowOf(summary).meanQueue as number, 10);
  });
});

describe('the bytes of a simulation', () => {
  const events = 60_000;
  const seed = sha256('test/0');
  const params = { ...PAIR, events, record: ['tails', 'path', 'delay'], points: 64 };
  const options = { ...PAIR, seed, path: { points: 64 } } as never as Parameters<typeof simulation>[0];

  /** What the kind gives for a result of the simulator. */
  const same = async (result: ReturnType<typeof simulation>) => {
    const { tails, path, delay, summary } = await runKind(simulate, params);
    expect(numbers(tails, 'tail')).toEqual(Array.from(result.tails));
    expect(numbers(path, 'meanQueue')).toEqual(Array.from(result.path.meanQueue));
    expect(numbers(delay, 'weight')).toEqual(Array.from(result.delayLaw));
    expect(rowOf(summary)).toMatchObject({ meanQueue: result.meanQueue, jobDelay: result.jobDelay });
  };

  it('do not depend on how often progress is reported', async () => {
    await same(simulation({ ...options, events }, { every: 997 }));
  });

  it('are those of a run that was continued, however often', async () => {
    let checkpoint: Uint8Array | undefined;
    for (const upTo of [15_000, 30_000, 60_000]) {
      const result = simulation({ ...options, events: upTo, resume: checkpoint });
      checkpoint = result.checkpoint;
      if (upTo === events) await same(result);
    }
  });

  it('differ between replicates and seeds', async () => {
    const first = await runKind(simulate, params, { seed: 'a' });
    expect((await runKind(simulate, params, { seed: 'a' })).tails).toEqual(first.tails);
    expect((await runKind(simulate, params, { seed: 'b' })).tails).not.toEqual(first.tails);
  });
});

describe('a start from the mean field', () => {
  it('fills the queues before the first event', async () => {
    const { path } = await runKind(simulate, {
      ...PAPER,
      events: 10_000,
      policy: abounce(2),
      start: 'mean-field',
      record: ['path'],
    });
    expect(numbers(path, 'meanQueue')[0]).toBeCloseTo(2.23536, 1); // science brief §5, to 1/n
  });

  it('needs a fixed point', async () => {
    const params = { ...PAPER, events: 10_000, lambda: 0.8, policy: abounce(2), start: 'mean-field' };
    await expect(runKind(simulate, params)).rejects.toThrow(
      /^start: mean-field needs a mean-field fixed point, and there is none: .+\. Use start: empty\.$/,
    );
  });

  it('needs a finite d, which is said when the study is read', () => {
    expect(problemsOf(simulate, { ...PAIR, start: 'mean-field' })).toEqual([
      { path: '/start', message: 'start: mean-field needs a finite number d of sampled queues; use start: empty' },
    ]);
  });
});

describe('what the simulate kind refuses', () => {
  it.each([
    [
      { lambda: 1.05 },
      '/lambda',
      'lambda must be below the service rate 1, found 1.05: every policy is unstable there; say `unstable: allow` if that is meant',
    ],
    [{ warmup: 1_000_000 }, '/warmup', 'warmup must be below events = 1000000, found 1000000'],
    [{ n: 5_000_000_000 }, '/n', 'n must be an integer from 1 to 1000000000, found 5000000000'],
    [{ policy: { kind: 'sq', K: 200_000 } }, '/policy', 'K must be below 131072, found 200000'],
    [{ policy: { kind: 'abounce', C: 2, d: 0 } }, '/policy/d', 'd must be an integer ≥ 1 or "all", found 0'],
  ])('%o', (params, path, message) => {
    expect(problemsOf(simulate, { ...PAIR, ...params })).toEqual([{ path, message }]);
  });

  it('too few events to see a path grow, and unknown things to record', () => {
    expect(() => resolved(simulate, { ...PAIR, events: 15 })).toThrow('/events must be >= 16');
    expect(() => resolved(simulate, { ...PAIR, record: ['histogram'] })).toThrow(
      '/record/0 must be equal to one of the allowed values',
    );
  });

  it('nothing at λ ≥ 1 with unstable: allow', async () => {
    const params = { ...PAIR, lambda: 1.05, events: 200_000, unstable: 'allow' };
    const row = rowOf((await runKind(simulate, params, { replicates: 4 })).summary);
    expect(row.stability).toBe('unstable');
    expect(row.meanQueueLo).toBeNull();
  });

  it('16 events, the fewest there may be', async () => {
    const { summary } = await runKind(simulate, { ...PAIR, events: 16, points: 16 }, { replicates: 2 });
    expect(rowOf(summary)).toMatchObject({ stability: 'undecided', replicates: 2 });
  });
});
