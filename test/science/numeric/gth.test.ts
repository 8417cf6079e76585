import fc from 'fast-check';
import { Matrix, solve } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { stationaryDistribution } from '../../../src/science/numeric/gth.ts';

const chainOf = (rates: number[][]) => ({
  size: rates.length,
  forEachTransition(i: number, visit: (j: number, rate: number) => void) {
    rates[i].forEach((rate, j) => {
      if (j !== i && rate > 0) visit(j, rate);
    });
  },
});

/** π Q = 0 with Σπ = 1 in place of the last equation. */
function denseStationary(rates: number[][]): number[] {
  const size = rates.length;
  const system = Matrix.zeros(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      if (i === j) continue;
      system.set(j, i, system.get(j, i) + rates[i][j]);
      system.set(i, i, system.get(i, i) - rates[i][j]);
    }
  }
  for (let i = 0; i < size; i++) system.set(size - 1, i, 1);
  const rhs = Matrix.zeros(size, 1);
  rhs.set(size - 1, 0, 1);
  return solve(system, rhs).to1DArray();
}

describe('stationaryDistribution', () => {
  it('agrees with a dense solve by ml-matrix on random irreducible chains', () => {
    const rates = fc.integer({ min: 2, max: 12 }).chain((size) =>
      fc.array(fc.array(fc.constantFrom(0, 0, 0, 1, 2, 5), { minLength: size, maxLength: size }), {
        minLength: size,
        maxLength: size,
      }),
    );
    fc.assert(
      fc.property(rates, (sparse) => {
        // A ring in both directions makes it irreducible.
        const size = sparse.length;
        const full = sparse.map((row, i) =>
          row.map((rate, j) => (i === j ? 0 : rate + (Math.abs(i - j) === 1 ? 0.5 : 0))),
        );
        const pi = stationaryDistribution(chainOf(full));
        const oracle = denseStationary(full);
        for (let i = 0; i < size; i++) expect(pi[i]).toBeCloseTo(oracle[i], 12);
      }),
      { numRuns: 200, seed: 2 },
    );
  });

  it('has a small relative error where probabilities are tiny: M/M/1 with 200 states, ρ = 0.05', () => {
    const rho = 0.05;
    const pi = stationaryDistribution({
      size: 200,
      forEachTransition(i, visit) {
        if (i < 199) visit(i + 1, rho);
        if (i > 0) visit(i - 1, 1);
      },
    });
    for (const i of [0, 1, 50, 199]) expect(pi[i] / (pi[0] * rho ** i)).toBeCloseTo(1, 11);
    expect(pi[199]).toBeGreaterThan(0);
    expect(pi[199]).toBeLessThan(1e-250);
  });

  it('names the state from which nothing lower can be reached', () => {
    const oneWay = { size: 2, forEachTransition: (i: number, v: (j: number, r: number) => void) => i === 0 && v(1, 1) };
    expect(() => stationaryDistribution(oneWay as never)).toThrow('state 1 cannot reach any lower state');
  });
});
