import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChainRates, censorChain, distributionOf } from '../../../src/science/numeric/gth.ts';
import { factorLu, solveLu } from '../../../src/science/numeric/lu.ts';
import { solvePoisson } from '../../../src/science/numeric/poissonEquation.ts';

/** A chain that can step down from every state, with further rates at random. */
const chains = fc.integer({ min: 2, max: 9 }).chain((size) =>
  fc.record({
    size: fc.constant(size),
    rates: fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 10, noNaN: true })), {
      minLength: size * size,
      maxLength: size * size,
    }),
    cost: fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: size, maxLength: size }),
  }),
);

function chainOf(size: number, rates: readonly number[]): ChainRates {
  return {
    size,
    forEachTransition(state, visit) {
      if (state > 0) visit(state - 1, 1);
      if (state < size - 1) visit(state + 1, 0.5);
      for (let to = 0; to < size; to++)
        if (to !== state && rates[state * size + to] > 0) visit(to, rates[state * size + to]);
    },
  };
}

describe('Poisson’s equation', () => {
  it('has the gain and the bias that a dense solve finds', () => {
    fc.assert(
      fc.property(chains, ({ size, rates, cost }) => {
        const chain = chainOf(size, rates);
        // Unknowns g, h(1), …: −g + Σ a(x, y)(h(y) − h(x)) = −c(x), h(0) = 0
        const matrix = new Float64Array(size * size);
        for (let x = 0; x < size; x++) {
          matrix[x * size] = -1;
          chain.forEachTransition(x, (y, rate) => {
            if (y > 0) matrix[x * size + y] += rate;
            if (x > 0) matrix[x * size + x] -= rate;
          });
        }
        const dense = solveLu(
          factorLu(matrix, size),
          Float64Array.from(cost, (c) => -c),
        );
        const { gain, bias } = solvePoisson(censorChain(chain), cost);
        expect(gain).toBeCloseTo(dense[0], 9);
        expect(bias[0]).toBe(0);
        for (let x = 1; x < size; x++)
          expect(Math.abs(bias[x] - dense[x])).toBeLessThan(1e-8 * (1 + Math.abs(dense[x])));
      }),
      { numRuns: 200 },
    );
  });

  it('has the gain of the stationary law', () => {
    fc.assert(
      fc.property(chains, ({ size, rates, cost }) => {
        const censored = censorChain(chainOf(size, rates));
        const mean = distributionOf(censored).reduce((sum, p, x) => sum + p * cost[x], 0);
        expect(solvePoisson(censored, cost).gain).toBeCloseTo(mean, 10);
      }),
    );
  });

  it('has the quadratic bias of a single queue: h(q + 1) − h(q) = (q + 1)/(1 − λ) for the cost q', () => {
    const lambda = 0.5;
    const levels = 80;
    const queue: ChainRates = {
      size: levels + 1,
      forEachTransition(q, visit) {
        if (q > 0) visit(q - 1, 1);
        if (q < levels) visit(q + 1, lambda);
      },
    };
    const { gain, bias } = solvePoisson(
      censorChain(queue),
      Array.from({ length: levels + 1 }, (_, q) => q),
    );
    expect(gain).toBeCloseTo(lambda / (1 - lambda), 12);
    for (let q = 0; q < 20; q++) expect(bias[q + 1] - bias[q]).toBeCloseTo((q + 1) / (1 - lambda), 9);
  });
});
