/** What an event of narrow.ts does to the counts, as operations on the lanes of a register; its head tells how. */

/** Half of one, half of the other, each at its place, for a blend is cheaper than a shuffle. */
// @ts-ignore: decorator
@inline
export function halves(x: v128, y: v128): v128 {
  return i8x16.shuffle(x, y, 0, 1, 2, 3, 4, 5, 6, 7, 24, 25, 26, 27, 28, 29, 30, 31);
}

/** The lane at which an arrival that stays joins, in the first half, or a migration's first piece, in the second. */
// @ts-ignore: decorator
@inline
export function joining(above: v128, tails: v128, other: v128, thresholdLanes: v128): v128 {
  // What the thermometer shifted adds, and lane 0, at which the right-hand side never holds
  return v128.and(v128.xor(above, i64x2.shl(above, 8)), i8x16.gt_s(i8x16.swizzle(tails, thresholdLanes), other));
}

/** The lane that a departure leaves, in both halves; at lane 0 it leaves nothing. */
// @ts-ignore: decorator
@inline
export function leaving(tails: v128, origin: usize): v128 {
  const least = i8x16(127, -128, -128, -128, -128, -128, -128, -128, 127, -128, -128, -128, -128, -128, -128, -128);
  const busy = i8x16.gt_s(tails, i8x16.max_s(v128.load_splat<i8>(origin, 1), least));
  return v128.andnot(busy, i64x2.shr_u(busy, 8));
}

/** The counts after an event. */
// @ts-ignore: decorator
@inline
export function moved(tails: v128, joins: v128, leaves: v128, pieces: i32): v128 {
  tails = i8x16.sub(i8x16.add(tails, leaves), joins);
  tails = i8x16.sub(tails, i64x2.shuffle(joins, joins, 1, 0));
  if (pieces == 1) return tails;
  // The second half a lane on, in both
  joins = i8x16.swizzle(joins, i8x16(-128, 8, 9, 10, 11, 12, 13, 14, -128, 8, 9, 10, 11, 12, 13, 14));
  tails = i8x16.sub(tails, joins);
  if (pieces == 2) return tails;
  for (let piece = 2; piece < pieces; piece++) {
    joins = i64x2.shl(joins, 8);
    tails = i8x16.sub(tails, joins);
  }
  return tails;
}
