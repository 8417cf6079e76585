import { Type } from '@sinclair/typebox';
import { defineStage, table } from '../src/engine/stage.ts';
import { readVerbs } from '../src/tables/readVerbs.ts';
import type { Table } from '../src/tables/table.ts';

const columnType = Type.Union(
  ['int32', 'float64', 'utf8', 'bool'].map((type) => Type.Literal(type as 'int32' | 'float64' | 'utf8' | 'bool')),
);

export default defineStage({
  summary: 'Join, derive, filter and summarise tables with Arquero’s verbs and expressions',
  params: Type.Object(
    {
      from: Type.Optional(
        Type.String({ description: 'The input that the verbs start from; default: the only one that no verb joins' }),
      ),
      verbs: Type.Array(Type.Unknown(), {
        description: 'Arquero verbs in order, such as { join_left: { with: predicted, on: [C, i] } }',
      }),
      columns: Type.Optional(
        Type.Record(Type.String(), columnType, { description: 'Types of output columns that should not be inferred' }),
      ),
    },
    { additionalProperties: false },
  ),
  inputs: {},
  otherInputs: table(),
  outputs: { table: table() },
  check({ verbs }) {
    // Which inputs there are is not known here; their names are checked when the verbs run.
    const { problems } = readVerbs(verbs, null);
    return problems.map(({ keys, message }) => ({ path: keys.map((key) => `/${key}`).join(''), message }));
  },
  async run({ params, inputs }) {
    // Arquero takes long to load, and reading a study needs only the check above.
    const { applyVerbs } = await import('../src/tables/verbs.ts');
    const tables = inputs as Readonly<Record<string, Table>>;
    return { table: applyVerbs(tables, params.from, params.verbs, params.columns) };
  },
});
