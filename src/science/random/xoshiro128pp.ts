import { streamState } from './stream.ts';

/**
 * xoshiro128++ 1.0 of Blackman and Vigna (ACM TOMS 47, 2021): 32-bit words, which JavaScript computes with at full speed;
 * for simulations outside the kernel. Period 2^128 − 1.
 */
export class Xoshiro128pp {
  #s0: number;
  #s1: number;
  #s2: number;
  #s3: number;

  /** Four 32-bit words, not all zero. */
  constructor(state: readonly [number, number, number, number]) {
    if (state.some((word) => !(Number.isInteger(word) && word >= 0 && word < 2 ** 32))) {
      throw new RangeError('xoshiro128++: every word of the state must fit 32 bits');
    }
    if (state.every((word) => word === 0)) throw new RangeError('xoshiro128++: the state must not be all zero');
    [this.#s0, this.#s1, this.#s2, this.#s3] = state.map((word) => word | 0);
  }

  /** The next 32 random bits, as a number below 2^32. */
  next(): number {
    const sum = (this.#s0 + this.#s3) | 0;
    const result = (((sum << 7) | (sum >>> 25)) + this.#s0) >>> 0;
    const shifted = this.#s1 << 9;
    this.#s2 ^= this.#s0;
    this.#s3 ^= this.#s1;
    this.#s1 ^= this.#s2;
    this.#s0 ^= this.#s3;
    this.#s2 ^= shifted;
    this.#s3 = (this.#s3 << 11) | (this.#s3 >>> 21);
    return result;
  }

  /** A double uniform on the multiples of 2^-53 in [0, 1). */
  uniform(): number {
    const high = this.next() >>> 5;
    return (high * 67_108_864 + (this.next() >>> 6)) * 2 ** -53;
  }
}

/** The generator of one role under a seed: 128 of the 256 bits that stream.ts derives. Throws a SeedError. */
export function generator128(seed: string, role: string): Xoshiro128pp {
  const [a, b] = streamState(seed, role);
  const half = (word: bigint): number => Number(word & 0xffff_ffffn);
  const words = [half(a), half(a >> 32n), half(b), half(b >> 32n)] as const;
  return new Xoshiro128pp(words.every((word) => word === 0) ? [1, 0, 0, 0] : words);
}
