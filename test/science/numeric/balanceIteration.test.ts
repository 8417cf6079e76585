import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balanceByIteration } from '../../../src/science/numeric/balanceIteration.ts';
import { type ChainRates, stationaryDistribution } from '../../../src/science/numeric/gth.ts';

const chainOf = (rates: readonly (readonly number[])[]): ChainRates => ({
  size: rates.length,
  forEachTransition(i, visit) {
    for (const [j, rate] of rates[i].entries()) if (rate > 0) visit(j, rate);
  },
});

describe('balanceByIteration', () => {
  it('finds what elimination finds, for any rates, groups and first guess', () => {
    const size = 12;
    const rate = fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 10, noNaN: true }));
    const matrix = fc.array(fc.array(rate, { minLength: size, maxLength: size }), { minLength: size, maxLength: size });
    const groups = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: size - 4, maxLength: size - 4 });
    const start = fc.array(fc.double({ min: 0.1, max: 5, noNaN: true }), { minLength: size, maxLength: size });
    fc.assert(
      fc.property(matrix, groups, start, (given, group, first) => {
        // A ring makes the chain irreducible.
        const chain = chainOf(given.map((row, i) => row.map((r, j) => (j === (i + 1) % size ? r + 0.5 : r))));
        const law = balanceByIteration(chain, Int32Array.from([0, 1, 2, 3, ...group]), Float64Array.from(first));
        expect(law.status).toBe('converged');
        expect(law.residual).toBeLessThanOrEqual(1e-14);
        stationaryDistribution(chain).forEach((mass, i) => {
          expect(Math.abs(law.pi[i] - mass)).toBeLessThan(1e-11);
        });
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  it('settles a long walk in few cycles where the groups hold its position', () => {
    const size = 400;
    const walk: ChainRates = {
      size,
      forEachTransition(i, visit) {
        if (i > 0) visit(i - 1, 1);
        if (i < size - 1) visit(i + 1, 0.99);
      },
    };
    const { status, pi, cycles } = balanceByIteration(
      walk,
      Int32Array.from({ length: size }, (_, i) => i >> 1),
    );
    expect(status).toBe('converged');
    expect(cycles).toBeLessThan(60);
    for (const i of [1, 200, 399]) expect(pi[i] / pi[i - 1]).toBeCloseTo(0.99, 10);
  });

  it('refuses a state that nothing leaves', () => {
    expect(() =>
      balanceByIteration(
        chainOf([
          [0, 1],
          [0, 0],
        ]),
        new Int32Array(2),
      ),
    ).toThrow('nothing leaves state 1');
  });
});
