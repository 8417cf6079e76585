import { Type } from '@sinclair/typebox';
import { defineStage, table } from '../src/engine/stage.ts';
import {
  additiveFamily,
  bestPair,
  flooredFamily,
  type Member,
  multiplicativeFamily,
} from '../src/science/control/families.ts';
import { optimalBoundary } from '../src/science/control/optimalBoundary.ts';
import { checkControl, familyParameters, KParameter, ObjectiveParameter } from './parameters/control.ts';
import { LambdaParameter } from './parameters/lambda.ts';
import { named, type Rival, rivalColumns, rivalTable, ruleColumns, thresholdTable } from './statistics/rivals.ts';

export default defineStage({
  summary: 'The optimal decision boundary of two queues by policy iteration, beside the best member of each family',
  params: Type.Object(
    {
      lambda: LambdaParameter,
      K: KParameter,
      d: Type.Union([Type.Integer({ minimum: 1, maximum: 52 }), Type.Literal('all')], {
        default: 'all',
        description: 'Queues sampled with replacement, or all',
      }),
      objective: ObjectiveParameter,
      tolerance: Type.Number({
        default: 1e-8,
        minimum: 1e-13,
        maximum: 1e-4,
        description: 'Largest probability that a queue stands at the edge of the box',
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
      isThreshold: 'bool',
      isMonotone: 'bool',
      depth: 'int32',
      gap: 'float64',
      edgeMass: 'float64',
      change: 'float64',
      levels: 'int32',
      iterations: 'int32',
    }),
  },
  check: checkControl,
  run({ params: { lambda, K, d, objective, tolerance, largestC, largestAlpha, finest }, progress }) {
    const optimum = optimalBoundary({ lambda, K, d, objective, tolerance });
    if (optimum.status !== 'optimal') {
      const none = [null];
      const summary = {
        status: [optimum.status],
        isThreshold: none,
        isMonotone: none,
        depth: none,
        gap: none,
        edgeMass: [optimum.edgeMass],
        change: none,
        levels: [optimum.levels],
        iterations: none,
      };
      return { thresholds: thresholdTable([], [], 0), rules: rivalTable([], objective), summary };
    }
    progress(1 / 4);
    const { shape, model } = optimum;
    const [floor = K, first = largestAlpha] = shape.thresholds;
    const best = (family: Member[]) => bestPair(model, family, objective, tolerance);
    const multiplicative = best(multiplicativeFamily(K, d, largestAlpha, finest));
    const rivals: Rival[] = [
      { ...optimum, rule: 'optimal', C: null, alpha: null, spec: null },
      ...named({
        additive: best(additiveFamily(K, d, largestC)),
        multiplicative,
        // With the floor K these are the same policies; with another, α is near the slope that the optimum begins with.
        floored:
          floor === K ? multiplicative : best(flooredFamily(K, d, floor, Math.min(largestAlpha, first + 2), finest)),
      }),
    ];
    return {
      thresholds: thresholdTable(shape.thresholds, rivals, shape.thresholds.length),
      rules: rivalTable(rivals, objective),
      summary: {
        status: [optimum.status],
        isThreshold: [shape.isThreshold],
        isMonotone: [shape.isMonotone],
        depth: [shape.depth],
        gap: [optimum.gap],
        edgeMass: [optimum.edgeMass],
        change: [optimum.change],
        levels: [optimum.model.levels],
        iterations: [optimum.iterations],
      },
    };
  },
});
