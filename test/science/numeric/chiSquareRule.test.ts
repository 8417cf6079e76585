import fc from 'fast-check';
import { expect, it } from 'vitest';
import { chiSquareRule } from '../../../src/science/numeric/chiSquareRule.ts';

it('has the moments of χ², whatever the degrees of freedom', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (df) => {
      const { nodes, weights } = chiSquareRule(df, 160);
      const mean = (of: (u: number) => number) => nodes.reduce((sum, u, k) => sum + weights[k] * of(u), 0);
      expect(mean(() => 1)).toBeCloseTo(1, 12);
      expect(mean((u) => u) / df).toBeCloseTo(1, 7);
      expect(mean((u) => (u - df) ** 2) / (2 * df)).toBeCloseTo(1, 6);
      expect(mean((u) => Math.exp(-u / df)) / (1 + 2 / df) ** (-df / 2)).toBeCloseTo(1, 6);
    }),
  );
});
