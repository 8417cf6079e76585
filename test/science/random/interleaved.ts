import { derivedSeed } from '../../../src/science/random/derivedSeed.ts';
import { streamPair } from '../../../src/science/random/stream.ts';
import { generator128 } from '../../../src/science/random/xoshiro128pp.ts';
import { Xoshiro256pp } from '../../../src/science/random/xoshiro256pp.ts';

export const SEED = '5d'.repeat(32);

/** 32-bit words of several generators of 64 bits in turn, high half first. */
function interleaved(generators: readonly Xoshiro256pp[]): () => number {
  let [at, low, isHalf] = [0, 0, false];
  return () => {
    isHalf = !isHalf;
    if (!isHalf) return low;
    const word = generators[at++ % generators.length].next();
    low = Number(word & 0xffff_ffffn);
    return Number(word >> 32n);
  };
}

const sixteen = <T>(make: (r: number) => T): T[] => Array.from({ length: 16 }, (_, r) => make(r));
const origins = (seeds: readonly string[]): Xoshiro256pp[] =>
  seeds.map((seed) => new Xoshiro256pp(streamPair(seed, 'events').origins));

/** Streams that are used side by side, as one sequence of words. */
export const INTERLEAVED: Readonly<Record<string, () => () => number>> = {
  'the replicates of a cell, whose seeds differ in one digit': () =>
    interleaved(origins(sixteen((r) => SEED.slice(1) + r.toString(16)))),
  'one simulation, a jump of 2^128 draws apart': () => {
    const pair = streamPair(SEED, 'events');
    return interleaved([new Xoshiro256pp(pair.origins), new Xoshiro256pp(pair.samples)]);
  },
  'seeds derived for the repetitions of a calibration': () =>
    interleaved(origins(sixteen((r) => derivedSeed(SEED, `coverage/0/${r}`)))),
  'the roles of a splitting, of 32-bit words': () => {
    const generators = sixteen((r) => generator128(SEED, `splitting/${r}`));
    let at = 0;
    return () => generators[at++ % 16].next();
  },
};
