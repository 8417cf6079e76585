import { Type } from '@sinclair/typebox';
import { DriftError } from '../../src/science/drift/error.ts';
import { MOST_BREAKPOINTS, requireReach } from '../../src/science/drift/programme.ts';
import { makePolicy } from '../../src/science/policy/policy.ts';
import type { ParameterProblem } from '../../src/study/contract.ts';
import { checkPolicy, type PolicyParameter } from './policy.ts';

export const BreakpointsParameter = Type.Integer({
  minimum: 1,
  maximum: MOST_BREAKPOINTS,
  description: 'M: V = q₁ + q₂ + f(|q₁ − q₂|) with f of M slopes, the last one for ever',
});

/** Problems of a policy whose test function is sought. */
export function checkSearched(policy: PolicyParameter, breakpoints: number): ParameterProblem[] {
  const problems = checkPolicy(policy);
  if (problems.length > 0) return problems;
  try {
    requireReach(makePolicy(policy), breakpoints);
    return [];
  } catch (error) {
    if (!(error instanceof DriftError)) throw error;
    return [{ path: '/policy', message: error.message }];
  }
}
