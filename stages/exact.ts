import { Type } from '@sinclair/typebox';
import { defineStage, optional, table } from '../src/engine/stage.ts';
import { exactFewQueues, mostLevels } from '../src/science/exact/fewQueues.ts';
import { exactPair } from '../src/science/exact/pair.ts';
import type { ExactMeasures, NoExactResult } from '../src/science/exact/twoQueues.ts';
import { makePolicy } from '../src/science/policy/policy.ts';
import { checkLambda, LambdaParameter, UnstableParameter } from './parameters/lambda.ts';
import { checkPolicy, PolicyParameter } from './parameters/policy.ts';

/** States less likely than this are left out of the `joint` table. */
const JOINT_FLOOR = 1e-12;

/** For two queues memory grows with the cube of the levels: so many take 180 MB and some seconds. */
const MOST_LEVELS = 320;

/** With more than this at the edge of a box that was asked for, the numbers are the box's, not the queues'. */
const NO_MASS = 1e-9;

export default defineStage({
  summary: 'Stationary distribution of two, three or four queues, solved exactly',
  params: Type.Object(
    {
      n: Type.Integer({ default: 2, minimum: 2, maximum: 4, description: 'Queues' }),
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
    /** Two queues, where their lengths are bounded. */
    joint: optional(table({ q1: 'int32', q2: 'int32', probability: 'float64' })),
    /** More than two. */
    longest: optional(table({ i: 'int32', probability: 'float64' })),
    balance: optional(table({ residual: 'float64', flowImbalance: 'float64' })),
  },
  check({ n, lambda, policy, levels, unstable }) {
    const problems = [...checkLambda(lambda, unstable), ...checkPolicy(policy)];
    const K = policy.K ?? 1;
    if (levels !== undefined && levels < K)
      problems.push({ path: '/levels', message: `levels must be at least K = ${K}, found ${levels}` });
    if (levels !== undefined && n > 2 && levels > mostLevels(n)) {
      const message = `at most ${mostLevels(n)} levels of ${n} queues fit, found ${levels}`;
      problems.push({ path: '/levels', message });
    }
    return problems;
  },
  run({ params: { n, lambda, policy: spec, levels } }) {
    const options = { lambda, policy: makePolicy(spec), ...(levels !== undefined && { levels }) };
    return n === 2 ? pair(exactPair(options)) : few(exactFewQueues({ n, ...options }));
  },
});

function pair(result: ReturnType<typeof exactPair>) {
  if (result.status !== 'exact') return { ...measures(result), joint: { q1: [], q2: [], probability: [] } };
  if (!('joint' in result)) return measures(result); // too many states
  const { joint } = result;
  const side = joint.levels + 1;
  const states = Array.from(joint.probabilities, (_, at) => at).filter((at) => joint.probabilities[at] >= JOINT_FLOOR);
  return {
    ...measures(result),
    joint: {
      q1: states.map((at) => Math.floor(at / side)),
      q2: states.map((at) => at % side),
      probability: states.map((at) => joint.probabilities[at]),
    },
  };
}

function few(result: ReturnType<typeof exactFewQueues>) {
  if (result.status !== 'exact') return measures(result);
  return {
    ...measures(result),
    longest: { i: result.longest.map((_, i) => i), probability: result.longest },
    balance: { residual: [result.residual], flowImbalance: [result.flowImbalance] },
  };
}

function measures(result: ExactMeasures | NoExactResult) {
  const { edgeMass, levels } = result;
  const at = { edgeMass: [edgeMass], levels: [levels] };
  if (result.status !== 'exact') {
    const none = [null];
    const noMoments = { meanQueue: none, jobDelay: none, pieceSojourn: none, migrationFraction: none };
    return { summary: { status: [result.status], ...noMoments, ...at }, tails: { i: [], tail: [] } };
  }
  const { meanQueue, jobDelay, pieceSojourn, migrationFraction, tails } = result;
  return {
    summary: {
      status: [result.edgeMass <= NO_MASS ? result.status : 'truncated'],
      meanQueue: [meanQueue],
      jobDelay: [jobDelay],
      pieceSojourn: [pieceSojourn],
      migrationFraction: [migrationFraction],
      ...at,
    },
    tails: { i: tails.map((_, i) => i), tail: tails },
  };
}
