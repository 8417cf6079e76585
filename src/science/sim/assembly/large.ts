/**
 * The event loop for many queues of any length, whose state is the tail counts alone: memory and time depend on the longest queue,
 * not on n.
 *
 * In a block of B events no m_i moves by more than B. So of 2^12 equal parts of the positions, all but those within B of
 * some m_i have one length during the whole block, and a table gives it; of 2^12 equal parts of the samples' draw v, all but those within
 * reach of some (m_i/n)^d. In the parts that are left, an event compares all 64 digits with the counts as they are.
 *
 * The shortest sampled queue has length m = #{i ≥ 1: v < (m_i/n)^d}.
 */
import {
  ALL,
  ARRIVAL_BELOW,
  ARRIVALS,
  BETA,
  EVENT,
  INTEGRAL,
  LENGTHS_TABLE,
  LEVEL_SHIFT,
  LEVELS_AT,
  LIMIT,
  LONGEST,
  MIGRATIONS,
  MODULUS,
  PIECES,
  QUEUES,
  RNG,
  SAMPLED,
  SAMPLED_QUEUES,
  STAYS,
  TABULATED,
} from './layout';
import { below, digits, highProduct } from './refine';

/** Parts of a table, and the entry of one with two lengths. */
export const PART_DIGITS: u64 = 12;
export const PARTS: u32 = 1 << 12;
export const OPEN: u32 = 0xffff;

// What a block of at most 2^12 events changes at a level, after the levels, zero between blocks. At 0 the changes but for
// migrations: their sum in the 16 lowest digits, arrivals that stayed in the next 16, the sum weighted with the events' age
// in the block in the rest, as one signed number each. At 8 the migrations to a queue of this length, weighted likewise.
const CHANGE_SHIFT: usize = 4;
const MIGRATED: usize = 8;

/** Simulates `events` events, at most those of a BLOCK; a queue can grow by their jobs. */
export function simulateLarge(events: u32): void {
  const n: u64 = load<u32>(QUEUES);
  const modulus = load<u64>(MODULUS);
  const arrivals = load<u64>(ARRIVALS);
  const pieces = load<u32>(PIECES);
  const levelsAt: usize = load<u32>(LEVELS_AT);
  const arrivalBelow = load<u64>(ARRIVAL_BELOW);
  let s0 = v128.load(RNG);
  let s1 = v128.load(RNG, 16);
  let s2 = v128.load(RNG, 32);
  let s3 = v128.load(RNG, 48);
  const changes: usize = levelsAt + (<usize>load<u32>(LIMIT) << LEVEL_SHIFT);
  const start = load<u64>(EVENT);
  let age: u64 = 0; // of the block
  tabulate(n, load<u32>(LONGEST), events);
  store<u32>(TABULATED, 0);
  while (age < <u64>events) {
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

    const kind = v & 0xffffffff;
    let arrival = <u32>(kind < arrivalBelow);
    let q: u32 = load<u16>(LENGTHS_TABLE + (<usize>(u >> (64 - PART_DIGITS)) << 1));
    let m: u32 = load<u16>(SAMPLED + (<usize>(v >> (64 - PART_DIGITS)) << 1));
    if (<i32>(q == OPEN) | <i32>(m == OPEN) | <i32>(kind == arrivalBelow)) {
      const t = start + age;
      if (kind == arrivalBelow) arrival = <u32>(below((kind << 32) | (digits(t, 3) >> 32), modulus, digits(t, 0)) < arrivals);
      if (q == OPEN) q = lengthAt(below(u, n, digits(t, 2)), levelsAt, changes, pieces);
      if (m == OPEN) m = sampled(((v >> 32) << 32) | (digits(t, 1) >> 32), n, levelsAt, changes, pieces);
    }
    age++;
    // Both sums below without a branch, which would be mispredicted
    const beta = load<u32>(levelsAt + (<usize>m << LEVEL_SHIFT), BETA);
    const migrates = <u64>(arrival & <u32>(q >= beta));
    const one = age << 32;
    const shortest = changes + (<usize>m << CHANGE_SHIFT);
    store<u64>(shortest, load<u64>(shortest, MIGRATED) + ((one | 1) & (0 - migrates)), MIGRATED);
    const departure = arrival ^ 1;
    const step = <u64>arrival - <u64>(departure & <u32>(q > 0)) - migrates;
    const level = changes + (<usize>(q + arrival) << CHANGE_SHIFT);
    store<u64>(level, load<u64>(level) + step * (one | 1) + ((arrival - migrates) << 16));
  }
  v128.store(RNG, s0);
  v128.store(RNG, s1, 16);
  v128.store(RNG, s2, 32);
  v128.store(RNG, s3, 48);
  store<u64>(EVENT, start + events);
  record(start, events, pieces, changes);
}

