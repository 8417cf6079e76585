import { Type } from '@sinclair/typebox';
import { defineStage, table } from '../src/engine/stage.ts';
import { additiveFamily, bestMeanField, flooredFamily, multiplicativeFamily } from '../src/science/control/families.ts';
import { optimalThresholds } from '../src/science/control/optimalThresholds.ts';
import { checkControl, familyParameters, KParameter, ObjectiveParameter } from './parameters/control.ts';
import { LambdaParameter } from './parameters/lambda.ts';
import { named, type Rival, rivalColumns, rivalTable, ruleColumns, thresholdTable } from './statistics/rivals.ts';

export default defineStage({
  summary: 'The thresholds T(0), T(1), … of least cost in the mean field, beside the best member of each family',
  params: Type.Object(
    {
      lambda: LambdaParameter,
      K: KParameter,
      d: Type.Integer({ minimum: 1, maximum: 1000, description: 'Queues sampled with replacement' }),
      objective: ObjectiveParameter,
      entries: Type.Integer({
        default: 8,
        minimum: 1,
        maximum: 32,
        description: 'Thresholds that are free; further on they grow by one with m',
      }),
      ...familyParameters,
    },
    { additionalProperties: false },
  ),
  inputs: {},
  outputs: {
    thresholds: table(ruleColumns),
    rules: table(rivalColumns),
    summary: table({
      status: 'utf8',
      stationary: 'bool',
      evaluations: 'int32',
      neighbours: 'int32',
      margin: 'float64',
    }),
  },
  check: checkControl,
  run({ params: { lambda, K, d, objective, entries, largestC, largestAlpha, finest } }) {
    const problem = { lambda, K, d, objective };
    const optimum = optimalThresholds({ ...problem, entries });
    if (optimum.status !== 'optimal') {
      const none = [null];
      const summary = { status: [optimum.status], stationary: none, evaluations: none, neighbours: none, margin: none };
      return { thresholds: thresholdTable([], [], 0), rules: rivalTable([], objective), summary };
    }
    const { thresholds, stationary, evaluations, neighbours } = optimum;
    const rivals: Rival[] = [
      { ...optimum, rule: 'optimal', C: null, alpha: null, spec: { kind: 'table', thresholds, d, K } },
      ...named({
        additive: bestMeanField(problem, additiveFamily(K, d, largestC)),
        multiplicative: bestMeanField(problem, multiplicativeFamily(K, d, largestAlpha, finest)),
        floored: bestMeanField(problem, flooredFamily(K, d, thresholds[0], largestAlpha, finest)),
      }),
    ];
    return {
      thresholds: thresholdTable(thresholds, rivals, thresholds.length),
      rules: rivalTable(rivals, objective),
      summary: {
        status: [optimum.status],
        stationary: [stationary],
        evaluations: [evaluations],
        neighbours: [neighbours.count],
        margin: [neighbours.margin],
      },
    };
  },
});
