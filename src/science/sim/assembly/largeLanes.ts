/**
 * The event loop for many queues while none has 7 jobs: that of large.ts with the changes of the tail counts in the lanes of a
 * register. What an event adds to them, and to the counts of arrivals, is looked up by the lengths that it found.
 *
 * The tables of these lengths (parts.ts) hold as long as no count is further from where it was when they were made than they
 * allow for, which is looked at every few events: counts drift as the root of the number of events, so that tables narrower than
 * those of a block of large.ts, and open to fewer events, last longer.
 *
 * A queue that reaches 7 jobs is seen when 255 events are added to the levels; they are then not counted.
 */
import {
  ALL,
  ARRIVAL_BELOW,
  ARRIVALS,
  EVENT,
  LANES_SCRATCH,
  LENGTHS_TABLE,
  LEVEL_SHIFT,
  LEVELS_AT,
  MODULUS,
  OUTCOMES,
  QUEUES,
  RNG,
  SAMPLED,
  SAMPLED_QUEUES,
} from './layout';
import { isAbove, PART_DIGITS } from './large';
import { recordLanes } from './levels';
import { isPerhapsAbove, isSurelyAbove, LENGTH_UNIT, moveBorders, SAMPLED_UNIT } from './parts';
import { below, digits } from './refine';

/** The longest queue that fits. */
export const LONGEST_LANES: u32 = 6;
/** Bytes of OUTCOMES from a departure to an arrival. */
const ARRIVAL_UNIT: u32 = 32;
const OPEN_BIT: u32 = 0x8000;
/** Events between two looks at how far the counts have drifted; tuned by bench/kernel.mjs, as is slackOf. */
const CHUNK: u32 = 16;
/** In so many events counts of arrivals fit 8 bits. */
const COUNTED: u32 = 255;

/** Simulates up to `events` events; returns how many, fewer when a queue grows too long. */
export function simulateLanes(events: u32): u32 {
  const arrivalBelow = load<u64>(ARRIVAL_BELOW);
  const zero = i64x2.splat(0);
  const slack = slackOf(load<u32>(QUEUES));
  const tooFar = i16x8.splat(<i16>slack);
  let s0 = v128.load(RNG);
  let s1 = v128.load(RNG, 16);
  let s2 = v128.load(RNG, 32);
  let s3 = v128.load(RNG, 48);
  let t = load<u64>(EVENT);
  const end = t + events;
  let drift = tooFar; // of the counts since the tables were made
  while (t < end) {
    if (v128.any_true(i16x8.ge_s(i16x8.abs(drift), tooFar))) {
      moveBorders(slack + CHUNK);
      drift = zero;
    }
    const start = t;
    const last = min(end, t + COUNTED);
    let raises = zero;
    let sum = zero;
    let counts = zero;
    do {
      const until = min(last, t + CHUNK);
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

        const kind = v & 0xffffffff;
        const length: u32 = load<u16>(LENGTHS_TABLE + (<usize>(u >> (64 - PART_DIGITS)) << 1));
        const sampled: u32 = load<u16>(SAMPLED + (<usize>(v >> (64 - PART_DIGITS)) << 1));
        let outcome: usize = length + sampled + <u32>(kind < arrivalBelow) * ARRIVAL_UNIT;
        if (<u32>((length | sampled) & OPEN_BIT) | <u32>(kind == arrivalBelow)) {
          outcome = refined(t, u, v, length, sampled, raises);
        }
        sum = i16x8.add(sum, raises);
        raises = i16x8.add(raises, v128.load(OUTCOMES + outcome));
        counts = i8x16.add(counts, v128.load(OUTCOMES + outcome, 16));
        t++;
      } while (t < until);
    } while (t < last && !v128.any_true(i16x8.ge_s(i16x8.abs(i16x8.add(drift, raises)), tooFar)));
    if (i16x8.extract_lane_u(raises, 7) | i16x8.extract_lane_u(sum, 7)) {
      t = start;
      break;
    }
    drift = i16x8.add(drift, raises);
    recordLanes(t, raises, sum, i16x8.extend_low_i8x16_u(counts), i16x8.extend_high_i8x16_u(counts));
    v128.store(RNG, s0);
    v128.store(RNG, s1, 16);
    v128.store(RNG, s2, 32);
    v128.store(RNG, s3, 48);
  }
  const done = <u32>(t - load<u64>(EVENT));
  store<u64>(EVENT, t);
  return done;
}

/** From how far a drift on the tables are made anew; until that is seen, it is at most CHUNK − 1 more. */
function slackOf(n: u32): u32 {
  return max<u32>(32, <u32>(sqrt(<f64>n) / 8));
}

/** The outcome of event t, where the tables leave it open. */
function refined(t: u64, u: u64, v: u64, length: u32, sampled: u32, raises: v128): usize {
  const n: u64 = load<u32>(QUEUES);
  const kind = v & 0xffffffff;
  const arrivalBelow = load<u64>(ARRIVAL_BELOW);
  let arrival = <u32>(kind < arrivalBelow);
  if (kind == arrivalBelow) {
    arrival = <u32>(below((kind << 32) | (digits(t, 3) >> 32), load<u64>(MODULUS), digits(t, 0)) < load<u64>(ARRIVALS));
  }
  v128.store(LANES_SCRATCH, raises);
  if (length & OPEN_BIT) {
    const position = below(u, n, digits(t, 2));
    let q: u32 = 0;
    while (countNow(q + 1) > position) q++;
    length = q * LENGTH_UNIT;
  }
  if (sampled & OPEN_BIT) {
    const draw = ((v >> 32) << 32) | (digits(t, 1) >> 32);
    let m: u32 = 0;
    const part = <u32>(v >> (64 - PART_DIGITS));
    while (isPerhapsAbove(m + 1, part) && (isSurelyAbove(m + 1, part) || isAboveNow(countNow(m + 1), draw, n))) m++;
    sampled = m * SAMPLED_UNIT;
  }
  return length + sampled + arrival * ARRIVAL_UNIT;
}

/** v < 2^64·(count/n)^d: in doubles where these decide. */
function isAboveNow(count: u64, v: u64, n: u64): bool {
  const d = load<u64>(SAMPLED_QUEUES);
  if (d < ALL && count < n) {
    let base = <f64>count / <f64>n;
    let power: f64 = 1;
    for (let rest = d; rest; rest >>= 1) {
      if (rest & 1) power *= base;
      base *= base;
    }
    const difference = power - <f64>v / 18446744073709551616.0; // 2^64
    if (abs(difference) > 1e-12 + 4e-16 * <f64>d) return difference > 0;
  }
  return isAbove(count, v, n);
}

/** m_i as it is, given LANES_SCRATCH. */
function countNow(i: u32): u64 {
  const count = load<u32>(<usize>load<u32>(LEVELS_AT) + (<usize>i << LEVEL_SHIFT));
  return i < 8 ? count + <u32>(<i32>load<i16>(LANES_SCRATCH + (<usize>i << 1))) : 0;
}
