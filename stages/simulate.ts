import { Type } from '@sinclair/typebox';
import { defineStage, optional, table } from '../src/engine/stage.ts';
import { fixedPoint } from '../src/science/meanfield/fixedPoint.ts';
import { makePolicy } from '../src/science/policy/policy.ts';
import { simulate } from '../src/science/sim/simulate.ts';
import { tInterval } from '../src/science/stats/interval.ts';
import { pathGrowth, stabilityVerdict } from '../src/science/stats/stability.ts';
import type { Table } from '../src/tables/table.ts';
import { checkLambda, LambdaParameter } from './parameters/lambda.ts';
import { checkPolicy, literals, PolicyParameter } from './parameters/policy.ts';

/** What a replicate measures of the steady state; each gets an interval over replicates. */
const MEASURES = ['meanQueue', 'jobDelay', 'pieceSojourn', 'littleDelay', 'migrationFraction'] as const;

const measures = {
  meanQueue: 'float64',
  jobDelay: 'float64',
  pieceSojourn: 'float64',
  littleDelay: 'float64',
  migrationFraction: 'float64',
  flowBalanceZ: 'float64',
} as const;

const intervals = {
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

const path = { time: 'float64', meanQueue: 'float64' } as const;
const delay = { stages: 'int32', weight: 'float64' } as const;

/** Instants that a growth slope is fitted to, whether or not the path is recorded. */
const PATH_POINTS = 256;

export default defineStage({
  summary: 'Simulate n queues under a migration policy',
  params: Type.Object(
    {
      n: Type.Integer({ minimum: 1, description: 'Queues' }),
      lambda: LambdaParameter,
      policy: PolicyParameter,
      events: Type.Integer({
        minimum: 1,
        description: 'Events of the embedded chain in a replicate, warm-up included',
      }),
      warmup: Type.Union([Type.Integer({ minimum: 0 }), Type.Literal('auto')], {
        default: 'auto',
        description: 'Events discarded; auto: the largest power of two up to a quarter of the events',
      }),
      start: literals(['empty', 'mean-field'], { default: 'empty', description: 'State before the first event' }),
      record: Type.Array(literals(['tails', 'path', 'delay']), {
        default: ['tails'],
        uniqueItems: true,
        description: 'Tables to keep beside the summary',
      }),
      points: Type.Integer({
        default: PATH_POINTS,
        minimum: 16,
        maximum: 100_000,
        description: 'Instants of a recorded path, at most',
      }),
      confidence: Type.Number({
        default: 0.95,
        exclusiveMinimum: 0,
        exclusiveMaximum: 1,
        description: 'Of every interval',
      }),
      unstable: Type.Optional(literals(['allow'], { description: 'Let λ be 1 or more' })),
    },
    { additionalProperties: false },
  ),
  inputs: {},
  outputs: {
    tails: optional(table({ i: 'int32', tail: 'float64', lo: 'float64', hi: 'float64' })),
    summary: table({
      ...measures,
      ...intervals,
      stability: 'utf8',
      slope: 'float64',
      slopeLo: 'float64',
      slopeHi: 'float64',
      longest: 'int32',
      warmup: 'float64',
      mserTruncation: 'float64',
      replicates: 'int32',
    }),
    path: optional(table({ replicate: 'int32', ...path })),
    delay: optional(table(delay)),
  },
  grows: 'events',
  check({ lambda, policy, unstable }) {
    return [...checkLambda(lambda, unstable), ...checkPolicy(policy)];
  },
  replicates: {
    outputs: {
      tails: table({ i: 'int32', tail: 'float64' }),
      summary: table({
        ...measures,
        slope: 'float64',
        growth: 'float64',
        level: 'float64',
        criticalGrowth: 'float64',
        longest: 'int32',
        warmup: 'float64',
        mserTruncation: 'float64',
      }),
      path: optional(table(path)),
      delay: optional(table(delay)),
    },
    combine({ params: { confidence, record }, replicates }) {
      return {
        summary: combineSummaries(replicates.summary, confidence),
        ...(record.includes('tails') && { tails: combineTails(replicates.tails, confidence) }),
        ...(replicates.path.length > 0 && { path: stackPaths(replicates.path) }),
        ...(replicates.delay.length > 0 && { delay: averageDelay(replicates.delay) }),
      };
    },
  },
  run({ params, seed, progress, signal }) {
    const { n, lambda, policy, events, warmup, start, record, points } = params;
    const result = simulate(
      {
        n,
        lambda,
        policy,
        events,
        warmup,
        start,
        seed,
        path: { points },
        ...(start === 'mean-field' && { profile: profileOf(lambda, policy) }),
      },
      { onProgress: (event, total) => progress(event / total), signal },
    );
    const growth = pathGrowth(result.path.time, result.path.meanQueue);
    const column = (value: number): number[] => [value];
    return {
      tails: { i: result.tails.map((_, i) => i), tail: result.tails },
      summary: {
        meanQueue: column(result.meanQueue),
        jobDelay: column(result.jobDelay),
        pieceSojourn: column(result.pieceSojourn),
        littleDelay: column(result.littleDelay),
        migrationFraction: column(result.migrationFraction),
        flowBalanceZ: column(result.flowBalance.z),
        slope: column(growth.slope),
        growth: column(growth.growth),
        level: column(growth.level),
        criticalGrowth: column(growth.criticalGrowth),
        longest: column(result.longest),
        warmup: column(result.warmup),
        mserTruncation: column(result.mser.truncationEvents),
      },
      ...(record.includes('path') && { path: result.path }),
      ...(record.includes('delay') && {
        delay: { stages: result.delayLaw.map((_, k) => k), weight: result.delayLaw },
      }),
    };
  },
});

/** The mean-field tails to start from. Throws where there is no fixed point to start from. */
function profileOf(lambda: number | string, spec: PolicyParameter): Float64Array {
  const point = fixedPoint({ lambda, policy: makePolicy(spec) });
  if (point.status === 'converged') return point.tails;
  throw new Error(
    `start: mean-field needs a mean-field fixed point, and there is none: ${point.reason}. Use start: empty.`,
  );
}

const values = (replicates: readonly Table[], column: string): number[] =>
  replicates.map((replicate) => replicate.columns[column][0] as number);

/**
 * Means with Student-t intervals over replicates, and the stability verdict of their paths. Only a stable system has
 * a steady state, so any other verdict leaves the intervals empty (science brief, §3).
 */
function combineSummaries(replicates: readonly Table[], confidence: number) {
  const [slope, growth, level, critical] = ['slope', 'growth', 'level', 'criticalGrowth'].map((column) =>
    values(replicates, column),
  );
  const paths = slope.map((_, r) => ({
    slope: slope[r],
    growth: growth[r],
    level: level[r],
    criticalGrowth: critical[r],
  }));
  const stability = stabilityVerdict(paths);
  const stable = stability.verdict === 'stable';
  const mean = (column: string): number => tInterval(values(replicates, column), confidence).mean;
  const bounds = MEASURES.flatMap((name) => {
    const { lo, hi } = tInterval(values(replicates, name), confidence);
    return [
      [`${name}Lo`, [stable ? lo : null]],
      [`${name}Hi`, [stable ? hi : null]],
    ];
  });
  // A sum of R independent standard normal scores over √R is one again.
  const z = values(replicates, 'flowBalanceZ').reduce((sum, value) => sum + value, 0) / Math.sqrt(replicates.length);
  return {
    ...Object.fromEntries(MEASURES.map((name) => [name, [mean(name)]])),
    flowBalanceZ: [z],
    ...Object.fromEntries(bounds),
    stability: [stability.verdict],
    slope: [stability.slope.mean],
    slopeLo: [stability.slope.lo],
    slopeHi: [stability.slope.hi],
    longest: [Math.max(...values(replicates, 'longest'))],
    warmup: [values(replicates, 'warmup')[0]],
    mserTruncation: [Math.max(...values(replicates, 'mserTruncation'))],
    replicates: [replicates.length],
  } as Record<
    | keyof typeof measures
    | keyof typeof intervals
    | 'slope'
    | 'slopeLo'
    | 'slopeHi'
    | 'longest'
    | 'warmup'
    | 'mserTruncation'
    | 'replicates',
    number[]
  > & { stability: string[] };
}

/**
 * Tails with bands that hold for all levels at once: Student-t over replicates, the error probability shared evenly
 * among the levels (Bonferroni). A fraction of queues is never negative, so neither is a lower limit.
 */
function combineTails(replicates: readonly Table[], confidence: number) {
  const levels = Math.max(...replicates.map((replicate) => replicate.rows));
  const shared = 1 - (1 - confidence) / Math.max(1, levels - 1);
  const intervals = Array.from({ length: levels }, (_, i) =>
    tInterval(
      replicates.map((replicate) => (i < replicate.rows ? (replicate.columns.tail[i] as number) : 0)),
      shared,
    ),
  );
  return {
    i: intervals.map((_, i) => i),
    tail: intervals.map(({ mean }) => mean),
    lo: intervals.map(({ lo }) => Math.max(0, lo)),
    hi: intervals.map(({ hi }) => Math.min(1, hi)),
  };
}

function stackPaths(replicates: readonly Table[]) {
  const stack = (name: 'time' | 'meanQueue'): number[] =>
    replicates.flatMap(({ columns }) => Array.from(columns[name] as ArrayLike<number>));
  return {
    replicate: replicates.flatMap(({ rows }, replicate) => new Array<number>(rows).fill(replicate)),
    time: stack('time'),
    meanQueue: stack('meanQueue'),
  };
}

function averageDelay(replicates: readonly Table[]) {
  const length = Math.max(...replicates.map(({ rows }) => rows));
  const weight = new Float64Array(length);
  for (const { columns, rows } of replicates) {
    for (let k = 0; k < rows; k++) weight[k] += (columns.weight[k] as number) / replicates.length;
  }
  return { stages: weight.map((_, k) => k), weight };
}
