import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rational } from '../../../src/science/numeric/rational.ts';
import { eventDraw } from '../../../src/science/random/bounded.ts';

const settings = fc.tuple(
  fc.integer({ min: 1, max: 1000 }),
  fc.bigInt({ min: 1n, max: 10_000n }),
  fc.bigInt({ min: 1n, max: 10_000n }),
);

describe('eventDraw', () => {
  it('splits a uniform integer on n(a + b) into a position and a residue below a, as the division would', () => {
    fc.assert(
      fc.property(settings, fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), ([n, a, b], u) => {
        const lambda = rational(a, b);
        const { bits, shift, arrivalBelow, modulus } = eventDraw(n, lambda);
        const range = 1n << BigInt(bits);
        const x = u >> BigInt(shift);
        const whole = (x * BigInt(n) * modulus) / range;
        const position = (x * BigInt(n)) / range;
        const fraction = (x * BigInt(n)) % range;
        expect(x * BigInt(n) < 1n << 64n).toBe(true);
        expect(position).toBe(whole / modulus);
        expect(fraction < arrivalBelow).toBe(whole % modulus < lambda.num);
      }),
    );
  });

  it('leaves every outcome the same number of draws once the rejected ones are gone', () => {
    fc.assert(
      fc.property(settings, fc.nat(), ([n, a, b], k) => {
        const { bits, modulus, rejectBelow } = eventDraw(n, rational(a, b));
        const outcomes = BigInt(n) * modulus;
        const range = 1n << BigInt(bits);
        const outcome = BigInt(k) % outcomes;
        // Lemire: x yields the outcome iff outcome·range ≤ x·outcomes < (outcome + 1)·range; kept iff the remainder ≥ rejectBelow
        const ceiling = (y: bigint): bigint => (y + outcomes - 1n) / outcomes;
        const kept = ceiling((outcome + 1n) * range) - ceiling(outcome * range + rejectBelow);
        expect(kept).toBe(range / outcomes);
      }),
    );
  });

  it('refuses a rate with more digits than can be drawn exactly', () => {
    expect(() => eventDraw(1_000_000, rational(785_123_456_789n, 1_000_000_000_000n))).toThrow(
      /too many digits for an exact draw among n = 1000000 queues.*round lambda/,
    );
  });
});
