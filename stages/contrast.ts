import { Type } from '@sinclair/typebox';
import { defineStage, table } from '../src/engine/stage.ts';
import { simulate } from '../src/science/sim/simulate.ts';
import { nominalConfidence } from '../src/science/stats/nominalConfidence.ts';
import { pathGrowth } from '../src/science/stats/stability.ts';
import { checkLambda, LambdaParameter } from './parameters/lambda.ts';
import { checkSimulation } from './parameters/simulation.ts';
import { combineContrasts, contrastColumns, replicateColumns, withNearby } from './statistics/contrasts.ts';

/** Instants that a growth slope is fitted to. */
const PATH_POINTS = 256;

export default defineStage({
  summary: 'Simulate several policies with the same random numbers; paired intervals of what the first one saves',
  params: Type.Object(
    {
      n: Type.Integer({ minimum: 1, description: 'Queues' }),
      lambda: LambdaParameter,
      events: Type.Integer({ minimum: 16, description: 'Events of each policy in a replicate, warm-up included' }),
      nearby: Type.Array(Type.Integer(), {
        default: [],
        uniqueItems: true,
        description: 'Simulate each ABOUNCE and MBOUNCE with its C or α moved by these as well',
      }),
      confidence: Type.Number({
        default: 0.95,
        exclusiveMinimum: 0,
        exclusiveMaximum: 1,
        description: 'Of every interval',
      }),
    },
    { additionalProperties: false },
  ),
  inputs: { policies: table({ rule: 'utf8', policy: 'utf8' }) },
  outputs: { summary: table(contrastColumns) },
  check({ n, lambda, events }) {
    const problems = checkLambda(lambda, 'refuse');
    return problems.length > 0 ? problems : checkSimulation({ n, lambda, policy: { kind: 'none' }, events });
  },
  replicates: {
    params: ['confidence'],
    outputs: { runs: table(replicateColumns) },
    combine: ({ params: { confidence }, replicates, looks }) => ({
      summary: combineContrasts(replicates.runs, nominalConfidence(confidence, looks)),
    }),
  },
  run({ params: { n, lambda, events, nearby }, inputs: { policies }, seed, progress, signal }) {
    const contestants = withNearby(policies, nearby);
    const runs = contestants.map(({ spec }, at) => {
      const onProgress = (event: number, total: number): void => progress((at + event / total) / contestants.length);
      const options = { n, lambda, policy: spec, events, seed, path: { points: PATH_POINTS } };
      const result = simulate(options, { onProgress, signal });
      return { ...result, ...pathGrowth(result.path.time, result.path.meanQueue) };
    });
    return {
      runs: {
        rule: contestants.map(({ rule }) => rule),
        C: contestants.map(({ C }) => C),
        alpha: contestants.map(({ alpha }) => alpha),
        policy: contestants.map(({ spec }) => JSON.stringify(spec)),
        jobDelay: runs.map(({ jobDelay }) => jobDelay),
        meanQueue: runs.map(({ meanQueue }) => meanQueue),
        migrationFraction: runs.map(({ migrationFraction }) => migrationFraction),
        slope: runs.map(({ slope }) => slope),
        growth: runs.map(({ growth }) => growth),
        level: runs.map(({ level }) => level),
        criticalGrowth: runs.map(({ criticalGrowth }) => criticalGrowth),
      },
    };
  },
});
