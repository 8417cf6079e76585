import { Type } from '@sinclair/typebox';
import { defineStage, table } from '../src/engine/stage.ts';
import { lemmaExponents } from '../src/science/meanfield/lemmas.ts';
import { makePolicy } from '../src/science/policy/policy.ts';
import type { ParameterProblem } from '../src/study/contract.ts';
import { checkEquations, EquationsParameter } from './parameters/equations.ts';
import { LambdaParameter } from './parameters/lambda.ts';
import { PolicyParameter } from './parameters/policy.ts';

export default defineStage({
  summary: 'Exponents −ln s_i of a mean-field fixed point beside those that Lemmas 1 and 2 print, and the sharp ones',
  params: Type.Object(
    {
      lambda: LambdaParameter,
      policy: PolicyParameter,
      equations: EquationsParameter,
      levels: Type.Integer({ default: 40, minimum: 4, maximum: 1000, description: 'Levels to list, at most' }),
    },
    { additionalProperties: false },
  ),
  inputs: {},
  outputs: {
    exponents: table({ i: 'int32', minusLogTail: 'float64', printed: 'float64', sharp: 'float64', ratio: 'float64' }),
    summary: table({
      status: 'utf8',
      verdict: 'utf8',
      looseBy: 'float64',
      sharpGrowth: 'float64',
      printedGrowth: 'float64',
    }),
  },
  check({ lambda, policy, equations }) {
    const problems: ParameterProblem[] = checkEquations({ lambda, policy, equations, unstable: 'refuse' });
    if (policy.kind !== 'abounce' && policy.kind !== 'mbounce') {
      problems.push({
        path: '/policy/kind',
        message: `the lemmas speak of abounce and mbounce, not of ${policy.kind}`,
      });
    }
    return problems;
  },
  run({ params: { lambda, policy, equations, levels } }) {
    const { status, verdict, looseBy, growth, rows } = lemmaExponents({
      lambda,
      policy: makePolicy(policy),
      equations,
      levels,
    });
    return {
      exponents: {
        i: rows.map((row) => row.i),
        minusLogTail: rows.map((row) => row.minusLogTail),
        printed: rows.map((row) => row.printedExponent),
        sharp: rows.map((row) => row.sharpExponent),
        ratio: rows.map((row) => row.ratio),
      },
      summary: {
        status: [status],
        verdict: [verdict],
        looseBy: [looseBy],
        sharpGrowth: [growth?.sharp ?? null],
        printedGrowth: [growth?.printed ?? null],
      },
    };
  },
});
