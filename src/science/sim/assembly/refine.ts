/**
 * The digits of a draw beyond its first 16, for the one event in a few hundred whose first 16 leave the outcome open. They
 * are a function of the event's number, so that they move no stream.
 */
import { ARRIVALS, CODES, MODULUS, ORIGINS_AT, QUEUES, REFINEMENTS, SAMPLES_AT, THRESHOLDS_AT } from './layout';

/** Codes: a position is p − 127; NONE is above every level's code, OPEN below. */
export const BIAS: i32 = 127;
export const NONE: i32 = 127;
export const OPEN: i32 = -128;

const GOLDEN: u64 = 0x9e3779b97f4a7c15; // SplitMix64's increment

/** Stafford's variant 13 of the murmur3 finaliser, as in ../../random/stream.ts. */
function mix64(z: u64): u64 {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/** 64 further digits of event t: for the origin (0) or the sample (1), after the origin's 64th (2), for the kind (3). */
export function digits(t: u64, which: u64): u64 {
  return mix64(load<u64>(REFINEMENTS) + (4 * t + which) * GOLDEN);
}

export function highProduct(x: u64, y: u64): u64 {
  const x0 = x & 0xffffffff;
  const x1 = x >> 32;
  const y0 = y & 0xffffffff;
  const y1 = y >> 32;
  const middle = x1 * y0 + ((x0 * y0) >> 32);
  const carry = (middle & 0xffffffff) + x0 * y1;
  return x1 * y1 + (middle >> 32) + (carry >> 32);
}

/**
 * ⌊bound·(word + y)/2^64⌋ with y uniform on [0, 1), exactly: uniform on 0 … bound − 1 when word is uniform. `further` are
 * the digits after the 64th.
 */
export function below(word: u64, bound: u64, further: u64): u64 {
  const outcome = highProduct(word, bound);
  const rest = word * bound;
  if (rest <= 0 - bound) return outcome;
  // The digits after the 64th carry with probability r/bound: Lemire's bounded integer decides
  const reject = (0 - bound) % bound;
  let draw = further;
  while (draw * bound < reject) draw = mix64(draw + GOLDEN);
  return outcome + <u64>(rest + highProduct(draw, bound) < rest);
}

/** Leaves the codes of arrival, departure and sample of event t in CODES, given the first 16 digits of its draws. */
export function refine(t: u64, originDigits: usize, sampleDigits: usize): void {
  const origin: usize = load<u32>(ORIGINS_AT) + (originDigits << 1);
  store<u16>(CODES, load<i8>(origin) == OPEN ? originOf(t, originDigits) : load<u16>(origin));
  const sample: usize = load<u32>(SAMPLES_AT) + sampleDigits;
  store<i8>(CODES, load<i8>(sample) == OPEN ? sampleOf(t, sampleDigits) : load<i8>(sample), 2);
}

/** The codes of arrival (low byte) and departure of event t, given its first 16 digits. */
export function originOf(t: u64, first: u64): u16 {
  const modulus = load<u64>(MODULUS);
  const outcome = below((first << 48) | (digits(t, 0) >> 16), <u64>load<u32>(QUEUES) * modulus, digits(t, 2));
  const position = outcome / modulus;
  const code = <u32>(<u8>(<i32>position - BIAS));
  const isArrival = outcome - position * modulus < load<u64>(ARRIVALS);
  return <u16>select<u32>(code | (<u32>NONE << 8), (code << 8) | <u32>NONE, isArrival);
}

/** The code of the first j with the draw below 2^64·((j + 1)/n)^d. */
export function sampleOf(t: u64, first: usize): i8 {
  const draw = (<u64>first << 48) | (digits(t, 1) >> 16);
  const thresholds: usize = load<u32>(THRESHOLDS_AT);
  const last = <i32>load<u32>(QUEUES) - 1;
  const before = first ? <i32>load<i8>(<usize>load<u32>(SAMPLES_AT) + first - 1) : OPEN;
  let position = before == OPEN ? 0 : before + BIAS; // positions increase with the draw
  // As a rule one of two positions, and no branch can know which
  if (position < last) position += <i32>(draw >= load<u64>(thresholds + (<usize>position << 3)));
  while (position < last && draw >= load<u64>(thresholds + (<usize>position << 3))) position++;
  return <i8>(position - BIAS);
}
