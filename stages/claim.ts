import { Type } from '@sinclair/typebox';
import { defineStage, file, table } from '../src/engine/stage.ts';

const expression = (description: string) => Type.Optional(Type.String({ minLength: 1, description }));

export default defineStage({
  summary: 'Judge a claim by the rows of a table: supported, refuted or undecided',
  params: Type.Object(
    {
      where: expression('Rows that the claim speaks of; all when left out'),
      every: expression('Supported iff true on all rows'),
      some: expression('Supported iff true on some row'),
      refutes: expression('What speaks against the claim; the opposite of every or some when left out'),
      numbers: Type.Optional(
        Type.Record(Type.String(), Type.String(), { description: 'Aggregates of the rows to show with the verdict' }),
      ),
    },
    { additionalProperties: false },
  ),
  inputs: { rows: table() },
  outputs: { verdict: file('json') },
  check({ every, some }) {
    if ((every === undefined) !== (some === undefined)) return [];
    return [{ path: '', message: 'a claim’s test has exactly one of every and some' }];
  },
  async run({ params, inputs }) {
    const { judge } = await import('../src/tables/claimTest.ts');
    return { verdict: new TextEncoder().encode(`${JSON.stringify(judge(inputs.rows, params), null, 2)}\n`) };
  },
});
