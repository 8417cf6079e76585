import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatProblem } from '../../src/study/problems.ts';
import { readStudy } from '../../src/study/read.ts';
import { HEAD, inFolder, kinds, planOf, problemsOf } from './fixture.ts';

const SOURCE = `stages:
  tails: { uses: simulate, matrix: { C: [2, 3], kind: [a, b] }, with: { n: 1, lambda: 0.5 } }
  plain: { uses: simulate, with: { n: 1, lambda: 0.5 } }
`;

test('inputs are bound to outputs, cells and files', async () => {
  const rows = `{ from: tails.tails, where: { C: "\${matrix.C}" } }`;
  const { stages } = await planOf({
    'pipeline.yaml': `${HEAD}${SOURCE}  use: { uses: join, matrix: { C: [2, 3] }, inputs: { rows: ${rows}, all: tails.summary, data: ./data.csv } }\n`,
    'data.csv': 'x\n1\n',
  });
  expect(stages[2].cells.map(({ inputs }) => inputs)).toEqual(
    [2, 3].map((C) => ({
      rows: { from: 'stage', stage: 'tails', output: 'tails', where: { C } },
      all: { from: 'stage', stage: 'tails', output: 'summary' },
      data: { from: 'file', path: 'data.csv' },
    })),
  );
});

test('stages come after their inputs, else as declared', async () => {
  const yaml = `stages:
  z: { uses: join, inputs: { a: y.table, b: x.table } }
  y: { uses: join, inputs: { a: w.table } }
  x: { uses: join }
  w: { uses: join }
`;
  expect((await planOf(yaml)).stages.map(({ name }) => name)).toEqual(['x', 'w', 'y', 'z']);
});

test('unknown stages, outputs and axes', async () =>
  expect(
    await problemsOf(`${SOURCE}  use:
    uses: join
    inputs:
      a: tals.tails
      b: tails.tail
      c: data.csv.gz
      d: { from: tails.tails, where: { c: 2 } }
      e: { from: tails.tails, where: { C: 4 } }
      f: { from: plain.tails, where: { C: 4 } }
      g: { from: tails.tails, were: {} }
      h: [1]
      i: { where: { C: 2 } }
      j: tails
      k: { from: tails.tails, where: { C: [2] } }
      l: { from: tails.tails, where: { C: 2, kind: c } }
`),
  ).toMatchInlineSnapshot(`
    "
    pipeline.yaml:9:10: unknown stage "tals"
      9 |       a: tals.tails
        |          ^^^^
      expected one of "tails", "plain", "use"
      did you mean "tails"?

    pipeline.yaml:10:16: stage "tails" has no output "tail"
      10 |       b: tails.tail
         |                ^^^^
      expected one of "tails", "summary"
      did you mean "tails"?

    pipeline.yaml:11:10: input "c" is "data.csv.gz"
      11 |       c: data.csv.gz
         |          ^^^^^^^^^^^
      expected <stage>.<output>, or the path of a file with a slash, such as ./data.csv

    pipeline.yaml:12:40: unknown key "c" in \`where\`
      12 |       d: { from: tails.tails, where: { c: 2 } }
         |                                        ^
      expected one of "C", "kind"
      did you mean "C"?

    pipeline.yaml:13:38: no cell of stage "tails" has C=4
      13 |       e: { from: tails.tails, where: { C: 4 } }
         |                                      ^^^^^^^^
      expected C among 2, 3

    pipeline.yaml:14:38: stage "plain" has no matrix to choose cells from
      14 |       f: { from: plain.tails, where: { C: 4 } }
         |                                      ^^^^^^^^
      expected no \`where\`

    pipeline.yaml:15:31: unknown key "were" in input "g"
      15 |       g: { from: tails.tails, were: {} }
         |                               ^^^^
      expected one of "from", "where"
      did you mean "where"?

    pipeline.yaml:16:10: input "h" is a list
      16 |       h: [1]
         |          ^^^
      expected <stage>.<output>, or the path of a file with a slash, such as ./data.csv

    pipeline.yaml:17:10: input "i" lacks \`from\`
      17 |       i: { where: { C: 2 } }
         |          ^^^^^^^^^^^^^^^^^^^
      expected from: <stage>.<output>, or the path of a file with a slash, such as ./data.csv

    pipeline.yaml:18:10: input "j" is "tails"
      18 |       j: tails
         |          ^^^^^
      expected <stage>.<output>, or the path of a file with a slash, such as ./data.csv

    pipeline.yaml:19:43: "C" in \`where\` is a list
      19 |       k: { from: tails.tails, where: { C: [2] } }
         |                                           ^^^
      expected a string, number or boolean

    pipeline.yaml:20:38: no cell of stage "tails" has C=2, kind=c
      20 |       l: { from: tails.tails, where: { C: 2, kind: c } }
         |                                      ^^^^^^^^^^^^^^^^^
    "
  `));

