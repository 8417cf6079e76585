import { Type } from '@sinclair/typebox';
import { defineStage, table } from '../src/engine/stage.ts';
import { fixedPoint } from '../src/science/meanfield/fixedPoint.ts';
import { refined } from '../src/science/meanfield/refined.ts';
import { makePolicy } from '../src/science/policy/policy.ts';
import { checkEquations, EquationsParameter } from './parameters/equations.ts';
import { LambdaParameter, UnstableParameter } from './parameters/lambda.ts';
import { PolicyParameter } from './parameters/policy.ts';

const tails = { i: 'int32', tail: 'float64', logTail: 'float64', refined: 'float64', secondOrder: 'float64' } as const;

export default defineStage({
  summary: 'Fixed point of the mean-field equations, with its corrections of order 1/n and 1/n² where n is given',
  params: Type.Object(
    {
      lambda: LambdaParameter,
      policy: PolicyParameter,
      equations: EquationsParameter,
      n: Type.Optional(
        Type.Integer({ minimum: 2, description: 'Queues of the refined approximations s* + V/n and s* + V/n + U/n²' }),
      ),
      unstable: UnstableParameter,
    },
    { additionalProperties: false },
  ),
  inputs: {},
  outputs: {
    tails: table(tails),
    summary: table({
      status: 'utf8',
      residual: 'float64',
      truncation: 'int32',
      truncationError: 'float64',
      iterations: 'int32',
      meanQueue: 'float64',
      jobDelay: 'float64',
      pieceSojourn: 'float64',
      migrationFraction: 'float64',
      leak: 'float64',
      refinedMeanQueue: 'float64',
      refinedWarning: 'utf8',
      secondOrderMeanQueue: 'float64',
      secondOrderWarning: 'utf8',
    }),
  },
  check(params) {
    const problems = checkEquations(params);
    if (params.n === undefined || params.equations === 'policy') return problems;
    const message = `the refined approximation is of equations: policy; leave n out for ${params.equations}`;
    return [...problems, { path: '/n', message }];
  },
  run({ params: { lambda, policy: spec, equations, n } }) {
    const policy = makePolicy(spec);
    const point = fixedPoint({ lambda, policy, equations });
    if (point.status !== 'converged') {
      // A status, never a number that looks like a result.
      const { status, residual, truncation, iterations } = point;
      const none = [null];
      return {
        tails: { i: [], tail: [], logTail: [], refined: [], secondOrder: [] },
        summary: {
          status: [status],
          residual: [residual],
          truncation: [truncation],
          truncationError: none,
          iterations: [iterations],
          meanQueue: none,
          jobDelay: none,
          pieceSojourn: none,
          migrationFraction: none,
          leak: none,
          refinedMeanQueue: none,
          refinedWarning: none,
          secondOrderMeanQueue: none,
          secondOrderWarning: none,
        },
      };
    }
    const correction = n === undefined ? undefined : refined({ lambda, policy, n });
    const better = correction?.status === 'refined' ? correction : undefined;
    const { logTails } = point;
    const column = <T>(value: T): T[] => [value];
    return {
      tails: {
        i: logTails.map((_, i) => i),
        tail: Array.from(logTails, (log, i) => point.tails[i] ?? Math.exp(log)),
        logTail: logTails,
        refined: Array.from(logTails, (_, i) => better?.tails[i] ?? null),
        secondOrder: Array.from(logTails, (_, i) => better?.second?.tails[i] ?? null),
      },
      summary: {
        status: column(point.status),
        residual: column(point.residual),
        truncation: column(point.truncation),
        truncationError: column(point.truncationError),
        iterations: column(point.iterations),
        meanQueue: column(point.meanQueue),
        jobDelay: column(point.jobDelay),
        pieceSojourn: column(point.pieceSojourn),
        migrationFraction: column(point.migrationFraction),
        leak: column(point.leak),
        refinedMeanQueue: column(better?.meanQueue ?? null),
        refinedWarning: column(
          correction?.status === 'refined' ? correction.validity.warning : (correction?.reason ?? null),
        ),
        secondOrderMeanQueue: column(better?.second?.meanQueue ?? null),
        secondOrderWarning: column(better?.second?.validity.warning ?? null),
      },
    };
  },
});