/** Adds the changes of a block that began at event `start` to the levels, and clears them. */
function record(start: u64, events: u64, pieces: u32, changes: usize): void {
  const levelsAt: usize = load<u32>(LEVELS_AT);
  let top = load<u32>(LONGEST);
  for (let i: u32 = 0; i <= top + 1; i++) {
    const change = changes + (<usize>i << CHANGE_SHIFT);
    const level = levelsAt + (<usize>i << LEVEL_SHIFT);
    const moved = load<u64>(change);
    if (moved) {
      // Three signed sums: of steps, of arrivals that stayed, of steps times age
      const steps = <i64>(<i16>moved);
      const rest = (moved - <u64>steps) >> 16;
      add(level, steps, <i64>(<i32>((moved - <u64>steps - ((rest & 0xffff) << 16)) >> 32)), start);
      store<u64>(level, load<u64>(level, STAYS) + (rest & 0xffff), STAYS);
      top = max(top, i);
    }
    const migrated = load<u64>(change, MIGRATED);
    if (migrated) {
      store<u64>(level, load<u64>(level, MIGRATIONS) + (migrated & 0xffffffff), MIGRATIONS);
      for (let piece: u32 = 1; piece <= pieces; piece++) {
        add(level + (<usize>piece << LEVEL_SHIFT), migrated & 0xffffffff, migrated >> 32, start);
      }
      top = max(top, i + pieces);
    }
    store<u64>(change, 0);
    store<u64>(change, 0, MIGRATED);
  }
}

/** Adds steps, and their sum weighted with their age, to a level. */
function add(level: usize, steps: i64, ages: i64, start: u64): void {
  store<u32>(level, load<u32>(level) + <u32>steps);
  store<u64>(level, load<u64>(level, INTEGRAL) - <u64>ages - <u64>steps * start, INTEGRAL);
}

/** m_i as it is within a block. */
function countNow(i: u32, levelsAt: usize, changes: usize, pieces: u32): u64 {
  let count = load<u32>(levelsAt + (<usize>i << LEVEL_SHIFT)) + <u32>(<i32>load<i16>(changes + (<usize>i << CHANGE_SHIFT)));
  for (let m = i > pieces ? i - pieces : 0; m < i; m++) {
    count += load<u32>(changes + (<usize>m << CHANGE_SHIFT), MIGRATED);
  }
  return count;
}

/** The length at a position. */
function lengthAt(position: u64, levelsAt: usize, changes: usize, pieces: u32): u32 {
  let q: u32 = 0;
  while (countNow(q + 1, levelsAt, changes, pieces) > position) q++;
  return q;
}

/** The length of the shortest sampled queue. */
function sampled(v: u64, n: u64, levelsAt: usize, changes: usize, pieces: u32): u32 {
  let m: u32 = 0;
  while (isAbove(countNow(m + 1, levelsAt, changes, pieces), v, n)) m++;
  return m;
}

/** v < 2^64·(count/n)^d. */
export function isAbove(count: u64, v: u64, n: u64): bool {
  return count >= n || v < power(count, n);
}

/** 2^64·(count/n)^d for count < n, to min(d, n) units: by squaring, so that the cost grows as log d. */
function power(count: u64, n: u64): u64 {
  let d = load<u64>(SAMPLED_QUEUES);
  if (d == ALL) return 0;
  const whole = (count << 32) / n;
  let base = (whole << 32) | ((((count << 32) - whole * n) << 32) / n);
  while (!(d & 1)) {
    base = highProduct(base, base);
    d >>= 1;
  }
  let result = base;
  for (d >>= 1; d; d >>= 1) {
    base = highProduct(base, base);
    if (d & 1) result = highProduct(result, base);
  }
  return result;
}

/** Fills both tables for `events` events. */
function tabulate(n: u64, longest: u32, events: u64): void {
  const open = i16x8.splat(<i16>OPEN);
  for (let at: usize = 0; at < PARTS << 1; at += 16) {
    v128.store(LENGTHS_TABLE + at, open);
    v128.store(SAMPLED + at, open);
  }
  // From the longest queue down, the parts between m_{i+1} + events and m_i − events
  let reached = events; // m_{i+1} is at most this in the block
  for (let i = <i32>min(longest, OPEN - 1); i >= 0; i--) {
    const count: u64 = load<u32>(<usize>load<u32>(LEVELS_AT) + (<usize>i << LEVEL_SHIFT));
    const kept = i == 0 ? n : count > events ? count - events : 0;
    fill(LENGTHS_TABLE, i, (reached * PARTS + n - 1) / n, (kept * PARTS) / n);
    fill(SAMPLED, i, <u64>ceil(partsBelow(reached, n, 1)), <u64>floor(partsBelow(kept, n, -1)));
    reached = count + events;
  }
}

function fill(table: usize, i: u32, from: u64, to: u64): void {
  let at = table + (<usize>from << 1);
  const end = table + (<usize>to << 1);
  const eight = i16x8.splat(<i16>i);
  for (; at + 16 <= end; at += 16) v128.store(at, eight);
  for (; at < end; at += 2) store<u16>(at, i);
}

/** 2^12·(count/n)^d, above it (side = 1) or below (−1) by more than this and \`power\` can be in error. */
function partsBelow(count: u64, n: u64, side: f64): f64 {
  if (count >= n) return PARTS;
  let d = load<u64>(SAMPLED_QUEUES);
  if (d == ALL) return 0;
  const error = side * (1e-9 + 4e-16 * <f64>d);
  let base = <f64>count / <f64>n;
  let result = <f64>PARTS;
  for (; d; d >>= 1) {
    if (d & 1) result *= base;
    base *= base;
  }
  return max<f64>(0, min<f64>(PARTS, result * (1 + error) + side * 1e-6));
}
