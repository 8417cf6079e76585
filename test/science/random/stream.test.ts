import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mix64, SeedError, streamPair, streamState } from '../../../src/science/random/stream.ts';
import { Xoshiro256pp } from '../../../src/science/random/xoshiro256pp.ts';

const seed = fc.stringMatching(/^[0-9a-f]{64}$/);

describe('streamState', () => {
  it('is a function of seed and role alone, whatever the case of the digits', () => {
    fc.assert(
      fc.property(seed, (s) => {
        expect(streamState(s, 'events')).toEqual(streamState(s.toUpperCase(), 'events'));
      }),
    );
  });

  it('separates roles under one seed and seeds under one role', () => {
    fc.assert(
      fc.property(seed, seed, (s, other) => {
        fc.pre(s !== other);
        expect(streamState(s, 'events')).not.toEqual(streamState(s, 'saturated'));
        expect(streamState(s, 'events')).not.toEqual(streamState(other, 'events'));
      }),
    );
  });

  it('mixes by a bijection of 64-bit words: SplitMix64 from state 0 gives its published first outputs', () => {
    // Steele, Lea and Flood's generator, java.util.SplittableRandom seeded with 0
    const increment = 0x9e3779b97f4a7c15n;
    expect(mix64(increment)).toBe(0xe220a8397b1dcdafn);
    expect(mix64((2n * increment) & ((1n << 64n) - 1n))).toBe(0x6e789e6aa1b965f4n);
  });

  it('refuses a seed that is not 32 bytes of hexadecimal, and shows it', () => {
    expect(() => streamState('abc', 'events')).toThrow(SeedError);
    expect(() => streamState('abc', 'events')).toThrow('a seed is 64 hexadecimal digits (32 bytes), found "abc"');
  });
});

describe('streamPair', () => {
  it("is the role's stream and the one a jump ahead of it", () => {
    const { origins, samples } = streamPair('07'.repeat(32), 'events');
    expect(origins).toEqual(streamState('07'.repeat(32), 'events'));
    const generator = new Xoshiro256pp(origins);
    generator.jump();
    expect(samples).toEqual(generator.state);
  });
});
