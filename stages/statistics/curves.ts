import { erlangMixture } from '../../src/science/delay/erlangMixture.ts';
import { sharedConfidence, tInterval } from '../../src/science/stats/interval.ts';
import { nominalConfidence } from '../../src/science/stats/nominalConfidence.ts';
import type { Table } from '../../src/tables/table.ts';

/**
 * Tails with bands that hold for all levels at once: Student-t over replicates, the error probability shared evenly
 * among the levels (Bonferroni), and each level's share allowed for the looks that were planned, if any. A fraction of queues is never negative, so neither is a lower limit. Level 0 is 1 by
 * definition. Without a steady state there are no bands.
 */
export function combineTails(
  replicates: readonly Table[],
  stable: boolean,
  confidence: number,
  looks: readonly number[],
) {
  const levels = Math.max(...replicates.map((replicate) => replicate.rows));
  const level = nominalConfidence(sharedConfidence(confidence, Math.max(1, levels - 1)), looks);
  const intervals = Array.from({ length: levels }, (_, i) =>
    tInterval(
      replicates.map((replicate) => (i < replicate.rows ? (replicate.columns.tail[i] as number) : 0)),
      level,
    ),
  );
  return {
    i: intervals.map((_, i) => i),
    tail: intervals.map(({ mean }) => mean),
    lo: intervals.map(({ lo }) => (stable ? Math.max(0, lo) : null)),
    hi: intervals.map(({ hi }) => (stable ? Math.min(1, hi) : null)),
  };
}

/** The replicates' paths below one another. */
export function stackPaths(replicates: readonly Table[]) {
  const stack = (name: 'time' | 'meanQueue'): number[] =>
    replicates.flatMap(({ columns }) => Array.from(columns[name] as ArrayLike<number>));
  return {
    replicate: replicates.flatMap(({ rows }, replicate) => new Array<number>(rows).fill(replicate)),
    time: stack('time'),
    meanQueue: stack('meanQueue'),
  };
}

/** The mixture of the replicates' delay laws, each with the same weight; its mean is the mean of theirs. */
export function averageDelay(replicates: readonly Table[]) {
  const length = Math.max(...replicates.map(({ rows }) => rows));
  const weight = new Float64Array(length);
  for (const { columns, rows } of replicates) {
    for (let k = 0; k < rows; k++) weight[k] += (columns.weight[k] as number) / replicates.length;
  }
  return { stages: weight.map((_, k) => k), weight };
}

/** Probabilities whose quantiles of the delay are reported. */
const QUANTILES = [0.5, 0.9, 0.99, 0.999] as const;

/**
 * Quantiles of the job delay: the mean of the replicates' own, each of the law it recorded, with Student-t intervals.
 * Without a steady state there are no intervals.
 */
export function delayQuantiles(replicates: readonly Table[], stable: boolean, confidence: number) {
  const laws = replicates.map(({ columns }) => erlangMixture(columns.weight as ArrayLike<number>));
  const intervals = QUANTILES.map((p) =>
    tInterval(
      laws.map(({ quantile }) => quantile(p)),
      confidence,
    ),
  );
  const limit = (value: number): number | null => (stable && Number.isFinite(value) ? value : null);
  return {
    p: [...QUANTILES],
    delay: intervals.map(({ mean }) => mean),
    lo: intervals.map(({ lo }) => limit(lo)),
    hi: intervals.map(({ hi }) => limit(hi)),
  };
}
