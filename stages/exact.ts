import { Type } from '@sinclair/typebox';
import { defineStage, table } from '../src/engine/stage.ts';
import { exactTwoQueues } from '../src/science/exact/twoQueues.ts';
import { makePolicy } from '../src/science/policy/policy.ts';
import { checkLambda, LambdaParameter, UnstableParameter } from './parameters/lambda.ts';
import { checkPolicy, PolicyParameter } from './parameters/policy.ts';

/** States less likely than this are left out of the `joint` table. */
const JOINT_FLOOR = 1e-12;

/** Memory grows with the cube of the levels: so many take 180 MB and some seconds. */
const MOST_LEVELS = 320;

/** With more than this at the edge of a box that was asked for, the numbers are the box's, not the queues'. */
const NO_MASS = 1e-9;

export default defineStage({
  summary: 'Stationary distribution of two queues, solved exactly',
  params: Type.Object(
    {
      lambda: LambdaParameter,
      policy: PolicyParameter,
      levels: Type.Optional(
        Type.Integer({
          minimum: 2,
          maximum: MOST_LEVELS,
          description: 'Longest queue kept; default: grown until the edge has no mass',
        }),
      ),
      unstable: UnstableParameter,
    },
    { additionalProperties: false },
  ),
  inputs: {},
  outputs: {
    summary: table({
      status: 'utf8',
      meanQueue: 'float64',
      jobDelay: 'float64',
      pieceSojourn: 'float64',
      migrationFraction: 'float64',
      edgeMass: 'float64',
      levels: 'int32',
    }),
    tails: table({ i: 'int32', tail: 'float64' }),
    joint: table({ q1: 'int32', q2: 'int32', probability: 'float64' }),
  },
  check({ lambda, policy, levels, unstable }) {
    const problems = [...checkLambda(lambda, unstable), ...checkPolicy(policy)];
    const K = policy.K ?? 1;
    if (levels !== undefined && levels < K)
      problems.push({ path: '/levels', message: `levels must be at least K = ${K}, found ${levels}` });
    return problems;
  },
  run({ params: { lambda, policy, levels } }) {
    const result = exactTwoQueues({ lambda, policy: makePolicy(policy), ...(levels !== undefined && { levels }) });
    if (result.status !== 'exact') {
      const none = [null];
      return {
        summary: {
          status: [result.status],
          meanQueue: none,
          jobDelay: none,
          pieceSojourn: none,
          migrationFraction: none,
          edgeMass: [result.edgeMass],
          levels: [result.levels],
        },
        tails: { i: [], tail: [] },
        joint: { q1: [], q2: [], probability: [] },
      };
    }
    const { joint } = result;
    const side = joint.levels + 1;
    const states = Array.from(joint.probabilities, (_, at) => at).filter(
      (at) => joint.probabilities[at] >= JOINT_FLOOR,
    );
    return {
      summary: {
        status: [result.edgeMass <= NO_MASS ? result.status : 'truncated'],
        meanQueue: [result.meanQueue],
        jobDelay: [result.jobDelay],
        pieceSojourn: [result.pieceSojourn],
        migrationFraction: [result.migrationFraction],
        edgeMass: [result.edgeMass],
        levels: [result.levels],
      },
      tails: { i: result.tails.map((_, i) => i), tail: result.tails },
      joint: {
        q1: states.map((at) => Math.floor(at / side)),
        q2: states.map((at) => at % side),
        probability: states.map((at) => joint.probabilities[at]),
      },
    };
  },
});
