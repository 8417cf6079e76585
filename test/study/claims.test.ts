import { expect, test } from 'vitest';
import { planOf, problemsOf } from './fixture.ts';

const ROWS = 'stages:\n  rows: { uses: join, matrix: { C: [2, 3] } }\n';

test('a claim becomes a stage that tests it', async () => {
  const plan = await planOf(`params: { from: 6 }
${ROWS}claims:
  lighter:
    says: Tails are lighter
    source: Figure 4
    note: From i = 6 on
    test: { rows: { from: rows.table, where: { C: 2 } }, where: "d => d.i >= \${params.from}", every: "d => d.hi < d.none" }
`);
  expect(plan.claims).toEqual([
    {
      id: 'lighter',
      says: 'Tails are lighter',
      source: 'Figure 4',
      note: 'From i = 6 on',
      place: { file: 'pipeline.yaml', line: 7, column: 3 },
    },
  ]);
  expect(plan.stages[1]).toMatchObject({
    name: 'claim:lighter',
    uses: 'driftline:claim',
    cells: [
      {
        id: '',
        params: { where: 'd => d.i >= 6', every: 'd => d.hi < d.none' },
        inputs: { rows: { from: 'stage', stage: 'rows', output: 'table', where: { C: 2 } } },
      },
    ],
  });
  expect(plan.chapters).toEqual([{ file: 'pipeline.yaml', title: 'test', stages: ['rows'], claims: ['lighter'] }]);
});

test('what is wrong with claims', async () =>
  expect(
    await problemsOf(`${ROWS}claims:
  a: { says: A, test: { rows: rows.tabel, every: x } }
  b: { test: { rows: rows.table, every: x, some: y } }
  c: { says: [C], sorce: x, test: { rows: rows.table } }
  d: { says: D }
  e: { says: E, test: { every: x } }
  f: { says: F, test: { rows: rows.table, evry: x, numbers: { n: 1 } } }
  g: { says: G, test: every }
  "h i": { says: H }
  i: x
`),
  ).toMatchInlineSnapshot(`
    "
    pipeline.yaml:6:36: stage "rows" has no output "tabel"
      6 |   a: { says: A, test: { rows: rows.tabel, every: x } }
        |                                    ^^^^^
      expected one of "table", "log"
      did you mean "table"?

    pipeline.yaml:7:3: claim "b" lacks \`says\`
      7 |   b: { test: { rows: rows.table, every: x, some: y } }
        |   ^
      expected says: <the sentence that is tested>

    pipeline.yaml:7:14: a test has exactly one of every and some
      7 |   b: { test: { rows: rows.table, every: x, some: y } }
        |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    pipeline.yaml:8:14: \`says\` of claim "c" must be text, found a list
      8 |   c: { says: [C], sorce: x, test: { rows: rows.table } }
        |              ^^^
      expected text

    pipeline.yaml:8:19: unknown key "sorce" in claim "c"
      8 |   c: { says: [C], sorce: x, test: { rows: rows.table } }
        |                   ^^^^^
      expected one of "says", "source", "note", "test"
      did you mean "source"?

    pipeline.yaml:8:35: a test has exactly one of every and some
      8 |   c: { says: [C], sorce: x, test: { rows: rows.table } }
        |                                   ^^^^^^^^^^^^^^^^^^^^

    pipeline.yaml:9:3: claim "d" lacks \`test\`
      9 |   d: { says: D }
        |   ^
      expected test: { rows: <stage>.<output>, every: <expression> }

    pipeline.yaml:10:17: \`test\` of claim "e" lacks \`rows\`
      10 |   e: { says: E, test: { every: x } }
         |                 ^^^^
      expected rows: <stage>.<output>

    pipeline.yaml:11:43: unknown key "evry" in \`test\`
      11 |   f: { says: F, test: { rows: rows.table, evry: x, numbers: { n: 1 } } }
         |                                           ^^^^
      expected one of "where", "every", "some", "refutes", "numbers"
      did you mean "every"?

    pipeline.yaml:11:66: "numbers.n" is 1
      11 |   f: { says: F, test: { rows: rows.table, evry: x, numbers: { n: 1 } } }
         |                                                                  ^
      expected text

    pipeline.yaml:12:23: \`test\` of claim "g" is "every"
      12 |   g: { says: G, test: every }
         |                       ^^^^^
      expected { rows: <stage>.<output>, every: <expression> }

    pipeline.yaml:13:3: "h i" cannot name a claim
      13 |   "h i": { says: H }
         |   ^^^^^
      expected letters, digits, - and _, at most 100

    pipeline.yaml:14:6: claim "i" must be a map, found "x"
      14 |   i: x
         |      ^
      expected a map
    "
  `));
