/** A bracket of a sign change: `holds(lo)` and not `holds(hi)`. */
export interface Bracket {
  readonly lo: number;
  readonly hi: number;
}

/**
 * Bisects a predicate that holds at lo and not at hi down to a width of `tolerance`, or to adjacent doubles.
 * Throws a RangeError when the ends do not bracket a change.
 */
export function bisect(holds: (x: number) => boolean, lo: number, hi: number, tolerance = 0): Bracket {
  if (!holds(lo)) throw new RangeError(`bisect: the predicate must hold at the lower end ${lo}`);
  if (holds(hi)) throw new RangeError(`bisect: the predicate must fail at the upper end ${hi}`);
  while (hi - lo > tolerance) {
    const middle = lo + (hi - lo) / 2;
    if (middle <= lo || middle >= hi) break;
    if (holds(middle)) lo = middle;
    else hi = middle;
  }
  return { lo, hi };
}
