/** What the levels tell. */
import {
  EVENT,
  INTEGRAL,
  LEVELS_AT,
  LEVEL_SHIFT,
  LIMIT,
  LONGEST,
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
