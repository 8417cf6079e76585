import { Type } from '@sinclair/typebox';
import { defineStage, table } from '../src/engine/stage.ts';
import { measureCoverage } from '../src/science/calibration/coverage.ts';
import { exactThreshold } from '../src/science/exact/threshold.ts';
import { parseRational, toNumber } from '../src/science/numeric/rational.ts';
import { makePolicy } from '../src/science/policy/policy.ts';
import type { ParameterProblem } from '../src/study/contract.ts';
import { checkLambda, LambdaParameter } from './parameters/lambda.ts';
import { checkPolicy, PolicyParameter } from './parameters/policy.ts';
import { checkSimulation } from './parameters/simulation.ts';

const Confidence = Type.Number({
  default: 0.95,
  exclusiveMinimum: 0,
  exclusiveMaximum: 1,
  description: 'Of every interval',
});

export default defineStage({
  summary: 'Count how often stated intervals hold the exact value: one queue, or two under any policy',
  params: Type.Object(
    {
      n: Type.Integer({ minimum: 1, maximum: 2, description: 'Queues; 1 is M/M/1' }),
      lambda: LambdaParameter,
      policy: PolicyParameter,
      repetitions: Type.Integer({ minimum: 1, description: 'How often each procedure is repeated' }),
      replications: Type.Integer({ default: 8, minimum: 4, description: 'Replications behind one interval' }),
      events: Type.Integer({ minimum: 16, description: 'Events of a replication, warm-up included' }),
      runEvents: Type.Integer({ minimum: 4096, description: 'Events of the one run that batch means are taken from' }),
      looks: Type.Array(Type.Integer({ minimum: 2 }), {
        default: [4, 6, 8],
        description: 'Sequential stopping: replications at each look, the last is `replications`',
      }),
      relativeHalfWidth: Type.Number({
        default: 0.05,
        exclusiveMinimum: 0,
        description: 'Sequential stopping: the width sought',
      }),
      confidence: Confidence,
    },
    { additionalProperties: false },
  ),
  inputs: {},
  outputs: {
    coverage: table({
      method: 'utf8',
      measure: 'utf8',
      exact: 'float64',
      repetitions: 'int32',
      coverage: 'float64',
      lo: 'float64',
      hi: 'float64',
      below: 'float64',
      above: 'float64',
      bias: 'float64',
      sd: 'float64',
      meanHalfWidth: 'float64',
      used: 'float64',
    }),
  },
  seeded: true,
  check({ n, lambda, policy, events, looks, replications }) {
    const problems: ParameterProblem[] = [...checkLambda(lambda, 'refuse'), ...checkPolicy(policy)];
    if (problems.length > 0) return problems;
    if (looks.some((look, j) => look <= (looks[j - 1] ?? 1)) || looks.at(-1) !== replications) {
      const message = `looks must increase and end with the ${replications} replications, found ${looks.join(', ')}`;
      problems.push({ path: '/looks', message });
    }
    problems.push(...checkSimulation({ n, lambda, policy, events }));
    const { lo, hi } = exactThreshold({ policy: makePolicy(policy) });
    if (n === 2 && toNumber(parseRational(lambda)) >= lo) {
      problems.push({ path: '/lambda', message: `lambda must be below the threshold ${hi}, found ${lambda}` });
    }
    return problems;
  },
  run({ params, seed, progress, signal }) {
    const { n, lambda, policy, repetitions, replications, events, runEvents, looks, relativeHalfWidth } = params;
    const rows = measureCoverage({
      system: { n: n as 1 | 2, lambda, policy },
      repetitions,
      replications,
      events,
      runEvents,
      looks,
      relativeHalfWidth,
      confidence: params.confidence,
      seed,
      onProgress: (done, all) => progress(done / all),
      signal,
    });
    const column = <K extends keyof (typeof rows)[number]>(name: K) => rows.map((row) => row[name]);
    return {
      coverage: {
        method: column('method'),
        measure: column('measure'),
        exact: column('exact'),
        repetitions: column('repetitions'),
        coverage: column('coverage'),
        lo: column('lo'),
        hi: column('hi'),
        below: column('below'),
        above: column('above'),
        bias: column('bias'),
        sd: column('sd'),
        meanHalfWidth: column('meanHalfWidth'),
        used: column('used'),
      },
    };
  },
});
