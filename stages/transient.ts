import { Type } from '@sinclair/typebox';
import { defineStage, table } from '../src/engine/stage.ts';
import { meanFieldModel } from '../src/science/meanfield/equations.ts';
import { arrivalRate } from '../src/science/meanfield/fixedPoint.ts';
import { supNorm } from '../src/science/meanfield/march.ts';
import { type Measures, measure } from '../src/science/meanfield/measures.ts';
import { derivative } from '../src/science/meanfield/rightHandSide.ts';
import { transient } from '../src/science/meanfield/transient.ts';
import { makePolicy } from '../src/science/policy/policy.ts';
import { checkEquations, EquationsParameter } from './parameters/equations.ts';
import { LambdaParameter, UnstableParameter } from './parameters/lambda.ts';
import { literals, PolicyParameter } from './parameters/policy.ts';

/** One time; all but the status are missing where the integration did not get there. */
interface Moment extends Partial<Measures> {
  readonly status: string;
  /** max_i |ds_i/dt|: how fast the system still moves. */
  readonly residual?: number;
  /** Levels kept, and the height at which they cut the tail. */
  readonly truncation?: number;
  readonly truncationError?: number;
}

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
      method: literals(['auto', 'explicit', 'implicit'], {
        default: 'auto',
        description:
          'explicit: Dormand–Prince; implicit: Rosenbrock with the analytic Jacobian; auto: by the last time',
      }),
      unstable: UnstableParameter,
    },
    { additionalProperties: false },
  ),
  inputs: {},
  outputs: {
    tails: table({ time: 'float64', i: 'int32', tail: 'float64', logTail: 'float64' }),
    path: table({ time: 'float64', meanQueue: 'float64' }),
    summary: table({
      time: 'float64',
      status: 'utf8',
      residual: 'float64',
      truncation: 'int32',
      truncationError: 'float64',
      meanQueue: 'float64',
      jobDelay: 'float64',
      migrationFraction: 'float64',
      leak: 'float64',
    }),
  },
  check(params) {
    const problems = checkEquations(params);
    const late = params.times.findIndex((time, at) => at > 0 && time < params.times[at - 1]);
    return late < 0 ? problems : [...problems, { path: `/times/${late}`, message: 'times must not decrease' }];
  },
  run({ params: { lambda, policy: spec, equations, times, tolerance, method } }) {
    const policy = makePolicy(spec);
    const result = transient({ lambda, policy, equations, times, tolerance, method });
    const rows = result.tails.flatMap((tails, at) =>
      Array.from(tails, (tail, i) => ({ time: result.times[at], i, tail })),
    );
    const model = meanFieldModel(policy, equations);
    const rate = arrivalRate(lambda);
    const moments = times.map((_, at): Moment => {
      const s = result.tails[at];
      if (s === undefined) return { status: result.status };
      const B = s.length - 1;
      const tables = model.tables(B + model.K);
      return {
        status: 'completed',
        residual: supNorm(derivative(tables, rate, s, new Float64Array(B + 1), new Float64Array(B + 2))),
        truncation: B,
        truncationError: s[B],
        ...measure(tables, rate, s),
      };
    });
    const column = (name: 'residual' | 'truncation' | 'truncationError' | keyof Measures): (number | null)[] =>
      moments.map((moment) => moment[name] ?? null);
    return {
      tails: {
        time: rows.map((row) => row.time),
        i: rows.map((row) => row.i),
        tail: rows.map((row) => row.tail),
        logTail: rows.map((row) => (row.tail > 0 ? Math.log(row.tail) : null)),
      },
      path: { time: result.times, meanQueue: result.meanQueue },
      summary: {
        time: times,
        status: moments.map((moment) => moment.status),
        residual: column('residual'),
        truncation: column('truncation'),
        truncationError: column('truncationError'),
        meanQueue: column('meanQueue'),
        jobDelay: column('jobDelay'),
        migrationFraction: column('migrationFraction'),
        leak: column('leak'),
      },
    };
  },
});
