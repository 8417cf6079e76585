import { Type } from '@sinclair/typebox';
import { defineStage, file, table } from '../src/engine/stage.ts';
import { concatenate, type Part } from '../src/tables/concatenate.ts';
import { toCsv } from '../src/tables/csv.ts';
import type { Table } from '../src/tables/table.ts';

export default defineStage({
  summary: 'Stack the tables of a stage’s cells, with the matrix axes as the first columns',
  params: Type.Object(
    {
      parts: Type.Array(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])), {
        description: 'Axis values of the inputs named 0, 1, …',
      }),
    },
    { additionalProperties: false },
  ),
  inputs: {},
  otherInputs: table(),
  outputs: { table: table(), csv: file('csv'), parquet: file('parquet') },
  async run({ params, inputs }) {
    // By name: parameters are a mapping, and the order in which a mapping is written is not part of its value.
    const sorted = (axes: Part['axes']) =>
      Object.fromEntries(
        Object.keys(axes)
          .sort()
          .map((axis) => [axis, axes[axis]]),
      );
    const gathered = concatenate(
      params.parts.map((axes, index) => ({ axes: sorted(axes), table: inputs[String(index)] as Table })),
    );
    const { toParquet } = await import('../src/tables/parquet.ts');
    return { table: gathered, csv: new TextEncoder().encode(toCsv(gathered)), parquet: toParquet(gathered) };
  },
});
