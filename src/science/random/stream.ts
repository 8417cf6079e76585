import { MASK64, Xoshiro256pp, type Xoshiro256State } from './xoshiro256pp.ts';

/** A seed that is not 32 bytes of hexadecimal. */
export class SeedError extends RangeError {
  override readonly name = 'SeedError';
}

const SEED = /^[0-9a-f]{64}$/i;

/**
 * The initial state of the generator for one role ("events", "saturated/3", …) under a 256-bit seed.
 *
 * The seed, 64 hexadecimal digits, is a cryptographic digest of what identifies the replicate, so its four words are
 * independent already. Each gets the role's key added and is mixed by the finaliser of SplitMix64, a bijection: under one
 * role different seeds give different states, and under one seed different roles start at unrelated points of the
 * period 2^256 − 1. The chance that two of a million streams of 2^50 draws overlap is below 2^-160.
 */
export function streamState(seed: string, role: string): Xoshiro256State {
  if (!SEED.test(seed)) {
    throw new SeedError(`a seed is 64 hexadecimal digits (32 bytes), found ${JSON.stringify(seed)}`);
  }
  let key = fnv1a(role);
  const words = [0, 16, 32, 48].map((at) => {
    key = (key + GOLDEN) & MASK64;
    return mix64((BigInt(`0x${seed.slice(at, at + 16)}`) + mix64(key)) & MASK64);
  }) as [bigint, bigint, bigint, bigint];
  if (words.every((word) => word === 0n)) words[0] = GOLDEN; // the one state that xoshiro256++ cannot leave
  return words;
}

/**
 * The streams of a simulation: origins and kinds of events, shortest sampled queues, and the key of the digits with which a
 * draw of either is refined, by the event's number, when its first digits leave the outcome open.
 */
export interface StreamPair {
  readonly origins: Xoshiro256State;
  /** 2^128 draws on. */
  readonly samples: Xoshiro256State;
  readonly refinements: bigint;
}

/** The role's stream and, one jump ahead, a second one that cannot meet it. */
export function streamPair(seed: string, role: string): StreamPair {
  const origins = streamState(seed, role);
  const generator = new Xoshiro256pp(origins);
  generator.jump();
  return { origins, samples: generator.state, refinements: streamState(seed, `${role}/refinements`)[0] };
}

/** ⌊2^64/φ⌋, odd: SplitMix64's increment (Steele, Lea and Flood, OOPSLA 2014). */
const GOLDEN = 0x9e3779b97f4a7c15n;

/** Stafford's variant 13 of the murmur3 finaliser, as used by SplitMix64. */
export function mix64(z: bigint): bigint {
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK64;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK64;
  return z ^ (z >> 31n);
}

/** FNV-1a over the UTF-8 bytes. */
function fnv1a(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & MASK64;
  return hash;
}
