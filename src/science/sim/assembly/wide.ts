/**
 * The event loop for 255 and more queues of at most 6 jobs each: that of narrow.ts, which tells how it works, in lanes of 16 bits.
 *
 * Lane i of V holds m_i − 2^15, i = 0 … 7, and is compared with the origin's position p and with the sampled position j, each
 * in a register of its own. A position is a draw of 64 digits, p by multiplication and j from an alias table. Of a departure j is
 * NONE, which no count exceeds, so that nothing joins:
 *
 *     stays    lane q + 1 where m_{θ(q)} > j      migrates  lane m + 1 where m_{β(m)} > p      leaves  lane q > 0 where j is NONE
 *
 * The draws of an event are made an event ahead, while the one before it is simulated: neither the multiplications nor a table
 * that is not in the nearest cache is waited for. The one draw too many at the end is taken back, xoshiro256++ being invertible.
 *
 * Integrals are summed modulo 2^16 over up to 256 events, in which no sum of deviations exceeds 255·256/2. A queue that reaches
 * 7 jobs is seen at their end; they are then not counted.
 */
import {
  ALIAS_AT,
  ALIAS_SHIFT,
  ARRIVAL_BELOW,
  BLOCK_EVENTS,
  EVENT,
  LEVELS_AT,
  LEVEL_SHIFT,
  MODULUS,
  PIECES,
  QUEUES,
  REJECT_BELOW,
  RNG,
  SHIFT,
  THRESHOLD_LANES,
  LANES_SCRATCH,
} from './layout';
import { LANES, recordLanes } from './levels';

const BIAS: u32 = 0x8000;
const NONE: i16 = 0x7fff;
/** How many draws in a row were rejected last, and before how many that were left of the block. */
const REJECTED: usize = LANES_SCRATCH + 64;
const REJECTED_AT: usize = LANES_SCRATCH + 68;
/** The longest queue that fits. */
export const LONGEST_WIDE: u32 = 6;

/** Simulates up to `events` events with draws of 64 digits; returns how many, fewer when a queue grows too long. */
export function simulateWide(events: u32): u32 {
  const pieces = <i32>load<u32>(PIECES);
  return pieces == 2 ? simulate(events, 2) : simulate(events, pieces);
}

