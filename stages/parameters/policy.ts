import { type Static, Type } from '@sinclair/typebox';
import { makePolicy, PolicyError } from '../../src/science/policy/policy.ts';
import type { ParameterProblem } from '../../src/study/contract.ts';

/** One of some words. */
export const literals = <const T extends readonly string[]>(values: T, options: object = {}) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...options });

/** A decimal, read by its digits, or a fraction in quotes. */
export const Exact = (description: string) =>
  Type.Union([Type.Number(), Type.String({ pattern: '^[+-]?[0-9.eE+/-]+$' })], { description });

export const PolicyParameter = Type.Object(
  {
    kind: literals(['none', 'sq', 'abounce', 'mbounce', 'table'], { description: 'Which threshold function T(m)' }),
    C: Type.Optional(Type.Integer({ description: 'abounce: T(m) = m + C, C ≥ K' })),
    alpha: Type.Optional(Exact('mbounce: T(m) = max(αm, m + K), α > 1, read exactly')),
    thresholds: Type.Optional(Type.Array(Exact('T(m)'), { description: 'table: T(0), T(1), …' })),
    d: Type.Optional(
      Type.Union([Type.Integer(), Type.Literal('all')], { description: 'Queues sampled with replacement, or all' }),
    ),
    K: Type.Optional(Type.Integer({ description: 'Unit jobs that a migrating job becomes; default 1' })),
    comparison: Type.Optional(
      literals(['strict', 'weak'], { description: 'Migrate at q > T(m), or at q ≥ T(m); default strict' }),
    ),
  },
  { additionalProperties: false, description: 'A policy by its threshold function' },
);

export type PolicyParameter = Static<typeof PolicyParameter>;

/** Which parameters have a meaning for which kind; all take d, K and the comparison. */
const OWN: Readonly<Record<PolicyParameter['kind'], readonly (keyof PolicyParameter)[]>> = {
  none: [],
  sq: [],
  abounce: ['C'],
  mbounce: ['alpha'],
  table: ['thresholds'],
};

/** Problems of a policy at `/policy`. */
export function checkPolicy(policy: PolicyParameter): ParameterProblem[] {
  const foreign = (['C', 'alpha', 'thresholds'] as const).filter(
    (name) => policy[name] !== undefined && !OWN[policy.kind].includes(name),
  );
  const problems = foreign.map((name) => ({
    path: `/policy/${name}`,
    message: `${name} has no meaning for ${policy.kind}`,
  }));
  try {
    makePolicy(policy);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const at = policy[error.parameter] === undefined ? '/policy' : `/policy/${error.parameter}`;
    problems.push({ path: at, message: error.message });
  }
  return problems;
}
