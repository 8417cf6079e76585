/** The event loops with sorted lengths; kernel.ts tells how they are kept. */
import {
  ALIAS_AT,
  ALIAS_SHIFT,
  ARRIVAL_BELOW,
  BETA,
  BLOCK,
  BLOCK_EVENTS,
  CODES,
  DRAWS,
  EVENT,
  INTEGRAL,
  LENGTHS,
  LEVELS_AT,
  LEVEL_SHIFT,
  MIGRATIONS,
  MODULUS,
  ORIGINS_AT,
  PIECES,
  QUEUES,
  REJECT_BELOW,
  RNG,
  SAMPLES,
  SAMPLES_AT,
  SHIFT,
  SORTED,
  STAYS,
} from './layout';
import { hasHeadroom, level, longest } from './levels';
import { BIAS, NONE, OPEN, refine } from './refine';

/** Events t + 1 … t + events of a block whose draws stand in DRAWS, one after the other. */
export function simulateSorted(t: u64, events: u32): void {
  const origins: usize = load<u32>(ORIGINS_AT);
  const samples: usize = load<u32>(SAMPLES_AT);
  const levelsAt: usize = load<u32>(LEVELS_AT);
  const pieces: u32 = load<u32>(PIECES);
  if (!load<u32>(SORTED)) sortLengths();
  let at: usize = DRAWS + ((<usize>t & (BLOCK_EVENTS - 1)) << 1);
  const end = t + events;
  while (t < end) {
    let origin = origins + (<usize>load<u16>(at) << 1);
    let sample = samples + <usize>load<u16>(at, SAMPLES);
    if (<i32>(load<i8>(origin) == OPEN) | <i32>(load<i8>(sample) == OPEN)) {
      refine(t, load<u16>(at), load<u16>(at, SAMPLES));
      origin = CODES;
      sample = CODES + 2;
    }
    at += 2;
    t++;
    // One of the codes of arrival and departure is NONE, the largest of all
    const code = <i32>load<i8>(origin);
    const position = <usize>(min(code, <i32>load<i8>(origin, 1)) + BIAS);
    update(t, <u32>(code != NONE), position, <usize>(<i32>load<i8>(sample) + BIAS), levelsAt, pieces);
  }
}

/** n > 254: draws of 64 digits, the shortest sampled queue from an alias table. */
export function runSorted(events: u32): u32 {
  let s0 = v128.load(RNG);
  let s1 = v128.load(RNG, 16);
  let s2 = v128.load(RNG, 32);
  let s3 = v128.load(RNG, 48);
  const arrivalBelow = load<u64>(ARRIVAL_BELOW);
  const rejectBelow = load<u64>(REJECT_BELOW);
  const n: u64 = load<u32>(QUEUES);
  const outcomes = n * load<u64>(MODULUS);
  const shift: u64 = load<u32>(SHIFT);
  const low = ((<u64>1) << shift) - 1;
  const aliasAt: usize = load<u32>(ALIAS_AT);
  const levelsAt: usize = load<u32>(LEVELS_AT);
  const pieces: u32 = load<u32>(PIECES);
  const blockSize = load<u32>(BLOCK);
  const start = load<u64>(EVENT);
  const end = start + events;
  let t = start;
  if (!load<u32>(SORTED)) sortLengths();

  while (t < end && hasHeadroom(blockSize * pieces)) {
    const blockEnd = min(end, t + blockSize);
    do {
      // xoshiro256++ (Blackman and Vigna) in both lanes
      const sum = i64x2.add(s0, s3);
      const draw = i64x2.add(v128.or(i64x2.shl(sum, 23), i64x2.shr_u(sum, 41)), s0);
      const shifted = i64x2.shl(s1, 17);
      s2 = v128.xor(s2, s0);
      s3 = v128.xor(s3, s1);
      s1 = v128.xor(s1, s2);
      s0 = v128.xor(s0, s3);
      s2 = v128.xor(s2, shifted);
      s3 = v128.or(i64x2.shl(s3, 45), i64x2.shr_u(s3, 19));
      const u = <u64>i64x2.extract_lane(draw, 0);
      const v = <u64>i64x2.extract_lane(draw, 1);

      // Uniform on n × (a + b) after Lemire. By the rotation the origin's position is below, and the fraction, which tells
      // the kind of event, above
      if ((u & ~low) * outcomes < rejectBelow) continue;
      t++;
      const origin = rotl<u64>((u >> shift) * n, shift);
      const sample = rotl<u64>((v >> shift) * n, shift);
      // An alias table: a cell's threshold, and its alias below
      const cell = sample & low;
      const entry = load<u64>(aliasAt + (<usize>cell << ALIAS_SHIFT));
      const position = select<u64>(cell, entry & low, (sample | low) < entry);
      update(t, <u32>(origin < arrivalBelow), <usize>(origin & low), <usize>position, levelsAt, pieces);
    } while (t < blockEnd);
  }

  v128.store(RNG, s0);
  v128.store(RNG, s1, 16);
  v128.store(RNG, s2, 32);
  v128.store(RNG, s3, 48);
  store<u64>(EVENT, t);
  return <u32>(t - start);
}

/** Sets the lengths from the levels. */
function sortLengths(): void {
  let i = longest();
  const n = load<u32>(QUEUES);
  for (let position: u32 = 0; position < n; position++) {
    while (load<u32>(level(i)) <= position) i--;
    store<u32>(LENGTHS + (<usize>position << 2), i);
  }
  store<u32>(SORTED, 1);
}

/** Event t: an arrival (1) or a departure (0) at a position, and the position of the shortest sampled queue. */
// @ts-ignore: decorator
@inline
function update(t: u64, arrival: u32, origin: usize, sample: usize, levelsAt: usize, pieces: u32): void {
  const q = load<u32>(LENGTHS + (origin << 2));
  const m = load<u32>(LENGTHS + (<usize>sample << 2));
  let level = levelsAt + (<usize>m << LEVEL_SHIFT);

  if (arrival & <u32>(q >= load<u32>(level, BETA))) {
    store<u64>(level, load<u64>(level, MIGRATIONS) + 1, MIGRATIONS);
    let length = m;
    for (let piece: u32 = 0; piece < pieces; piece++) {
      length++;
      level += 1 << LEVEL_SHIFT;
      const count = load<u32>(level);
      store<u32>(LENGTHS + (<usize>count << 2), length);
      store<u32>(level, count + 1);
      store<u64>(level, load<u64>(level, INTEGRAL) - t, INTEGRAL);
    }
  } else {
    level = levelsAt + (<usize>(q + arrival) << LEVEL_SHIFT);
    const departure = arrival ^ 1;
    const step = arrival - (departure & <u32>(q > 0));
    const count = load<u32>(level);
    store<u32>(LENGTHS + (<usize>(count - departure) << 2), q + step);
    store<u32>(level, count + step);
    store<u64>(level, load<u64>(level, INTEGRAL) - <u64>(<i64>(<i32>step)) * t, INTEGRAL);
    store<u64>(level, load<u64>(level, STAYS) + arrival, STAYS);
  }
}
