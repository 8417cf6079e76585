import { Type } from '@sinclair/typebox';
import { defineStage, table } from '../src/engine/stage.ts';
import { toNumber } from '../src/science/numeric/rational.ts';
import { makePolicy } from '../src/science/policy/policy.ts';
import { noMigrationFraction, noMigrationLimit, noMigrationRegion } from '../src/science/policy/regions.ts';
import { checkPolicy, PolicyParameter } from './parameters/policy.ts';

export default defineStage({
  summary: 'Where two queues migrate under a policy, and the fraction of states in which none does',
  params: Type.Object(
    {
      policy: PolicyParameter,
      size: Type.Integer({
        default: 20,
        minimum: 2,
        maximum: 1000,
        description: 'States with both queues shorter than this',
      }),
      sizes: Type.Array(Type.Integer({ minimum: 1, maximum: 1_000_000 }), {
        default: [10, 100, 1000, 10_000],
        description: 'Sizes of growing boxes for the fraction without migration',
      }),
    },
    { additionalProperties: false },
  ),
  inputs: {},
  outputs: {
    states: table({ q1: 'int32', q2: 'int32', migrates: 'bool', origin: 'utf8' }),
    fractions: table({ size: 'int32', fraction: 'float64', limit: 'float64' }),
  },
  check: ({ policy }) => checkPolicy(policy),
  run({ params: { policy: spec, size, sizes } }) {
    const policy = makePolicy(spec);
    const rows = noMigrationRegion({ policy, size });
    const fractions = noMigrationFraction({ policy, sizes });
    const limit = toNumber(noMigrationLimit(policy));
    return {
      states: {
        q1: rows.map((row) => row.q1),
        q2: rows.map((row) => row.q2),
        migrates: rows.map((row) => row.migrates !== 'none'),
        origin: rows.map((row) => row.migrates),
      },
      fractions: {
        size: fractions.map((row) => row.size),
        fraction: fractions.map((row) => row.fraction),
        limit: fractions.map(() => limit),
      },
    };
  },
});
