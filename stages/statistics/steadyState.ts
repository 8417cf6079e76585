import { tInterval } from '../../src/science/stats/interval.ts';
import { type PathGrowth, type StabilityVerdict, stabilityVerdict } from '../../src/science/stats/stability.ts';
import type { Table } from '../../src/tables/table.ts';

/** What a replicate measures of the steady state; each gets an interval over replicates. */
const MEASURES = ['meanQueue', 'jobDelay', 'pieceSojourn', 'littleDelay', 'migrationFraction'] as const;

export const measures = {
  meanQueue: 'float64',
  jobDelay: 'float64',
  pieceSojourn: 'float64',
  littleDelay: 'float64',
  migrationFraction: 'float64',
  flowBalanceZ: 'float64',
} as const;

export const intervals = {
  meanQueueLo: 'float64',
  meanQueueHi: 'float64',
  jobDelayLo: 'float64',
  jobDelayHi: 'float64',
  pieceSojournLo: 'float64',
  pieceSojournHi: 'float64',
  littleDelayLo: 'float64',
  littleDelayHi: 'float64',
  migrationFractionLo: 'float64',
  migrationFractionHi: 'float64',
} as const;

/** What a replicate's path says of its growth (stability.ts). */
export const growth = { slope: 'float64', growth: 'float64', level: 'float64', criticalGrowth: 'float64' } as const;

const values = (replicates: readonly Table[], column: string): number[] =>
  replicates.map((replicate) => replicate.columns[column][0] as number);

/** The stability verdict of the replicates' paths. */
export function stabilityOf(replicates: readonly Table[], confidence: number): StabilityVerdict {
  const columns = Object.keys(growth) as (keyof PathGrowth)[];
  const paths = replicates.map((_, r) =>
    Object.fromEntries(columns.map((column) => [column, values(replicates, column)[r]])),
  );
  return stabilityVerdict(paths as unknown as PathGrowth[], confidence);
}

/** A limit of an interval; nothing where it has none, as with a single replicate. */
const limit = (value: number): number | null => (Number.isFinite(value) ? value : null);

/**
 * Means with Student-t intervals over replicates, and the stability verdict of their paths. Only a stable system has
 * a steady state, so any other verdict leaves the intervals empty (science brief, §3).
 */
export function combineSummaries(replicates: readonly Table[], stability: StabilityVerdict, confidence: number) {
  const stable = stability.verdict === 'stable';
  const over = MEASURES.map((name) => ({ name, ...tInterval(values(replicates, name), confidence) }));
  const means = Object.fromEntries(over.map(({ name, mean }) => [name, [mean]]));
  const bounds = over.flatMap(({ name, lo, hi }) => [
    [`${name}Lo`, [stable ? lo : null]],
    [`${name}Hi`, [stable ? hi : null]],
  ]);
  // A sum of R independent standard normal scores over √R is one again.
  const z = values(replicates, 'flowBalanceZ').reduce((sum, value) => sum + value, 0) / Math.sqrt(replicates.length);
  return {
    ...(means as Record<(typeof MEASURES)[number], number[]>),
    flowBalanceZ: [z],
    ...(Object.fromEntries(bounds) as Record<keyof typeof intervals, (number | null)[]>),
    stability: [stability.verdict],
    slope: [stability.slope.mean],
    slopeLo: [limit(stability.slope.lo)],
    slopeHi: [limit(stability.slope.hi)],
    longest: [Math.max(...values(replicates, 'longest'))],
    warmup: [values(replicates, 'warmup')[0]],
    mserTruncation: [Math.max(...values(replicates, 'mserTruncation'))],
    replicates: [replicates.length],
  };
}
