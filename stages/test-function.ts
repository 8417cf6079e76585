import { Type } from '@sinclair/typebox';
import { defineStage, table } from '../src/engine/stage.ts';
import { searchCertificate } from '../src/science/drift/search.ts';
import { format, toNumber } from '../src/science/numeric/rational.ts';
import { checkLambda, LambdaParameter } from './parameters/lambda.ts';
import { literals, PolicyParameter } from './parameters/policy.ts';
import { BreakpointsParameter, checkSearched } from './parameters/searched.ts';
import { functionRows, functionTable, provedInterval } from './search/found.ts';

export default defineStage({
  summary: 'Find the best piecewise-linear test function of two queues at a rate, and certify it in exact rationals',
  params: Type.Object(
    {
      lambda: LambdaParameter,
      policy: PolicyParameter,
      side: literals(['stable', 'unstable'], { description: 'What to prove: positive recurrence, or transience' }),
      breakpoints: BreakpointsParameter,
    },
    { additionalProperties: false },
  ),
  inputs: {},
  outputs: {
    summary: table({
      status: 'utf8',
      conclusion: 'utf8',
      bestMargin: 'float64',
      margin: 'float64',
      marginExact: 'utf8',
      provesFrom: 'float64',
      provesTo: 'float64',
      exceptionalSetSize: 'float64',
      jumpBound: 'float64',
    }),
    function: functionTable,
  },
  check: ({ lambda, policy, breakpoints }) => [...checkLambda(lambda, 'allow'), ...checkSearched(policy, breakpoints)],
  run({ params }) {
    const result = searchCertificate(params);
    const { status, best, found } = result;
    const { from, to } = provedInterval(result);
    const certificate = found?.certificate;
    return {
      summary: {
        status: [status],
        conclusion: [certificate?.conclusion ?? 'none'],
        bestMargin: [toNumber(best)],
        margin: [found && toNumber(found.margin)],
        marginExact: [found && format(found.margin)],
        provesFrom: [from],
        provesTo: [to],
        exceptionalSetSize: [certificate?.exceptionalSetSize ?? null],
        jumpBound: [certificate?.jumpBound ? toNumber(certificate.jumpBound) : null],
      },
      function: functionRows([result]),
    };
  },
});
