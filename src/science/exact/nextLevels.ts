/**
 * Levels at which the longest queue should have less than `tolerance`: extrapolates the geometric decay of its law,
 * P(longest = level) in a box of `levels`, over the box's upper half, with a little room.
 */
export function nextLevels(massAt: (level: number) => number, levels: number, tolerance: number): number {
  const high = levels - 2;
  const low = Math.floor(levels / 2);
  const rate = Math.log(massAt(low) / massAt(high)) / (high - low);
  if (!(rate > 1e-3)) return 2 * levels; // not yet in the decaying part
  const needed = Math.log(massAt(high) / tolerance) / rate;
  return Math.min(3 * levels, Math.ceil(high + 1.05 * Math.max(4, needed)) + 4);
}
