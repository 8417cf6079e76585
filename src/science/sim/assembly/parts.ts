/**
 * The tables of largeLanes.ts: the length at a part of the positions, and the shortest sampled one at a part of the draw v. When
 * they are made anew, their borders have moved by few parts, and only these are written.
 *
 * While no m_i is further than `reach` from where it was, the parts below lowest(i) have lengths ≥ i and those from highest(i)
 * on lengths < i, i = 1 … 8. What is between is open.
 */
import { ALL, LENGTHS_TABLE, LEVEL_SHIFT, LEVELS_AT, QUEUES, SAMPLED, SAMPLED_QUEUES, TABULATED } from './layout';
import { OPEN, PARTS } from './large';
import { LANES } from './levels';

/** Borders of the positions, from i = 0 to 8: u16 lowest(i), u16 highest(i); then of the samples; then both as they were. */
const BORDERS: usize = TABULATED + 8;
const SAMPLED_BORDERS: usize = BORDERS + 40;
const BEFORE: usize = 80;

/** Bytes of OUTCOMES for a length more, and for a sampled length more. */
export const LENGTH_UNIT: u32 = 512;
export const SAMPLED_UNIT: u32 = 64;

/** Whether the draws of a part are below (m_i/n)^d, whatever m_i is within reach: no in the parts that are open at i. */
// @ts-ignore: decorator
@inline
export function isSurelyAbove(i: u32, part: u32): bool {
  return part < <u32>load<u16>(SAMPLED_BORDERS + (<usize>i << 2));
}

/** Whether some draw of a part is below (m_i/n)^d for some m_i within reach. */
// @ts-ignore: decorator
@inline
export function isPerhapsAbove(i: u32, part: u32): bool {
  return part < <u32>load<u16>(SAMPLED_BORDERS + (<usize>i << 2), 2);
}

/** Makes both tables right for counts within `reach` of what they are. */
export function moveBorders(reach: u32): void {
  const d = load<u64>(SAMPLED_QUEUES);
  const n = <f64>load<u32>(QUEUES);
  const levels: usize = load<u32>(LEVELS_AT);
  const away = f64x2.replace_lane(f64x2.splat(<f64>reach), 1, -<f64>reach);
  if (load<u32>(TABULATED)) {
    memory.copy(BORDERS + BEFORE, BORDERS, BEFORE);
  } else {
    memory.fill(BORDERS, 0, 2 * BEFORE);
    const open = i16x8.splat(<i16>OPEN);
    for (let at: usize = 0; at < PARTS << 1; at += 16) {
      v128.store(LENGTHS_TABLE + at, open);
      v128.store(SAMPLED + at, open);
    }
    store<u32>(TABULATED, 1);
  }
  store<u32>(BORDERS, PARTS);
  store<u32>(SAMPLED_BORDERS, PARTS);
  for (let i: usize = 1; i <= LANES; i++) {
    const count = i < LANES ? <f64>load<u32>(levels + (i << LEVEL_SHIFT)) : 0;
    // The highest and the lowest that m_i can be, as parts of n
    const share = f64x2.max(
      f64x2.min(f64x2.div(f64x2.add(f64x2.splat(count), away), f64x2.splat(n)), f64x2.splat(1)),
      f64x2.splat(0),
    );
    storeBorder(BORDERS + (i << 2), share, 0);
    const isAll = d == ALL;
    storeBorder(SAMPLED_BORDERS + (i << 2), isAll ? f64x2.floor(share) : powers(share, d), isAll ? 0 : 4e-16 * <f64>d);
  }
  repaint(LENGTHS_TABLE, BORDERS, LENGTH_UNIT);
  repaint(SAMPLED, SAMPLED_BORDERS, SAMPLED_UNIT);
}

/** x^d. */
function powers(x: v128, d: u64): v128 {
  let result = f64x2.splat(1);
  for (; d; d >>= 1) {
    if (d & 1) result = f64x2.mul(result, x);
    x = f64x2.mul(x, x);
  }
  return result;
}

/** Shares, the highest first, as borders, further apart by more than these and `power` can be in error. */
function storeBorder(at: usize, shares: v128, relativeError: f64): void {
  const highest = f64x2.extract_lane(shares, 0);
  const lowest = f64x2.extract_lane(shares, 1);
  const error = 1e-9 + relativeError;
  store<u16>(at, <u32>max<f64>(0, floor(lowest * (1 - error) * PARTS - 1e-6)));
  store<u16>(at, <u32>min<f64>(PARTS, ceil(highest * (1 + error) * PARTS + 1e-6)), 2);
}

/** Writes what is in another place than before: first what is open now, then what is not, as a length may take another's place. */
function repaint(table: usize, borders: usize, unit: u32): void {
  for (let i: u32 = 0; i < <u32>LANES; i++) {
    const at = borders + (<usize>i << 2);
    const from = <u32>load<u16>(at, 6);
    const to = <u32>load<u16>(at);
    const fromBefore = <u32>load<u16>(at, BEFORE + 6);
    const toBefore = <u32>load<u16>(at, BEFORE);
    paint(table, fromBefore, min(from, toBefore), OPEN);
    paint(table, max(to, fromBefore), toBefore, OPEN);
  }
  for (let i: u32 = 0; i < <u32>LANES; i++) {
    const at = borders + (<usize>i << 2);
    const from = <u32>load<u16>(at, 6);
    const to = <u32>load<u16>(at);
    const fromBefore = <u32>load<u16>(at, BEFORE + 6);
    const toBefore = <u32>load<u16>(at, BEFORE);
    paint(table, from, min(fromBefore, to), i * unit);
    paint(table, max(toBefore, from), to, i * unit);
  }
}

// @ts-ignore: decorator
@inline
function paint(table: usize, from: u32, to: u32, entry: u32): void {
  for (; from < to; from++) store<u16>(table + (<usize>from << 1), entry);
}
