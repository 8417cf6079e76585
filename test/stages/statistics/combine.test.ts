import { describe, expect, it } from 'vitest';
import { tCritical } from '../../../src/science/numeric/studentT.ts';
import { nominalConfidence } from '../../../src/science/stats/nominalConfidence.ts';
import { tableFrom } from '../../../src/tables/tableFrom.ts';
import simulate from '../../../stages/simulate.ts';
import { combineKind, numbers, rowOf } from '../runKind.ts';

const PARAMS = { n: 10, lambda: 0.5, events: 1000, policy: { kind: 'abounce', C: 2, d: 2, K: 2 } };

interface Given {
  readonly meanQueue?: number;
  readonly growth?: number;
  readonly tail?: readonly number[];
}

/** A replicate as a run gives it; at level 1 and criticalGrowth 0.5 its growth decides: 0 is stable, 3 is not. */
function replicate({ meanQueue = 1, growth = 0, tail = [1, 0.5] }: Given = {}) {
  const { summary, tails } = simulate.replicates!.outputs;
  const values: Record<string, number> = {
    meanQueue,
    growth,
    slope: growth / 10,
    level: 1,
    criticalGrowth: 0.5,
    longest: tail.length - 1,
  };
  const row = Object.fromEntries(Object.keys(summary.schema).map((name) => [name, [values[name] ?? 1]]));
  return {
    summary: tableFrom(row, summary.schema, 'summary'),
    tails: tableFrom({ i: tail.map((_, i) => i), tail }, tails.schema, 'tails'),
  };
}

const combine = (runs: readonly Given[], params: object = {}, looks: readonly number[] = []) =>
  combineKind(simulate, { ...PARAMS, ...params }, runs.map(replicate), looks);

describe('the summary over replicates', () => {
  it('has Student-t intervals: mean ± t s/√R', async () => {
    const row = rowOf((await combine([1, 2, 3, 6].map((meanQueue) => ({ meanQueue })))).summary);
    // mean 3, s² = (4 + 1 + 0 + 9)/3, t_3(0.975) = 3.182446 (tables)
    const half = (3.182446305284263 * Math.sqrt(14 / 3)) / 2;
    expect(row.meanQueue).toBe(3);
    expect(row.meanQueueLo).toBeCloseTo(3 - half, 10);
    expect(row.meanQueueHi).toBeCloseTo(3 + half, 10);
    expect(row.replicates).toBe(4);
  });

  it('has the confidence asked for', async () => {
    const runs = [1, 2, 3, 6].map((meanQueue) => ({ meanQueue }));
    const row = rowOf((await combine(runs, { confidence: 0.99 })).summary);
    expect(row.meanQueueHi).toBeCloseTo(3 + (5.840909309733355 * Math.sqrt(14 / 3)) / 2, 10); // t_3(0.995)
  });

  it('allows for the looks that were planned, in bands at the level of each', async () => {
    const looks = [4, 6, 9];
    const runs = [1, 2, 3, 6].map((meanQueue) => ({ meanQueue }));
    const looked = await combine(runs, { confidence: 0.95 }, looks);
    const at = (confidence: number) => combine(runs, { confidence: nominalConfidence(confidence, looks) });
    expect(rowOf(looked.summary)).toEqual(rowOf((await at(0.95)).summary));
    const curves = [
      [1, 0.5, 0.1],
      [1, 0.6, 0.1],
      [1, 0.4, 0.2],
      [1, 0.5, 0.2],
    ].map((tail) => ({ tail }));
    const { tails } = await combine(curves, { confidence: 0.95 }, looks);
    // Two levels share 5 %; of each, the looks take their part.
    const factor = tCritical(nominalConfidence(0.975, looks), 3) / 2;
    expect(Number(tails.columns.hi[1])).toBeCloseTo(0.5 + factor * Math.sqrt(0.02 / 3), 12);
  });

  it('adds independent z scores so that they stay standard normal', async () => {
    expect(rowOf((await combine([{}, {}, {}, {}])).summary).flowBalanceZ).toBe(2); // four ones over √4
  });

  it('has no intervals unless stable, whatever the verdict instead', async () => {
    const verdicts: unknown[] = [];
    for (const runs of [
      [0.1, 0, -0.1, 0],
      [3, 3.1, 2.9, 3],
      [3, -3, 2, -2],
      [0, 0],
    ]) {
      const { summary, tails } = await combine(runs.map((growth) => ({ growth })));
      const row = rowOf(summary);
      const empty = Object.entries(row).filter(([name]) => /^(?!slope).*(Lo|Hi)$/.test(name));
      expect(empty).toHaveLength(10);
      expect(empty.every(([, value]) => (value === null) === (row.stability !== 'stable'))).toBe(true);
      expect(numbers(tails, 'lo').every((lo) => (lo === null) === (row.stability !== 'stable'))).toBe(true);
      expect(numbers(tails, 'hi').every((hi) => (hi === null) === (row.stability !== 'stable'))).toBe(true);
      expect(row.meanQueue).toBe(1);
      verdicts.push(row.stability);
    }
    expect(verdicts).toEqual(['stable', 'unstable', 'undecided', 'undecided']);
  });

  it('says nothing of the spread of one replicate', async () => {
    const row = rowOf((await combine([{}])).summary);
    expect(row).toMatchObject({ stability: 'undecided', slope: 0, slopeLo: null, slopeHi: null, replicates: 1 });
  });
});

describe('the tails over replicates', () => {
  const tails = [
    [1, 0.5, 0.2],
    [1, 0.6, 0.2, 0.01],
    [1, 0.55, 0.26],
    [1, 0.51, 0.1],
  ];

  it('have bands that hold at all levels at once: Bonferroni over the levels above 0', async () => {
    const { tails: table } = await combine(tails.map((tail) => ({ tail })));
    expect(numbers(table, 'i')).toEqual([0, 1, 2, 3]);
    const t = tCritical(1 - 0.05 / 3, 3);
    const s = Math.sqrt(((0.5 - 0.54) ** 2 + (0.6 - 0.54) ** 2 + (0.55 - 0.54) ** 2 + (0.51 - 0.54) ** 2) / 3);
    expect(numbers(table, 'tail')[1]).toBeCloseTo(0.54, 12);
    expect(numbers(table, 'lo')[1]).toBeCloseTo(0.54 - (t * s) / 2, 10);
    expect(numbers(table, 'hi')[1]).toBeCloseTo(0.54 + (t * s) / 2, 10);
  });

  it('count a level that a replicate never reached as 0, and stay within 0 and 1', async () => {
    const { tails: table } = await combine(tails.map((tail) => ({ tail })));
    expect(numbers(table, 'tail')[3]).toBeCloseTo(0.0025, 12);
    expect(numbers(table, 'lo')[3]).toBe(0);
    expect([numbers(table, 'lo')[0], numbers(table, 'hi')[0]]).toEqual([1, 1]);
  });
});
