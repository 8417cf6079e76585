import { describe, expect, it } from 'vitest';
import { measureCoverage } from '../../../src/science/calibration/coverage.ts';
import { truthOf } from '../../../src/science/calibration/knownSystem.ts';
import { replication } from '../../../src/science/calibration/replication.ts';
import { simulate } from '../../../src/science/sim/simulate.ts';

const ABOUNCE = { kind: 'abounce', C: 2, K: 2 } as const;
const SEED = 'c0'.repeat(32);

describe('a replication for calibration', () => {
  it('has the estimates of `simulate`, bit for bit, and its warm-up', () => {
    const options = { n: 2, lambda: 0.75, policy: ABOUNCE, events: 100_000, seed: SEED };
    const { estimates } = replication(options);
    const { tails, delayLaw, meanQueue, jobDelay, migrationFraction } = simulate(options);
    expect(estimates).toMatchObject({ tails, delayLaw, meanQueue, jobDelay, migrationFraction });
    expect(replication(options, 64).estimates).toEqual(estimates);
  });

  it('has batches whose mean is the mean queue, and identities that hold up to noise', () => {
    const options = { n: 2, lambda: 0.75, policy: ABOUNCE, events: 2 ** 20, warmup: 2 ** 18, seed: SEED };
    const { batches, estimates, controls } = replication(options, 256);
    expect(batches.reduce((sum, value) => sum + value, 0) / 256).toBeCloseTo(estimates.meanQueue, 9);
    expect(controls).toHaveLength(2);
    for (const control of controls) expect(Math.abs(control)).toBeLessThan(0.01);
    expect(controls.every((control) => control !== 0)).toBe(true);
  });
});

describe('the exact values', () => {
  it('are those of M/M/1 for one queue', () => {
    const { values, tails } = truthOf({ n: 1, lambda: '3/4', policy: { kind: 'none' } });
    expect(values).toEqual({
      meanQueue: 3,
      jobDelay: 4,
      migrationFraction: 0,
      delay99: expect.closeTo(4 * Math.log(100), 12),
    });
    expect(tails[2]).toBe(0.5625);
  });

  it('are the reference ones for two queues, and there are none for an unstable rate', () => {
    const { values } = truthOf({ n: 2, lambda: 0.75, policy: ABOUNCE });
    expect(values.meanQueue).toBeCloseTo(3.2789420516, 8); // science brief §5
    expect(values.jobDelay).toBeCloseTo(4.0733248299, 8);
    expect(() => truthOf({ n: 2, lambda: 0.9, policy: ABOUNCE })).toThrow('no exact law of two queues');
    expect(() => truthOf({ n: 1, lambda: 1, policy: ABOUNCE })).toThrow('stable for 0 < lambda < 1, found 1');
  });
});

describe('the coverage of stated 95 % intervals', () => {
  const small = {
    replications: 8,
    events: 2 ** 14,
    runEvents: 2 ** 16,
    looks: [4, 6, 8],
    relativeHalfWidth: 0.05,
    seed: SEED,
  };

  // 200 repetitions: three standard deviations are 4.6 %. The study repeats 1,200 times.
  it.each([
    [{ n: 1, lambda: 0.5, policy: { kind: 'none' } }],
    [{ n: 2, lambda: 0.5, policy: { kind: 'sq' } }],
    [{ n: 2, lambda: 0.5, policy: ABOUNCE }],
  ] as const)('is near 95 % for %o', (system) => {
    const rows = measureCoverage({ system, repetitions: 200, ...small });
    expect(rows.length).toBe(system.n === 1 ? 10 : 13);
    for (const { method, measure, coverage } of rows) {
      expect(coverage, `${method}, ${measure}`).toBeGreaterThan(0.9);
      if (method !== 'sequential') expect(coverage, `${method}, ${measure}`).toBeLessThan(0.996);
    }
    const find = (name: string) => rows.find(({ method, measure }) => method === name && measure === 'meanQueue')!;
    expect(find('control variates').sd).toBeLessThan(0.8 * find('replications').sd);
    expect(find('sequential').used).toBeLessThan(8);
    expect(find('sequential').used).toBeGreaterThan(4);
  });

  it('falls where the procedure is bad: a run too short to forget that it began empty', () => {
    const system = { n: 1, lambda: 0.9, policy: { kind: 'none' } } as const;
    const rows = measureCoverage({ system, repetitions: 100, ...small, events: 1000 });
    const row = rows.find(({ method, measure }) => method === 'replications' && measure === 'meanQueue')!;
    expect(row.coverage).toBeLessThan(0.85);
    expect(row.below).toBeGreaterThan(row.above);
    expect(row.bias).toBeLessThan(0);
  });

  it('refuses looks that do not end with all replications', () => {
    const system = { n: 1, lambda: 0.5, policy: { kind: 'none' } } as const;
    expect(() => measureCoverage({ system, repetitions: 1, ...small, looks: [4, 6] })).toThrow(
      'looks must increase from 2 or more to 8',
    );
    expect(() => measureCoverage({ system, repetitions: 0, ...small })).toThrow(
      'repetitions must be a positive integer, found 0',
    );
  });
});
