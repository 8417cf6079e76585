import { describe, expect, it } from 'vitest';
import { mser5 } from '../../../src/science/stats/mser.ts';
import { normals } from './series.ts';

describe('mser5', () => {
  it('finds the end of an initial transient', () => {
    const normal = normals('mser');
    const values = Array.from({ length: 500 }, (_, i) => (i < 60 ? 20 - i / 3 : 0) + normal());
    const { truncation, status } = mser5(values);
    expect(status).toBe('ok');
    expect(truncation).toBeGreaterThanOrEqual(40);
    expect(truncation).toBeLessThanOrEqual(90);
  });

  it('is the minimum of the squared standard error over all truncations, computed from its definition', () => {
    const normal = normals('definition');
    const values = Array.from({ length: 103 }, (_, i) => 5 * Math.exp(-i / 10) + normal());
    const means = Array.from({ length: 20 }, (_, g) => values.slice(5 * g, 5 * g + 5).reduce((s, v) => s + v / 5, 0));
    const statistics = means.slice(0, 15).map((_, g) => {
      const rest = means.slice(g);
      const mean = rest.reduce((s, v) => s + v, 0) / rest.length;
      return rest.reduce((s, v) => s + (v - mean) ** 2, 0) / rest.length ** 2;
    });
    const best = statistics.indexOf(Math.min(...statistics));
    expect(mser5(values).truncation).toBe(5 * best);
    expect(mser5(values).statistic).toBeCloseTo(statistics[best], 12);
  });

  it('says when a series drifts to its end or is too short to tell', () => {
    const normal = normals('late');
    const jump = Array.from({ length: 200 }, (_, i) => (i < 140 ? 50 : 0) + normal());
    expect(mser5(jump).status).toBe('late');
    expect(mser5([1, 2, 3])).toEqual({ truncation: 0, statistic: 0, status: 'too-short' });
  });
});
