/**
 * A series recorded at the multiples of a power-of-two interval, the smallest that gives at most `points` records. As the
 * interval of a longer run is a multiple of a shorter one's, a run that is continued drops records and has what a straight
 * run would have.
 */
export class Grid {
  readonly interval: number;
  readonly values: number[];

  constructor(events: number, points: number, recorded: { interval: number; values: readonly number[] }) {
    this.interval = gridInterval(events, points);
    const stride = this.interval / recorded.interval;
    this.values = recorded.values.filter((_, k) => k % stride === 0);
  }

  /** The first multiple of the interval after `event`. */
  nextAfter(event: number): number {
    return (Math.floor(event / this.interval) + 1) * this.interval;
  }
}

export function gridInterval(events: number, points: number): number {
  let interval = 1;
  while (events / interval > points) interval *= 2;
  return interval;
}
