/** What the levels tell. */
import {
  EVENT,
  INTEGRAL,
  LEVELS_AT,
  LEVEL_SHIFT,
  LIMIT,
  LONGEST,
  LANES_SCRATCH,
  MIGRATIONS,
  STAYS,
} from './layout';

/** Whether `rise` more levels above the longest queue are filled. */
export function hasHeadroom(rise: u32): bool {
  return longest() + rise + 1 < load<u32>(LIMIT);
}

/** The longest queue. */
export function longest(): u32 {
  const limit = load<u32>(LIMIT);
  let longest = load<u32>(LONGEST);
  while (longest > 0 && load<u32>(level(longest)) == 0) longest--;
  while (longest + 1 < limit && load<u32>(level(longest + 1)) > 0) longest++;
  store<u32>(LONGEST, longest);
  return longest;
}

/** Jobs in the system. */
export function jobs(): f64 {
  let sum: u64 = 0;
  const limit = load<u32>(LIMIT);
  for (let i: u32 = 1; i < limit; i++) sum += load<u32>(level(i));
  return <f64>sum;
}

/** The sum over events so far of the jobs that each found in the system. */
export function jobsIntegral(): f64 {
  const t = load<u64>(EVENT);
  let sum: f64 = 0; // exact up to 2^53
  const limit = load<u32>(LIMIT);
  for (let i: u32 = 1; i < limit; i++) sum += <f64>(load<u32>(level(i)) * t + load<u64>(level(i), INTEGRAL));
  return sum;
}

/** Address of a level. */
// @ts-ignore: decorator
@inline
export function level(i: u32): usize {
  return <usize>load<u32>(LEVELS_AT) + ((<usize>i) << LEVEL_SHIFT);
}

/** Levels 0 … 7 as the lanes of a register. */
export const LANES: usize = 8;

/**
 * Adds what at most 256 events before event `end` changed, by lane i: how much m_i rose, the sum of its deviations from what
 * the first of them found, arrivals that stayed at i − 1, and migrations to a queue of length i − 1. Inline, since around a
 * call the loops' registers are spilled.
 */
// @ts-ignore: decorator
@inline
export function recordLanes(end: u64, raises: v128, deviations: v128, stays: v128, migrations: v128): void {
  let level: usize = load<u32>(LEVELS_AT);
  v128.store(LANES_SCRATCH, raises);
  v128.store(LANES_SCRATCH, deviations, 16);
  v128.store(LANES_SCRATCH, stays, 32);
  v128.store(LANES_SCRATCH, migrations, 48);
  for (let at: usize = LANES_SCRATCH; at < LANES_SCRATCH + 2 * LANES; at += 2) {
    const raise = <i64>load<i16>(at);
    store<u32>(level, load<u32>(level) + <u32>raise);
    store<u64>(level, load<u64>(level, INTEGRAL) + <u64>(<i64>load<i16>(at, 16)) - <u64>raise * end, INTEGRAL);
    store<u64>(level, load<u64>(level, STAYS) + load<u16>(at, 32), STAYS);
    if (at > LANES_SCRATCH) {
      const shortest = level - (1 << LEVEL_SHIFT);
      store<u64>(shortest, load<u64>(shortest, MIGRATIONS) + load<u16>(at, 48), MIGRATIONS);
    }
    level += 1 << LEVEL_SHIFT;
  }
}
