import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maximumOfUniforms } from '../../../src/science/random/maximumOfUniforms.ts';

const BITS = 50;

describe('maximumOfUniforms', () => {
  it('holds P(J = j) = ((j + 1)^d − j^d)/n^d to one part in 2^bits of a cell', () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 30 }));
    fc.assert(
      fc.property(sizes, ([n, d]) => {
        const { accept, alias } = maximumOfUniforms(n, d, BITS);
        const mass = new Array<bigint>(n).fill(0n); // n·P·2^bits
        accept.forEach((threshold, c) => {
          mass[c] += threshold;
          mass[alias[c]] += (1n << BigInt(BITS)) - threshold;
        });
        const power = BigInt(n) ** BigInt(d);
        for (let j = 0n; j < n; j++) {
          const exact = ((((j + 1n) ** BigInt(d) - j ** BigInt(d)) * BigInt(n)) << BigInt(BITS)) / power;
          const error = mass[Number(j)] - exact;
          expect(error >= -2n && error <= BigInt(n) + 1n).toBe(true);
        }
      }),
    );
  });

  it('puts all mass on the last position for d = all, and nearly all for an astronomical d', () => {
    expect(Array.from(maximumOfUniforms(5, 'all', BITS).alias)).toEqual([4, 4, 4, 4, 4]);
    const { accept, alias } = maximumOfUniforms(5, 2 ** 50, BITS);
    expect(Array.from(accept.slice(0, 4))).toEqual([0n, 0n, 0n, 0n]);
    expect(Array.from(alias)).toEqual([4, 4, 4, 4, 4]);
  });
});
