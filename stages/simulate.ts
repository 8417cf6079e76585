import { Type } from '@sinclair/typebox';
import { defineStage, optional, table } from '../src/engine/stage.ts';
import { fixedPoint } from '../src/science/meanfield/fixedPoint.ts';
import { makePolicy } from '../src/science/policy/policy.ts';
import {
  type SimulateHooks,
  type SimulateOptions,
  type SimulationResult,
  simulate,
} from '../src/science/sim/simulate.ts';
import { SimulationError } from '../src/science/sim/simulationError.ts';
import { nominalConfidence } from '../src/science/stats/nominalConfidence.ts';
import { pathGrowth } from '../src/science/stats/stability.ts';
import type { ParameterProblem } from '../src/study/contract.ts';
import { checkLambda, LambdaParameter, UnstableParameter } from './parameters/lambda.ts';
import { checkPolicy, literals, PolicyParameter } from './parameters/policy.ts';
import { checkSimulation } from './parameters/simulation.ts';
import { averageDelay, combineTails, delayQuantiles, stackPaths } from './statistics/curves.ts';
import { combineSummaries, growth, intervals, measures, stabilityOf } from './statistics/steadyState.ts';

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
        minimum: 16,
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
        description: 'Tables to keep beside the summary; delay: its law and quantiles',
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
      unstable: UnstableParameter,
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
    quantiles: optional(table({ p: 'float64', delay: 'float64', lo: 'float64', hi: 'float64' })),
  },
  grows: 'events',
  observes: ['record', 'points'],
  check(params) {
    const problems = [...checkLambda(params.lambda, params.unstable), ...checkPolicy(params.policy)];
    return problems.length > 0 ? problems : checkOptions(params);
  },
  replicates: {
    params: ['confidence'],
    outputs: {
      tails: table({ i: 'int32', tail: 'float64' }),
      summary: table({
        ...measures,
        ...growth,
        longest: 'int32',
        warmup: 'float64',
        mserTruncation: 'float64',
      }),
      path: optional(table(path)),
      delay: optional(table(delay)),
    },
    combine({ params: { confidence: wanted, record }, replicates, looks }) {
      const confidence = nominalConfidence(wanted, looks);
      const stability = stabilityOf(replicates.summary, confidence);
      const stable = stability.verdict === 'stable';
      return {
        summary: combineSummaries(replicates.summary, stability, confidence),
        ...(record.includes('tails') && { tails: combineTails(replicates.tails, stable, wanted, looks) }),
        ...(replicates.path.length > 0 && { path: stackPaths(replicates.path) }),
        ...(replicates.delay.length > 0 && {
          delay: averageDelay(replicates.delay),
          quantiles: delayQuantiles(replicates.delay, stable, confidence),
        }),
      };
    },
  },
  run({ params, seed, progress, signal, checkpoint }) {
    const { n, lambda, policy, events, warmup, start, record, points } = params;
    const profile = start === 'mean-field' ? { profile: profileOf(lambda, policy) } : {};
    const options = { n, lambda, policy, events, warmup, start, seed, path: { points }, ...profile };
    const result = goOn(options, checkpoint.given, {
      onProgress: (event, total) => progress(event / total),
      onCheckpoint: (bytes, event) => checkpoint.save(event, bytes),
      signal,
    });
    checkpoint.save(events, result.checkpoint);
    const grown = pathGrowth(result.path.time, result.path.meanQueue);
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
        slope: column(grown.slope),
        growth: column(grown.growth),
        level: column(grown.level),
        criticalGrowth: column(grown.criticalGrowth),
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

/** Simulates, from a checkpoint where there is one that fits; a straight run gives the same bits. */
function goOn(options: SimulateOptions, given: Uint8Array | undefined, hooks: SimulateHooks): SimulationResult {
  if (given === undefined) return simulate(options, hooks);
  try {
    return simulate({ ...options, resume: given }, hooks);
  } catch (error) {
    if (error instanceof SimulationError && error.code === 'checkpoint') return simulate(options, hooks);
    throw error;
  }
}

interface Options {
  readonly n: number;
  readonly lambda: number | string;
  readonly policy: PolicyParameter;
  readonly events: number;
  readonly warmup: number | 'auto';
  readonly start: 'empty' | 'mean-field';
}

/** Problems that the simulator sees before it runs. */
function checkOptions({ n, lambda, policy, events, warmup, start }: Options): ParameterProblem[] {
  if (start === 'mean-field' && (policy.d ?? 'all') === 'all') {
    const message = 'start: mean-field needs a finite number d of sampled queues; use start: empty';
    return [{ path: '/start', message }];
  }
  return checkSimulation({ n, lambda, policy, events, warmup });
}

/** The mean-field tails to start from. Throws where there is no fixed point to start from. */
function profileOf(lambda: number | string, spec: PolicyParameter): Float64Array {
  const point = fixedPoint({ lambda, policy: makePolicy(spec) });
  if (point.status === 'converged') return point.tails;
  throw new Error(
    `start: mean-field needs a mean-field fixed point, and there is none: ${point.reason}. Use start: empty.`,
  );
}
