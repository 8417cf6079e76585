import { MeanFieldError, meanFieldModel } from '../../src/science/meanfield/equations.ts';
import { makePolicy } from '../../src/science/policy/policy.ts';
import type { ParameterProblem } from '../../src/study/contract.ts';
import { checkLambda } from './lambda.ts';
import { checkPolicy, literals, type PolicyParameter } from './policy.ts';

export const EquationsParameter = literals(['policy', 'corrected', 'printed'], {
  default: 'policy',
  description:
    'policy: of the model; corrected: the print with its index mended; printed: equations (1), (2) to the letter',
});

interface Given {
  readonly lambda: number | string;
  readonly policy: PolicyParameter;
  readonly equations: 'policy' | 'corrected' | 'printed';
  readonly unstable?: 'allow' | 'refuse';
}

/** Problems of a mean-field question: of the rate, of the policy, and of equations that are not defined for it. */
export function checkEquations({ lambda, policy, equations, unstable }: Given): ParameterProblem[] {
  const problems = [...checkLambda(lambda, unstable), ...checkPolicy(policy)];
  if (problems.length > 0) return problems;
  try {
    // Tabulating a few rows meets every condition that the equations put on the policy.
    meanFieldModel(makePolicy(policy), equations).tables(8);
  } catch (error) {
    if (!(error instanceof MeanFieldError)) throw error;
    const own = policy[error.parameter as keyof PolicyParameter] !== undefined;
    const path = own ? `/policy/${error.parameter}` : error.parameter === 'equations' ? '/equations' : '/policy';
    problems.push({ path, message: error.message });
  }
  return problems;
}
