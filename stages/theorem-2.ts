import { Type } from '@sinclair/typebox';
import { defineStage, table } from '../src/engine/stage.ts';
import { lambdaPrinted, lambdaRepaired } from '../src/science/drift/thresholds.ts';
import { exactThreshold } from '../src/science/exact/threshold.ts';
import { makePolicy } from '../src/science/policy/policy.ts';
import type { ParameterProblem } from '../src/study/contract.ts';
import { checkPolicy, PolicyParameter } from './parameters/policy.ts';

export default defineStage({
  summary: 'The three arrival rates around Theorem 2: λ* as printed, the exact λ_c, and λ̃ of the repaired function',
  params: Type.Object({ policy: PolicyParameter }, { additionalProperties: false }),
  inputs: {},
  outputs: { summary: table({ printed: 'float64', exact: 'float64', repaired: 'float64' }) },
  check({ policy }) {
    const problems: ParameterProblem[] = checkPolicy(policy);
    if (policy.kind !== 'abounce') problems.push({ path: '/policy/kind', message: 'Theorem 2 speaks of abounce only' });
    if (policy.d !== undefined && policy.d !== 'all')
      problems.push({ path: '/policy/d', message: 'Theorem 2 has d: all' });
    return problems;
  },
  run({ params: { policy: spec } }) {
    const policy = makePolicy(spec);
    const C = spec.C as number;
    // q ≥ m + C is q > m + (C − 1): under the weak comparison the function that fits has its last kink one earlier.
    const kink = policy.comparison === 'weak' ? C - 1 : C;
    return {
      summary: {
        printed: [lambdaPrinted(policy.K, C)],
        exact: [exactThreshold({ policy }).lambdaCritical],
        repaired: [lambdaRepaired(policy.K, kink)],
      },
    };
  },
});
