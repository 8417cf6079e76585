import { describe, expect, it } from 'vitest';
import { judge, type Measured } from '../../src/compare/judge.ts';
import { tInterval } from '../../src/science/stats/interval.ts';
import { normals } from '../science/stats/series.ts';

const known = (value: number, half: number, replicates = 10): Measured => ({
  value,
  lo: value - half,
  hi: value + half,
  confidence: 0.95,
  replicates,
});
const bare = (value: number, half: number): Measured => ({ value, lo: value - half, hi: value + half });

describe('a changed value', () => {
  it('is judged by Welch where it is known what its interval rests on', () => {
    const [near, far] = judge([
      { from: known(1, 0.1), to: known(1.05, 0.1) },
      { from: known(1, 0.1), to: known(1.5, 0.1) },
    ]);
    expect(near).toMatchObject({ state: 'within', by: 'welch' });
    expect(far).toMatchObject({ state: 'beyond', by: 'welch' });
  });

  it('is judged by overlap where it is not, on either side', () => {
    expect(judge([{ from: bare(1, 0.1), to: known(1.1, 0.1) }])).toEqual([{ state: 'within', by: 'overlap' }]);
    expect(judge([{ from: known(1, 0.1), to: bare(1.3, 0.1) }])).toEqual([{ state: 'beyond', by: 'overlap' }]);
    expect(judge([{ from: bare(1.3, 0.1), to: bare(1, 0.1) }])).toEqual([{ state: 'beyond', by: 'overlap' }]);
  });

  it('is not judged without an interval on both sides', () => {
    const cases: Measured[] = [{ value: 2 }, { value: 'two' }, { value: 2, lo: 1 }, { value: null, lo: 1, hi: 2 }];
    for (const to of cases) expect(judge([{ from: known(1, 0.1), to }])).toEqual([{ state: 'unjudged' }]);
  });

  it('is judged alike in a table that it was joined into, and counts once', () => {
    const change = { from: known(1, 0.1), to: known(1.3, 0.1) };
    const copy = { from: bare(1, 0.1), to: bare(1.3, 0.1) };
    const [alone] = judge([change]);
    expect(judge([change, copy, copy])).toEqual([alone, alone, alone]);
  });

  it('needs more to stand out among many', () => {
    const change = { from: known(1, 0.1), to: known(1.16, 0.1) };
    const others = Array.from({ length: 50 }, (_, at) => ({ from: known(at + 2, 0.1), to: known(at + 2.01, 0.1) }));
    expect(judge([change])[0].state).toBe('beyond');
    expect(judge([change, ...others])[0].state).toBe('within');
  });
});

describe('two runs that differ by chance alone', () => {
  it('have a value beyond noise in at most 5 % of comparisons, by Welch and by overlap', () => {
    const normal = normals('judge');
    const measure = (withDetails: boolean): Measured => {
      const { mean, lo, hi } = tInterval(Array.from({ length: 6 }, normal), 0.95);
      return { value: mean, lo, hi, ...(withDetails && { confidence: 0.95, replicates: 6 }) };
    };
    const trials = 250;
    let alarms = 0;
    let overlapAlarms = 0;
    for (let trial = 0; trial < trials; trial++) {
      const family = (details: boolean, size: number) =>
        judge(Array.from({ length: size }, () => ({ from: measure(details), to: measure(details) })));
      if (family(true, 12).some(({ state }) => state === 'beyond')) alarms++;
      overlapAlarms += family(false, 10).filter(({ state }) => state === 'beyond').length;
    }
    const slack = (rate: number, of: number) => 3 * Math.sqrt((rate * (1 - rate)) / of);
    expect(alarms / trials).toBeLessThan(0.05 + slack(0.05, trials));
    // Intervals that do not meet are rarer than one that misses: each by itself has less than its 5 %.
    expect(overlapAlarms / (10 * trials)).toBeLessThan(0.05);
  });
});
