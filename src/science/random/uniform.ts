import { streamState } from './stream.ts';
import { Xoshiro256pp } from './xoshiro256pp.ts';

/**
 * Uniform doubles on [0, 1) with 53 random bits, from the stream of one role under a seed (see stream.ts). For code
 * outside the kernel: a draw costs a BigInt step.
 */
export function streamUniform(seed: string, role: string): () => number {
  const generator = new Xoshiro256pp(streamState(seed, role));
  return () => Number(generator.next() >> 11n) * 2 ** -53;
}
