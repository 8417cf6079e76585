import { describe, expect, it } from 'vitest';
import { overlappingBatchMeans } from '../../../src/science/stats/batchMeans.ts';
import { normals } from './series.ts';

describe('overlappingBatchMeans', () => {
  it('covers the mean of an autocorrelated series about as often as it says', () => {
    const normal = normals('obm');
    let covered = 0;
    for (let run = 0; run < 300; run++) {
      let y = normal() / Math.sqrt(1 - 0.8 ** 2);
      const values = Array.from({ length: 800 }, () => {
        y = 0.8 * y + normal();
        return y;
      });
      const { mean, halfWidth } = overlappingBatchMeans(values, 0.9);
      if (Math.abs(mean) <= halfWidth) covered++;
    }
    expect(covered / 300).toBeGreaterThan(0.83);
    expect(covered / 300).toBeLessThan(0.96);
  });

  it('is its definition', () => {
    const values = [1, 4, 2, 8, 5, 7, 1, 9];
    const mean = 37 / 8;
    const batches = [0, 1, 2, 3, 4, 5].map((i) => (values[i] + values[i + 1] + values[i + 2]) / 3);
    const squares = batches.reduce((sum, y) => sum + (y - mean) ** 2, 0);
    const { standardError, df } = overlappingBatchMeans(values, 0.95, 3);
    expect(standardError).toBeCloseTo(Math.sqrt(((8 * 3) / (6 * 5)) * squares) / Math.sqrt(8), 12);
    expect(df).toBeCloseTo(1.5 * (8 / 3 - 1), 12);
  });

  it('refuses batches longer than half of the series', () => {
    expect(() => overlappingBatchMeans([1, 2, 3], 0.95, 2)).toThrow('from 1 to 1 of 3 observations, found 2');
  });
});