// @ts-ignore: decorator
@inline
function simulate(events: u32, pieces: i32): u32 {
  const shift: u64 = load<u32>(SHIFT);
  const low = (<u64>1 << shift) - 1;
  const n: u64 = load<u32>(QUEUES);
  const outcomes = n * load<u64>(MODULUS);
  const arrivalBelow = load<u64>(ARRIVAL_BELOW);
  const rejectBelow = load<u64>(REJECT_BELOW);
  const aliasAt: usize = load<u32>(ALIAS_AT);
  const theta = loadThresholds(THRESHOLD_LANES);
  const beta = loadThresholds(THRESHOLD_LANES + LANES);
  const zero = i64x2.splat(0);
  const departure = i16x8(NONE, NONE - 1, NONE, NONE, NONE, NONE, NONE, NONE); // at lane 1, q = 0, nothing leaves
  let s0 = v128.load(RNG);
  let s1 = v128.load(RNG, 16);
  let s2 = v128.load(RNG, 32);
  let s3 = v128.load(RNG, 48);
  let t = load<u64>(EVENT);
  let tails = loadTails();
  // The first event to be simulated is none, while the draws of the first are made
  let nextOrigin: u32 = NONE;
  let nextSample: u32 = NONE;
  let ahead = min(BLOCK_EVENTS, events);
  let left = ahead + 1;
  let sum = i16x8.sub(zero, tails);
  let done: u32 = 0;

  while (done < events) {
    const tailsBefore = tails;
    let stays = zero; // arrivals that stayed, by lane
    let migrations = zero;
    store<u32>(REJECTED_AT, 0);
    do {
      // xoshiro256++ (Blackman and Vigna) in both lanes
      const total = i64x2.add(s0, s3);
      const draw = i64x2.add(v128.or(i64x2.shl(total, 23), i64x2.shr_u(total, 41)), s0);
      const shifted = i64x2.shl(s1, 17);
      s2 = v128.xor(s2, s0);
      s3 = v128.xor(s3, s1);
      s1 = v128.xor(s1, s2);
      s0 = v128.xor(s0, s3);
      s2 = v128.xor(s2, shifted);
      s3 = v128.or(i64x2.shl(s3, 45), i64x2.shr_u(s3, 19));
      const u = <u64>i64x2.extract_lane(draw, 0);
      const v = <u64>i64x2.extract_lane(draw, 1);

      // As in sorted.ts
      if ((u & ~low) * outcomes < rejectBelow) {
        store<u32>(REJECTED, load<u32>(REJECTED_AT) == left ? load<u32>(REJECTED) + 1 : 1);
        store<u32>(REJECTED_AT, left);
        continue;
      }
      const origin = rotl<u64>((u >> shift) * n, shift);
      const sample = rotl<u64>((v >> shift) * n, shift);
      const cell = <u32>(sample & low);
      const entry = load<u64>(aliasAt + (<usize>cell << ALIAS_SHIFT));
      const position = select<u32>(cell, <u32>(entry & low), (sample | low) < entry);
      const p = i16x8.splat(<i16>nextOrigin);
      const j = i16x8.splat(<i16>nextSample);
      nextOrigin = <u32>(origin & low) - BIAS;
      nextSample = select<u32>(position - BIAS, NONE, origin < arrivalBelow);

      sum = i16x8.add(sum, tails);
      const above = i16x8.gt_s(tails, p);
      const aboveSampled = i16x8.gt_s(tails, j);
      const next = v128.xor(above, raised(above)); // lane q + 1, and lane 0, at which nothing joins or leaves
      const stay = v128.and(next, i16x8.gt_s(i8x16.swizzle(tails, theta), j));
      const leave = lowered(v128.and(next, i16x8.eq(j, departure)));
      let migrate = v128.and(v128.xor(aboveSampled, raised(aboveSampled)), i16x8.gt_s(i8x16.swizzle(tails, beta), p));
      stays = i16x8.sub(stays, stay);
      migrations = i16x8.sub(migrations, migrate);
      // In an order that keeps the way from these counts to the next short
      let join = migrate;
      if (pieces == 2) {
        join = i16x8.add(migrate, raised(migrate));
      } else {
        for (let piece = 1; piece < pieces; piece++) {
          migrate = raised(migrate);
          join = i16x8.add(join, migrate);
        }
      }
      tails = i16x8.add(i16x8.sub(tails, join), i16x8.sub(leave, stay));
      left--;
    } while (left);
    const deviations = i16x8.sub(sum, i16x8.mul(tailsBefore, i16x8.splat(<i16>ahead)));
    if (i16x8.extract_lane_u(deviations, 7) | (<u32>i16x8.extract_lane_s(tails, 7) + BIAS)) break;
    recordLanes(t + ahead, i16x8.sub(tails, tailsBefore), deviations, stays, migrations);
    v128.store(RNG, s0);
    v128.store(RNG, s1, 16);
    v128.store(RNG, s2, 32);
    v128.store(RNG, s3, 48);
    for (let back = load<u32>(REJECTED_AT) == 1 ? load<u32>(REJECTED) + 1 : 1; back; back--) stepBack();
    t += ahead;
    done += ahead;
    ahead = min(BLOCK_EVENTS, events - done);
    left = ahead;
    sum = zero;
  }
  store<u64>(EVENT, t);
  return done;
}

/** Each lane's value a lane higher. */
// @ts-ignore: decorator
@inline
function raised(x: v128): v128 {
  return i16x8.shuffle(i64x2.splat(0), x, 7, 8, 9, 10, 11, 12, 13, 14);
}

/** Each lane's value a lane lower. */
// @ts-ignore: decorator
@inline
function lowered(x: v128): v128 {
  return i16x8.shuffle(x, i64x2.splat(0), 1, 2, 3, 4, 5, 6, 7, 8);
}

/** The bytes of the lanes θ(i − 1), or β(i − 1). */
function loadThresholds(at: usize): v128 {
  for (let i: usize = 0; i < LANES; i++) {
    const byte = <u32>load<u8>(at + i) << 1;
    store<u16>(LANES_SCRATCH + (i << 1), byte | ((byte + 1) << 8));
  }
  return v128.load(LANES_SCRATCH);
}

/** The tail counts of levels 0 … 7. */
function loadTails(): v128 {
  const levels: usize = load<u32>(LEVELS_AT);
  for (let i: usize = 0; i < LANES; i++) {
    store<u16>(LANES_SCRATCH + (i << 1), <u16>(load<u32>(levels + (i << LEVEL_SHIFT)) - BIAS));
  }
  return v128.load(LANES_SCRATCH);
}

/** Undoes a step of the generators in RNG. */
function stepBack(): void {
  const s0 = v128.load(RNG);
  const s1 = v128.load(RNG, 16);
  const s3 = v128.load(RNG, 48);
  const b = v128.or(i64x2.shr_u(s3, 45), i64x2.shl(s3, 19)); // s_3 ⊕ s_1
  // s_1 ⊕ (s_1 ≪ 17), by doubling
  let before1 = v128.xor(s1, v128.load(RNG, 32));
  before1 = v128.xor(before1, i64x2.shl(before1, 17));
  before1 = v128.xor(before1, i64x2.shl(before1, 34));
  const before0 = v128.xor(s0, b);
  v128.store(RNG, before0);
  v128.store(RNG, before1, 16);
  v128.store(RNG, v128.xor(v128.xor(s1, before1), before0), 32);
  v128.store(RNG, v128.xor(b, before1), 48);
}
