import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JUMP, LONG_JUMP, Xoshiro256pp, type Xoshiro256State } from '../../../src/science/random/xoshiro256pp.ts';

describe('xoshiro256++', () => {
  it('gives the published outputs from the state 1, 2, 3, 4', () => {
    // The reference C implementation's outputs as published in the tests of the Rust crate rand_xoshiro
    const expected = [
      41943041n,
      58720359n,
      3588806011781223n,
      3591011842654386n,
      9228616714210784205n,
      9973669472204895162n,
      14011001112246962877n,
      12406186145184390807n,
      15849039046786891736n,
      10450023813501588000n,
    ];
    const generator = new Xoshiro256pp([1n, 2n, 3n, 4n]);
    expect(expected.map(() => generator.next())).toEqual(expected);
  });

  it('refuses the all-zero state and words over 64 bits', () => {
    expect(() => new Xoshiro256pp([0n, 0n, 0n, 0n])).toThrow('xoshiro256++: the state must not be all zero');
    expect(() => new Xoshiro256pp([1n << 64n, 0n, 0n, 0n])).toThrow('must fit 64 bits');
  });

  it('jumps by 2^128 and 2^192 draws: its polynomials are those powers of x modulo the minimal polynomial', () => {
    const minimal = minimalPolynomial();
    expect(polynomialDegree(minimal)).toBe(256);
    let power = 2n; // x
    for (let i = 0; i < 128; i++) power = reduce(square(power), minimal);
    expect(power).toBe(join(JUMP));
    for (let i = 128; i < 192; i++) power = reduce(square(power), minimal);
    expect(power).toBe(join(LONG_JUMP));
  });

  it('jumps linearly: a jump commutes with a draw', () => {
    const word = fc.bigInt({ min: 1n, max: (1n << 64n) - 1n });
    fc.assert(
      fc.property(fc.tuple(word, word, word, word), (state) => {
        const a = new Xoshiro256pp(state as Xoshiro256State);
        const b = new Xoshiro256pp(state as Xoshiro256State);
        a.jump();
        a.next();
        b.next();
        b.jump();
        expect(a.state).toEqual(b.state);
        a.longJump();
        b.longJump();
        expect(a.next()).toBe(b.next());
      }),
      { numRuns: 20 },
    );
  });
});

const join = (words: Xoshiro256State): bigint => words.reduceRight((sum, word) => (sum << 64n) | word, 0n);
const polynomialDegree = (p: bigint): number => p.toString(2).length - 1;

/** p(x)² over GF(2): a zero between any two coefficients. */
const square = (p: bigint): bigint => BigInt(`0b${p.toString(2).split('').join('0')}`);

function reduce(p: bigint, modulus: bigint): bigint {
  const degree = polynomialDegree(modulus);
  while (p !== 0n && polynomialDegree(p) >= degree) p ^= modulus << BigInt(polynomialDegree(p) - degree);
  return p;
}

/** Berlekamp and Massey over GF(2), on one bit of the state's first word through 512 steps of the linear engine. */
function minimalPolynomial(): bigint {
  const generator = new Xoshiro256pp([1n, 2n, 3n, 4n]);
  const bits: bigint[] = [];
  for (let i = 0; i < 600; i++) {
    bits.push(generator.state[0] & 1n);
    generator.next();
  }
  let [c, b] = [1n, 1n]; // connection polynomials, constant term in bit 0
  let [length, shift] = [0, 1];
  for (let i = 0; i < bits.length; i++) {
    let discrepancy = 0n;
    for (let j = 0; j <= length; j++) discrepancy ^= (c >> BigInt(j)) & 1n & bits[i - j];
    if (discrepancy === 0n) shift++;
    else {
      const old = c;
      c ^= b << BigInt(shift);
      if (2 * length <= i) {
        length = i + 1 - length;
        b = old;
        shift = 1;
      } else shift++;
    }
  }
  // The minimal polynomial is the reciprocal of the connection polynomial
  let minimal = 0n;
  for (let j = 0; j <= length; j++) minimal |= ((c >> BigInt(j)) & 1n) << BigInt(length - j);
  return minimal;
}
