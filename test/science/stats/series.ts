import { streamState } from '../../../src/science/random/stream.ts';
import { Xoshiro256pp } from '../../../src/science/random/xoshiro256pp.ts';

/** Uniform doubles on [0, 1) for tests. */
export function uniforms(label: string): () => number {
  const generator = new Xoshiro256pp(streamState('5e'.repeat(32), label));
  return () => Number(generator.next() >> 11n) * 2 ** -53;
}

/** Standard normal deviates (Box and Muller). */
export function normals(label: string): () => number {
  const uniform = uniforms(label);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}
