import { Type } from '@sinclair/typebox';
import { defineStage, table } from '../src/engine/stage.ts';
import { makePolicy } from '../src/science/policy/policy.ts';
import { rareTails } from '../src/science/rare/splitting.ts';
import { checkLambda, LambdaParameter } from './parameters/lambda.ts';
import { checkPolicy, literals, PolicyParameter } from './parameters/policy.ts';

export default defineStage({
  summary: 'Tails of the queue lengths far below what a simulation sees, by splitting',
  params: Type.Object(
    {
      n: Type.Integer({ minimum: 1, maximum: 100_000, description: 'Queues' }),
      lambda: LambdaParameter,
      policy: PolicyParameter,
      events: Type.Integer({ minimum: 1000, description: 'Events of the plain run that excursions start from' }),
      effort: Type.Integer({ minimum: 10, description: 'Trajectories of each level' }),
      climb: literals(['longest', 'jobs'], {
        default: 'longest',
        description: 'What is split by: the longest queue; or all jobs, where queues grow only together',
      }),
      repetitions: Type.Integer({ default: 10, minimum: 2, description: 'Independent repetitions of it all' }),
      floor: Type.Number({
        default: 1e-12,
        exclusiveMinimum: 0,
        exclusiveMaximum: 1,
        description: 'Tails are followed down to this',
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
  inputs: {},
  outputs: {
    // lo and hi: a band for all levels at once. Rows end at the floor, or where a tail can no longer be told from 0.
    tails: table({
      i: 'int32',
      tail: 'float64',
      lo: 'float64',
      hi: 'float64',
      longest: 'float64',
      longestLo: 'float64',
      longestHi: 'float64',
    }),
  },
  seeded: true,
  check({ lambda, policy }) {
    return [...checkLambda(lambda, 'refuse'), ...checkPolicy(policy)];
  },
  run({
    params: { n, lambda, policy, events, effort, climb, repetitions, floor, confidence },
    seed,
    progress,
    signal,
  }) {
    const { queue, longest } = rareTails({
      n,
      lambda,
      policy: makePolicy(policy),
      events,
      effort,
      climb,
      replications: repetitions,
      floor,
      confidence,
      seed,
      onProgress: (done, all) => progress(done / all),
      signal,
    });
    return {
      tails: {
        i: queue.map((_, i) => i),
        tail: queue.map(({ probability }) => probability),
        lo: queue.map(({ lo }) => lo),
        hi: queue.map(({ hi }) => hi),
        longest: longest.map(({ probability }) => probability),
        longestLo: longest.map(({ lo }) => lo),
        longestHi: longest.map(({ hi }) => hi),
      },
    };
  },
});
