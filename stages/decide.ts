import { Type } from '@sinclair/typebox';
import { defineStage, file, optional, table } from '../src/engine/stage.ts';
import { lookAt } from '../src/science/stats/sequential.ts';
import { DECISION_COLUMNS } from '../src/tables/decisionColumns.ts';
import type { Table } from '../src/tables/table.ts';

export default defineStage({
  summary: 'Look at replicates in their order and decide whether more are needed',
  params: Type.Object(
    {
      column: Type.String({ description: 'The metric, a column of the replicates’ tables of one row' }),
      width: Type.Union([
        Type.Object({ relative: Type.Number({ exclusiveMinimum: 0 }) }, { additionalProperties: false }),
        Type.Object({ absolute: Type.Number({ exclusiveMinimum: 0 }) }, { additionalProperties: false }),
      ]),
      confidence: Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 }),
      look: Type.Integer({ minimum: 1, description: 'Which look this is' }),
      looks: Type.Array(Type.Integer({ minimum: 2 }), {
        minItems: 1,
        description: 'Replicates at each look that is planned',
      }),
    },
    { additionalProperties: false },
  ),
  inputs: {},
  otherInputs: table(),
  outputs: {
    decision: table(DECISION_COLUMNS),
    // Left out where the replicates are enough: the record of the action itself tells what was decided.
    more: optional(file('txt')),
  },
  run({ params: { column, width, confidence, look, looks }, inputs }) {
    const replicates = inputs.replicates as unknown as readonly Table[];
    const values = replicates.map((replicate, at) => metricOf(replicate, column, at));
    const {
      n,
      mean,
      halfWidth,
      relative,
      confidence: nominal,
      isNarrow,
    } = lookAt(values, { width, confidence, looks });
    const verdict = isNarrow ? 'stop' : look < looks.length ? 'go on' : 'max reached';
    return {
      decision: {
        look: [look],
        replicates: [n],
        mean: [mean],
        halfWidth: [halfWidth],
        relative: [Number.isFinite(relative) ? relative : null],
        confidence: [nominal],
        verdict: [verdict],
      },
      ...(verdict === 'go on' && { more: new TextEncoder().encode('more replicates are needed\n') }),
    };
  },
});

function metricOf({ rows, columns }: Table, column: string, replicate: number): number {
  if (rows !== 1)
    throw new Error(`replicate ${replicate} gives ${rows} rows with ${column}; a metric is in a table’s only row`);
  const value = columns[column]?.[0];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const found = value === undefined ? 'no such column' : value === null ? 'a missing value' : String(value);
  throw new Error(`replicate ${replicate} gives no number for ${column} but ${found}, so no interval can be had`);
}