test('a where that depends on the cell names the first cell', async () =>
  expect(
    await problemsOf(
      `${SOURCE}  use: { uses: join, matrix: { D: 2..6 }, inputs: { a: { from: tails.tails, where: { C: "\${matrix.D}" } } } }\n`,
    ),
  ).toMatchInlineSnapshot(`
    "
    pipeline.yaml:6:84: no cell of stage "tails" has C=4 (cell D=4 and 2 more)
      6 | …ses: join, matrix: { D: 2..6 }, inputs: { a: { from: tails.tails, where: { C: "\${matrix.D}" } } } …
        |                                                                           ^^^^^^^^^^^^^^^^^^^^
      expected C among 2, 3
    "
  `));

test('inputs that a kind does not have, lacks or cannot take', async () =>
  expect(
    await problemsOf(`${SOURCE}  j: { uses: join }
  f: { uses: figure, with: { spec: ./pipeline.yaml }, inputs: { row: plain.tails } }
  g: { uses: figure, with: { spec: ./pipeline.yaml }, inputs: { rows: j.log, style: j.table } }
  h: { uses: simulate, with: { n: 1, lambda: 0.5 }, inputs: { x: j.table } }
  i: { uses: figure, with: { spec: ./pipeline.yaml }, inputs: { rows: ./pipeline.yaml } }
  k: { run: [x], outputs: { o: { path: o.csv, columns: { j: int32 } } } }
  l: { uses: figure, with: { spec: ./pipeline.yaml }, inputs: { rows: k.o } }
`),
  ).toMatchInlineSnapshot(`
    "
    pipeline.yaml:7:55: stage "f" lacks the input "rows"
      7 |   f: { uses: figure, with: { spec: ./pipeline.yaml }, inputs: { row: plain.tails } }
        |                                                       ^^^^^^
      expected rows: <stage>.<output>

    pipeline.yaml:7:65: the kind "figure" has no input "row"
      7 |   f: { uses: figure, with: { spec: ./pipeline.yaml }, inputs: { row: plain.tails } }
        |                                                                 ^^^
      expected one of "rows", "style"
      did you mean "rows"?

    pipeline.yaml:8:71: input "rows" takes a table, and "j.log" is a .txt file
      8 |   g: { uses: figure, with: { spec: ./pipeline.yaml }, inputs: { rows: j.log, style: j.table } }
        |                                                                       ^^^^^

    pipeline.yaml:8:85: input "style" takes a .json file, and "j.table" is a table
      8 |   g: { uses: figure, with: { spec: ./pipeline.yaml }, inputs: { rows: j.log, style: j.table } }
        |                                                                                     ^^^^^^^

    pipeline.yaml:9:63: the kind "simulate" has no input "x"
      9 |   h: { uses: simulate, with: { n: 1, lambda: 0.5 }, inputs: { x: j.table } }
        |                                                               ^
      expected no inputs

    pipeline.yaml:10:71: input "rows" takes a table, and "./pipeline.yaml" is none
      10 |   i: { uses: figure, with: { spec: ./pipeline.yaml }, inputs: { rows: ./pipeline.yaml } }
         |                                                                       ^^^^^^^^^^^^^^^
      expected a file ending in .csv, .arrow, .json

    pipeline.yaml:12:71: input "rows" needs column "i", which "k.o" lacks
      12 |   l: { uses: figure, with: { spec: ./pipeline.yaml }, inputs: { rows: k.o } }
         |                                                                       ^^^
    "
  `));

