import { Type } from '@sinclair/typebox';
import { defineStage, table } from '../src/engine/stage.ts';
import { certifyFixedPoint } from '../src/science/meanfield/certificate.ts';
import { stability } from '../src/science/meanfield/stability.ts';
import { makePolicy } from '../src/science/policy/policy.ts';
import { checkEquations } from './parameters/equations.ts';
import { LambdaParameter, UnstableParameter } from './parameters/lambda.ts';
import { PolicyParameter } from './parameters/policy.ts';

/** Eigenvalues to list, at most. */
const LISTED = 16;

export default defineStage({
  summary: 'How a mean-field fixed point attracts, from the Jacobian’s spectrum, and a certified bound of its error',
  params: Type.Object(
    {
      lambda: LambdaParameter,
      policy: PolicyParameter,
      unstable: UnstableParameter,
    },
    { additionalProperties: false },
  ),
  inputs: {},
  outputs: {
    summary: table({
      status: 'utf8',
      leadingRe: 'float64',
      leadingIm: 'float64',
      relaxationTime: 'float64',
      truncation: 'int32',
      truncationChange: 'float64',
      certificate: 'utf8',
      meanQueue: 'float64',
      meanQueueError: 'float64',
      radius: 'float64',
      weight: 'float64',
      contraction: 'float64',
    }),
    spectrum: table({ k: 'int32', re: 'float64', im: 'float64' }),
  },
  check: (params) => checkEquations({ ...params, equations: 'policy' }),
  run({ params: { lambda, policy: spec } }) {
    const policy = makePolicy(spec);
    const certificate = certifyFixedPoint({ lambda, policy });
    const proof = certificate.status === 'certified' ? certificate : undefined;
    const around = stability({ lambda, policy });
    const linear = 'leading' in around ? around : undefined;
    const column = (value: number | undefined): (number | null)[] => [value ?? null];
    const listed = Array.from(linear?.spectrum.re.subarray(0, LISTED) ?? []);
    return {
      summary: {
        status: [around.status],
        leadingRe: column(linear?.leading.re),
        leadingIm: column(linear?.leading.im),
        relaxationTime: column(linear?.relaxationTime),
        truncation: [around.truncation],
        truncationChange: column(linear?.truncationChange),
        certificate: [certificate.status],
        meanQueue: column(proof?.meanQueue),
        meanQueueError: column(proof?.meanQueueError),
        radius: column(proof?.radius),
        weight: column(proof?.weight),
        contraction: column(proof?.contraction),
      },
      spectrum: {
        k: listed.map((_, k) => k + 1),
        re: listed,
        im: listed.map((_, k) => linear!.spectrum.im[k]),
      },
    };
  },
});
