import { describe, expect, it } from 'vitest';
import { simulate } from '../../../src/science/sim/simulate.ts';
import { CRITICAL_RATIO, pathGrowth, stabilityVerdict } from '../../../src/science/stats/stability.ts';
import { normals } from './series.ts';

/** Reflected Brownian motion with drift from 0, 200 points on [0, 1000]. */
function paths(count: number, drift: number, label: string) {
  const normal = normals(label);
  return Array.from({ length: count }, () => {
    const time = Float64Array.from({ length: 201 }, (_, i) => 5 * i);
    const level = new Float64Array(201);
    for (let i = 1; i < 201; i++) level[i] = Math.abs(level[i - 1] + 5 * drift + Math.sqrt(5) * normal());
    return pathGrowth(time, level);
  });
}

/** Twenty paths of Figure 3: n = 100, K = C = 2, d = 10. */
function figure3(lambda: number, events: number) {
  return Array.from({ length: 20 }, (_, r) => {
    const { path } = simulate({
      n: 100,
      lambda,
      policy: { kind: 'abounce', C: 2, d: 10, K: 2 },
      events,
      seed: `${'3f'.repeat(31)}${10 + r}`,
    });
    return pathGrowth(path.time, path.meanQueue);
  });
}

describe('pathGrowth', () => {
  it('is the least-squares slope over the second half', () => {
    const time = Array.from({ length: 100 }, (_, i) => i);
    const growth = pathGrowth(
      time,
      time.map((t) => (t < 50 ? 1000 - t : 3 + 0.25 * t)),
    );
    expect(growth.slope).toBeCloseTo(0.25, 12);
    expect(growth.growth).toBeCloseTo(0.25 * 49, 10);
    expect(growth.level).toBeCloseTo(3 + 0.25 * 74.5, 10);
  });

  it('relates slope and level of √t as the critical ratio says', () => {
    const time = Array.from({ length: 20_001 }, (_, i) => i);
    const { growth, level } = pathGrowth(time, time.map(Math.sqrt));
    expect(growth / level).toBeCloseTo(CRITICAL_RATIO, 4);
  });
});

describe('stabilityVerdict', () => {
  it('tells positive from negative drift', () => {
    expect(stabilityVerdict(paths(20, 0.15, 'up')).verdict).toBe('unstable');
    expect(stabilityVerdict(paths(20, -0.15, 'down')).verdict).toBe('stable');
  });

  it('is seldom wrong either way at the threshold itself', () => {
    const verdicts = Array.from({ length: 300 }, (_, i) => stabilityVerdict(paths(20, 0, `critical ${i}`)).verdict);
    // 2.5 % expected of each at most, 5 % allowed
    expect(verdicts.filter((verdict) => verdict === 'stable').length).toBeLessThanOrEqual(15);
    expect(verdicts.filter((verdict) => verdict === 'unstable').length).toBeLessThanOrEqual(15);
  });

  it('does not take lack of data for stability', () => {
    const two = paths(2, -0.4, 'two');
    expect(stabilityVerdict(two).verdict).toBe('undecided');
    expect(stabilityVerdict(two.slice(0, 1)).slope.hi).toBe(Number.POSITIVE_INFINITY);
    // Short runs just above the threshold, at every length
    for (const events of [5_000, 20_000, 80_000, 320_000]) {
      expect(stabilityVerdict(figure3(0.79, events)).verdict).not.toBe('stable');
    }
  });

  it('finds Figure 3 stable at λ = 0.77 and unstable at 0.79', () => {
    expect(stabilityVerdict(figure3(0.77, 1_000_000)).verdict).toBe('stable');
    const unstable = stabilityVerdict(figure3(0.79, 2_000_000));
    expect(unstable.verdict).toBe('unstable');
    expect(unstable.slope.lo).toBeGreaterThan(0);
  });
});
