import { Type } from '@sinclair/typebox';
import { defineStage, table } from '../src/engine/stage.ts';
import { type Certificate, certify } from '../src/science/drift/certify.ts';
import { DriftError } from '../src/science/drift/error.ts';
import { makeTestFunction } from '../src/science/drift/function.ts';
import { MOST_STATES } from '../src/science/drift/scan.ts';
import { format, parseRational, toNumber } from '../src/science/numeric/rational.ts';
import { makePolicy } from '../src/science/policy/policy.ts';
import { checkLambda, LambdaParameter } from './parameters/lambda.ts';
import { checkPolicy, literals, PolicyParameter } from './parameters/policy.ts';

export default defineStage({
  summary: 'Certify or refute a drift condition of a test function, in exact rationals',
  params: Type.Object(
    {
      function: literals(['theorem1', 'theorem2-printed', 'theorem2-repaired', 'theorem3', 'total-work'], {
        description: 'Test function V: of Theorem 2 as printed or repaired, of Theorem 3, Σq² or Σq',
      }),
      lambda: LambdaParameter,
      policy: PolicyParameter,
      n: Type.Integer({ default: 2, minimum: 2, maximum: 19, description: 'Queues' }),
      C: Type.Optional(Type.Integer({ minimum: 1, description: "C of Theorem 2's function; default: the policy's" })),
      box: Type.Integer({
        default: 40,
        minimum: 2,
        description: 'States with every queue shorter than this are listed one by one',
      }),
    },
    { additionalProperties: false },
  ),
  inputs: {},
  outputs: {
    summary: table({
      verdict: 'utf8',
      condition: 'utf8',
      conclusion: 'utf8',
      proof: 'utf8',
      worstDrift: 'float64',
      worstDriftExact: 'utf8',
      worstState: 'utf8',
      exceptionalSetSize: 'float64',
      exceptionalSetComplete: 'bool',
      violations: 'float64',
      boundHolds: 'bool',
    }),
    states: table({ q1: 'int32', q2: 'int32', drift: 'float64', violates: 'bool' }),
  },
  check({ function: name, lambda, policy, n, box, C }) {
    const problems = [...checkLambda(lambda, 'refuse'), ...checkPolicy(policy)];
    if (problems.length > 0) return problems;
    if (box ** n > MOST_STATES) {
      const largest = Math.floor((MOST_STATES + 0.5) ** (1 / n));
      const message = `box^n may be at most ${MOST_STATES} states: with n = ${n} a box of at most ${largest}, found ${box}`;
      problems.push({ path: '/box', message });
    }
    try {
      const given = { function: name, lambda: parseRational(lambda), policy: makePolicy(policy), n };
      makeTestFunction({ ...given, ...(C !== undefined && { C }) });
    } catch (error) {
      if (!(error instanceof DriftError)) throw error;
      problems.push({ path: pathOf(error.parameter, { function: name, n, C }, policy), message: error.message });
    }
    return problems;
  },
  run({ params: { function: name, lambda, policy, n, box, C } }) {
    const certificate = certify({ function: name, lambda, policy, n, box, ...(C !== undefined && { C }) });
    return { summary: summaryOf(certificate), states: statesOf(certificate) };
  },
});

/** Where the parameter at fault was given; what the policy lacks is wrong with the policy. */
function pathOf(parameter: string, given: Readonly<Record<string, unknown>>, policy: object): string {
  if (given[parameter] !== undefined) return `/${parameter}`;
  return parameter in policy ? `/policy/${parameter}` : '/policy';
}

const summaryOf = (c: Certificate) => ({
  verdict: [c.verdict],
  condition: [c.condition],
  conclusion: [c.conclusion],
  proof: [c.proof],
  worstDrift: [toNumber(c.worstDrift)],
  worstDriftExact: [format(c.worstDrift)],
  worstState: [`(${c.worstState.join(', ')})`],
  exceptionalSetSize: [c.exceptionalSetSize],
  exceptionalSetComplete: [c.exceptionalSetComplete],
  violations: [c.violations],
  boundHolds: [c.bound?.holds ?? null],
});

/** States of two queues; of more, their two longest would say little, so none are listed. */
function statesOf({ states }: Certificate) {
  const plane = states.q.length === 2;
  return {
    q1: plane ? states.q[0] : [],
    q2: plane ? states.q[1] : [],
    drift: plane ? states.drift : [],
    violates: plane ? Array.from(states.violates, (flag) => flag === 1) : [],
  };
}