test('circles are named whole, each once', async () =>
  expect(
    await problemsOf(`stages:
  a: { uses: join, inputs: { x: c.table } }
  b: { uses: join, inputs: { x: a.table } }
  c: { uses: join, inputs: { x: b.table, y: d.table } }
  d: { uses: join, inputs: { x: d.table } }
  e: { uses: join, inputs: { x: a.table } }
`),
  ).toMatchInlineSnapshot(`
    "
    pipeline.yaml:4:33: stages need one another in a circle: a → b → c → a
      4 |   a: { uses: join, inputs: { x: c.table } }
        |                                 ^^^^^^^
      expected every stage to come before those that use it

    pipeline.yaml:7:33: stages need one another in a circle: d → d
      7 |   d: { uses: join, inputs: { x: d.table } }
        |                                 ^^^^^^^
      expected every stage to come before those that use it
    "
  `));

test('files that are missing or outside', async () =>
  expect(
    await problemsOf({
      'pipeline.yaml': `${HEAD}include: [chapters/one.yaml]\n`,
      'chapters/one.yaml': `stages:
  s:
    uses: join
    inputs:
      a: ./missing.csv
      b: ../../etc/passwd
      c: /etc/passwd
      d: ..\\x.csv
      e: ../chapters/
      f: C:/x.csv
  f: { uses: figure, with: { spec: figures/f.json }, inputs: { rows: ./x.txt } }
`,
      'chapters/x.txt': '',
    }),
  ).toMatchInlineSnapshot(`
    "
    chapters/one.yaml:5:10: "./missing.csv" does not exist
      5 |       a: ./missing.csv
        |          ^^^^^^^^^^^^^
      expected a file at chapters/missing.csv

    chapters/one.yaml:6:10: "../../etc/passwd" leaves the study’s folder
      6 |       b: ../../etc/passwd
        |          ^^^^^^^^^^^^^^^^
      expected a path inside the study’s folder, relative to this file

    chapters/one.yaml:7:10: "/etc/passwd" is an absolute path
      7 |       c: /etc/passwd
        |          ^^^^^^^^^^^
      expected a path inside the study’s folder, relative to this file

    chapters/one.yaml:8:10: "..\\\\x.csv" has a backslash
      8 |       d: ..\\x.csv
        |          ^^^^^^^^
      expected a path with forward slashes

    chapters/one.yaml:9:10: "../chapters/" is not a file
      9 |       e: ../chapters/
        |          ^^^^^^^^^^^^

    chapters/one.yaml:10:10: "C:/x.csv" is an absolute path
      10 |       f: C:/x.csv
         |          ^^^^^^^^
      expected a path inside the study’s folder, relative to this file

    chapters/one.yaml:11:36: "figures/f.json" does not exist
      11 |   f: { uses: figure, with: { spec: figures/f.json }, inputs: { rows: ./x.txt } }
         |                                    ^^^^^^^^^^^^^^
      expected a file at chapters/figures/f.json

    chapters/one.yaml:11:70: input "rows" takes a table, and "./x.txt" is none
      11 |   f: { uses: figure, with: { spec: figures/f.json }, inputs: { rows: ./x.txt } }
         |                                                                      ^^^^^^^
      expected a file ending in .csv, .arrow, .json
    "
  `));

test('a link does not lead outside', () =>
  inFolder({ 'pipeline.yaml': `${HEAD}stages: { s: { uses: join, inputs: { a: ./link.csv } } }\n` }, async (root) => {
    symlinkSync('/etc/hostname', join(root, 'link.csv'));
    const result = await readStudy({ root, kinds });
    expect('problems' in result && result.problems.map(formatProblem).join('\n')).toMatchInlineSnapshot(`
      "pipeline.yaml:3:41: "./link.csv" leaves the study’s folder through a link
        3 | stages: { s: { uses: join, inputs: { a: ./link.csv } } }
          |                                         ^^^^^^^^^^
        expected a path inside the study’s folder, relative to this file"
    `);
  }));

test('a stage that is declared but wrong is not unknown', async () =>
  expect(
    await problemsOf(
      'stages:\n  a: 3\n  b: { uses: nowhere }\n  c: { uses: join, inputs: { x: a.table, y: b.table } }\n',
    ),
  ).toMatchInlineSnapshot(`
    "
    pipeline.yaml:4:6: stage "a" must be a map, found 3
      4 |   a: 3
        |      ^
      expected a map

    pipeline.yaml:5:14: unknown kind of stage "nowhere"
      5 |   b: { uses: nowhere }
        |              ^^^^^^^
      expected one of "figure", "join", "simulate"
    "
  `));
