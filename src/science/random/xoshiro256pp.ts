/**
 * xoshiro256++ 1.0 of Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47 (2021):
 * the reference that the kernels are tested against. BigInt, hence slow; not for the event loop.
 */
export type Xoshiro256State = readonly [bigint, bigint, bigint, bigint];

export const MASK64 = (1n << 64n) - 1n;
const rotl = (x: bigint, k: bigint): bigint => ((x << k) & MASK64) | (x >> (64n - k));

/** Jump polynomials x^(2^128) and x^(2^192) modulo the characteristic polynomial, least significant word first. */
export const JUMP: Xoshiro256State = [
  0x180ec6d33cfd0aban,
  0xd5a61266f0c9392cn,
  0xa9582618e03fc9aan,
  0x39abdc4529b1661cn,
];
export const LONG_JUMP: Xoshiro256State = [
  0x76e15d3efefdcbbfn,
  0xc5004e441c522fb3n,
  0x77710069854ee241n,
  0x39109bb02acbe635n,
];

export class Xoshiro256pp {
  #state: [bigint, bigint, bigint, bigint];

  /** Four 64-bit words, not all zero. */
  constructor(state: Xoshiro256State) {
    if (state.some((word) => word < 0n || word > MASK64)) {
      throw new RangeError('xoshiro256++: every word of the state must fit 64 bits');
    }
    if (state.every((word) => word === 0n)) throw new RangeError('xoshiro256++: the state must not be all zero');
    this.#state = [...state];
  }

  get state(): Xoshiro256State {
    return [...this.#state];
  }

  /** The next 64 random bits. */
  next(): bigint {
    const [s0, s1, s2, s3] = this.#state;
    const result = (rotl((s0 + s3) & MASK64, 23n) + s0) & MASK64;
    const c2 = s2 ^ s0;
    const c3 = s3 ^ s1;
    this.#state = [s0 ^ c3, s1 ^ c2, c2 ^ ((s1 << 17n) & MASK64), rotl(c3, 45n)];
    return result;
  }

  /** Advances by 2^128 draws: up to 2^128 streams that do not overlap. */
  jump(): void {
    this.#advance(JUMP);
  }

  /** Advances by 2^192 draws: up to 2^64 starting points, each good for 2^64 jumps. */
  longJump(): void {
    this.#advance(LONG_JUMP);
  }

  #advance(polynomial: Xoshiro256State): void {
    const sum: [bigint, bigint, bigint, bigint] = [0n, 0n, 0n, 0n];
    for (const word of polynomial) {
      for (let bit = 0n; bit < 64n; bit++) {
        if ((word >> bit) & 1n) for (let i = 0; i < 4; i++) sum[i] ^= this.#state[i];
        this.next();
      }
    }
    this.#state = sum;
  }
}
