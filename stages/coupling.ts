import { Type } from '@sinclair/typebox';
import { defineStage, table } from '../src/engine/stage.ts';
import { coupleWithNoSharing } from '../src/science/drift/coupling.ts';
import { streamUniform } from '../src/science/random/uniform.ts';
import { checkLambda, LambdaParameter } from './parameters/lambda.ts';
import { checkPolicy, PolicyParameter } from './parameters/policy.ts';

export default defineStage({
  summary:
    'Couple a policy with the system that does not share and brings K jobs each time; assert domination at every event',
  params: Type.Object(
    {
      n: Type.Integer({ minimum: 2, description: 'Queues' }),
      lambda: LambdaParameter,
      policy: PolicyParameter,
      events: Type.Integer({ minimum: 1, description: 'Events of the embedded chain' }),
    },
    { additionalProperties: false },
  ),
  inputs: {},
  outputs: {
    summary: table({
      status: 'utf8',
      events: 'float64',
      migrations: 'float64',
      violations: 'float64',
      maxExcess: 'float64',
      meanWork: 'float64',
      meanWorkNoSharing: 'float64',
    }),
  },
  seeded: true,
  check: ({ lambda, policy }) => [...checkLambda(lambda, 'refuse'), ...checkPolicy(policy)],
  run({ params: { n, lambda, policy, events }, seed }) {
    const report = coupleWithNoSharing({ n, lambda, policy, events, uniform: streamUniform(seed, 'coupling') });
    return {
      summary: {
        status: [report.status],
        events: [report.events],
        migrations: [report.migrations],
        violations: [report.violations],
        maxExcess: [report.maxExcess],
        meanWork: [report.meanWork.policy],
        meanWorkNoSharing: [report.meanWork.noSharing],
      },
    };
  },
});
