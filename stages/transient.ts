import { Type } from '@sinclair/typebox';
import { defineStage, table } from '../src/engine/stage.ts';
import { transient } from '../src/science/meanfield/transient.ts';
import { makePolicy } from '../src/science/policy/policy.ts';
import { checkEquations, EquationsParameter } from './parameters/equations.ts';
import { LambdaParameter } from './parameters/lambda.ts';
import { PolicyParameter } from './parameters/policy.ts';

export default defineStage({
  summary: 'Mean-field equations integrated over time from the empty system',
  params: Type.Object(
    {
      lambda: LambdaParameter,
      policy: PolicyParameter,
      equations: EquationsParameter,
      times: Type.Array(Type.Number({ minimum: 0 }), {
        minItems: 1,
        description: 'Times in mean service times, nondecreasing',
      }),
      tolerance: Type.Number({
        default: 1e-10,
        exclusiveMinimum: 0,
        maximum: 0.01,
        description: 'Local error of each s_i in a step',
      }),
      unstable: Type.Optional(Type.Literal('allow', { description: 'Let λ be 1 or more' })),
    },
    { additionalProperties: false },
  ),
  inputs: {},
  outputs: {
    tails: table({ time: 'float64', i: 'int32', tail: 'float64' }),
    path: table({ time: 'float64', meanQueue: 'float64' }),
    summary: table({ status: 'utf8', steps: 'int32', rejectedSteps: 'int32' }),
  },
  check(params) {
    const problems = checkEquations(params);
    const late = params.times.findIndex((time, at) => at > 0 && time < params.times[at - 1]);
    return late < 0 ? problems : [...problems, { path: `/times/${late}`, message: 'times must not decrease' }];
  },
  run({ params: { lambda, policy, equations, times, tolerance } }) {
    const result = transient({ lambda, policy: makePolicy(policy), equations, times, tolerance });
    const rows = result.tails.flatMap((tails, at) =>
      Array.from(tails, (tail, i) => ({ time: result.times[at], i, tail })),
    );
    return {
      tails: { time: rows.map((row) => row.time), i: rows.map((row) => row.i), tail: rows.map((row) => row.tail) },
      path: { time: result.times, meanQueue: result.meanQueue },
      summary: { status: [result.status], steps: [result.steps], rejectedSteps: [result.rejectedSteps] },
    };
  },
});
