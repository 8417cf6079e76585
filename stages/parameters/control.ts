import { Type } from '@sinclair/typebox';
import type { ParameterProblem } from '../../src/study/contract.ts';
import { checkLambda } from './lambda.ts';
import { literals } from './policy.ts';

export const KParameter = Type.Integer({
  minimum: 1,
  maximum: 64,
  description: 'Unit jobs that a migrating job becomes',
});

export const ObjectiveParameter = literals(['jobDelay', 'meanQueue'], {
  default: 'jobDelay',
  description: 'What is to be small: the mean time until the last piece of a job ends, or the mean queue',
});

/** The families that an optimum is held against. */
export const familyParameters = {
  largestC: Type.Integer({ default: 24, minimum: 1, maximum: 200, description: 'Largest C of ABOUNCE tried' }),
  largestAlpha: Type.Integer({ default: 24, minimum: 2, maximum: 64, description: 'Largest α of MBOUNCE tried' }),
  finest: Type.Integer({ default: 2, minimum: 1, maximum: 12, description: 'Largest denominator of α tried' }),
} as const;

/** Problems of a question of optimal control. */
export function checkControl(given: {
  readonly lambda: number | string;
  readonly K: number;
  readonly largestC: number;
}): ParameterProblem[] {
  const problems = checkLambda(given.lambda, 'refuse');
  if (given.largestC < given.K) {
    const message = `largestC must be at least K = ${given.K}, found ${given.largestC}`;
    problems.push({ path: '/largestC', message });
  }
  return problems;
}
