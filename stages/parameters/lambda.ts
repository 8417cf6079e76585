import { Type } from '@sinclair/typebox';
import { parseRational, toNumber } from '../../src/science/numeric/rational.ts';
import type { ParameterProblem } from '../../src/study/contract.ts';
import { Exact } from './policy.ts';

/** Arrivals per queue and mean service time. */
export const LambdaParameter = Exact('Arrival rate at each queue, λ > 0, in units of the service rate');

/** For kinds whose question has a meaning at λ ≥ 1, though few mean to ask it there. */
export const UnstableParameter = Type.Optional(
  Type.Literal('allow', { description: 'Let λ be 1 or more, where every policy is unstable' }),
);

/**
 * Problems of an arrival rate at `/lambda`: not a positive number, or too much work for the servers and not meant to be.
 * `unstable` is the kind's parameter of that name; `refuse` for kinds whose question has no meaning at λ ≥ 1.
 */
export function checkLambda(lambda: number | string, unstable?: 'allow' | 'refuse'): ParameterProblem[] {
  const problem = (message: string): ParameterProblem[] => [{ path: '/lambda', message }];
  let rate: number;
  try {
    rate = toNumber(parseRational(lambda));
  } catch (error) {
    return problem(`lambda: ${(error as Error).message}`);
  }
  if (!(rate > 0)) return problem(`lambda must be positive, found ${lambda}`);
  if (rate < 1 || unstable === 'allow') return [];
  return problem(
    unstable === 'refuse'
      ? `lambda must be below the service rate 1, found ${lambda}`
      : `lambda must be below the service rate 1, found ${lambda}: every policy is unstable there; say \`unstable: allow\` if that is meant`,
  );
}
