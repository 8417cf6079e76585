import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planOf, problemsOf } from './fixture.ts';

const stage = (matrix: string, more = '') => `${more}stages:\n  s:\n    uses: join\n    matrix: ${matrix}\n`;
const ids = async (matrix: string, more = '') =>
  (await planOf(stage(matrix, more))).stages[0].cells.map(({ id }) => id);
const wrong = (matrix: string, more = '') => problemsOf(stage(matrix, more));

test('the first axis changes slowest', async () =>
  expect(await ids('{ C: [2, 3], lambda: [0.5, 0.75] }')).toEqual([
    'C=2,lambda=0.5',
    'C=2,lambda=0.75',
    'C=3,lambda=0.5',
    'C=3,lambda=0.75',
  ]));
test('ranges stand alone and in lists', async () =>
  expect(await ids('{ a: 1..3, b: [0.05..0.15 step 0.05, 1] }')).toHaveLength(12));
test('a whole axis may be a parameter', async () =>
  expect(await ids('{ a: "${params.list}" }', 'params: { list: [1, 4..5] }\n')).toEqual(['a=1', 'a=4', 'a=5']));
test('zipped axes change together', async () =>
  expect(await ids('{ zip: [{ C: 2, label: a b }, { C: 3, label: "x,y=z" }], K: [1] }')).toEqual([
    'C=2,label=a%20b,K=1',
    'C=3,label=x%2Cy%3Dz,K=1',
  ]));
test('dependent axes', async () =>
  expect(await ids('{ kind: [add, mul], alpha: { for: kind, add: [1], mul: [2, 3] } }')).toEqual([
    'kind=add,alpha=1',
    'kind=mul,alpha=2',
    'kind=mul,alpha=3',
  ]));
test('include adds and exclude takes away', async () =>
  expect(
    await ids(
      '{ a: [1, 2], b: [1, 2], exclude: [{ a: 1, b: 2 }, { a: 2 }], include: [{ a: 1, b: 2 }, { b: 9, a: 9 }] }',
    ),
  ).toEqual(['a=1,b=1', 'a=1,b=2', 'a=9,b=9']));

test('no axes, no values, nothing left', async () => {
  expect(await wrong('{}')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:6:5: the matrix has no axes
      6 |     matrix: {}
        |     ^^^^^^
      expected at least one axis, such as C: [2, 3]
    "
  `);
  expect(await wrong('{ C: [] }')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:6:18: axis "C" has no values
      6 |     matrix: { C: [] }
        |                  ^^
      expected at least one value
    "
  `);
  expect(await wrong('{ C: [1], exclude: [{ C: 1 }] }')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:6:5: the matrix is empty: everything is excluded
      6 |     matrix: { C: [1], exclude: [{ C: 1 }] }
        |     ^^^^^^
    "
  `);
  expect(await wrong('{ zip: [] }')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:6:20: \`zip\` has no points
      6 |     matrix: { zip: [] }
        |                    ^^
      expected at least one point
    "
  `);
  expect(await wrong('[1]')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:6:13: \`matrix\` must be a map, found a list
      6 |     matrix: [1]
        |             ^^^
      expected a map
    "
  `);
});

test('wrong axes', async () => {
  expect(await wrong('{ C: [1, "1"] }')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:6:22: axis "C" mixes types: 1 is a number, "1" a string
      6 |     matrix: { C: [1, "1"] }
        |                      ^^^
      expected a number
    "
  `);
  expect(await wrong('{ C: [1, 2, 1] }')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:6:25: axis "C" has the value 1 twice
      6 |     matrix: { C: [1, 2, 1] }
        |                         ^
    "
  `);
  expect(await wrong('{ C: [1..3, 2] }')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:6:25: axis "C" has the value 2 twice
      6 |     matrix: { C: [1..3, 2] }
        |                         ^
    "
  `);
  expect(await wrong('{ C: 3, D: [[1]], "a b": [1], E: [~] }')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:6:18: axis "C" is 3
      6 |     matrix: { C: 3, D: [[1]], "a b": [1], E: [~] }
        |                  ^
      expected a list, a range such as 0.05..0.95 step 0.05, or a reference to a list

    pipeline.yaml:6:25: a value of axis "D" is a list
      6 |     matrix: { C: 3, D: [[1]], "a b": [1], E: [~] }
        |                         ^^^
      expected a string, number or boolean

    pipeline.yaml:6:31: "a b" cannot name an axis
      6 |     matrix: { C: 3, D: [[1]], "a b": [1], E: [~] }
        |                               ^^^^^
      expected letters, digits and _

    pipeline.yaml:6:47: a value of axis "E" is nothing
      6 |     matrix: { C: 3, D: [[1]], "a b": [1], E: [~] }
        |                                               ^
      expected a string, number or boolean
    "
  `);
});

test('wrong ranges', async () => {
  expect(await wrong('{ a: 5..1, b: 0..1 step 0, c: 0.1...0.9, d: 1..2 stop 1 }')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:6:18: "5..1" is an empty range
      6 |     matrix: { a: 5..1, b: 0..1 step 0, c: 0.1...0.9, d: 1..2 stop 1 }
        |                  ^^^^
      expected a negative step, such as 5..1 step -1

    pipeline.yaml:6:27: "0..1 step 0" is a range with step 0
      6 |     matrix: { a: 5..1, b: 0..1 step 0, c: 0.1...0.9, d: 1..2 stop 1 }
        |                           ^^^^^^^^^^^
      expected a range such as 1..5 or 0.05..0.95 step 0.05

    pipeline.yaml:6:43: "0.1...0.9" is not a range
      6 |     matrix: { a: 5..1, b: 0..1 step 0, c: 0.1...0.9, d: 1..2 stop 1 }
        |                                           ^^^^^^^^^
      expected a range such as 1..5 or 0.05..0.95 step 0.05

    pipeline.yaml:6:57: "1..2 stop 1" is not a range
      6 |     matrix: { a: 5..1, b: 0..1 step 0, c: 0.1...0.9, d: 1..2 stop 1 }
        |                                                         ^^^^^^^^^^^
      expected a range such as 1..5 or 0.05..0.95 step 0.05
    "
  `);
  expect(await wrong('{ a: 1..1e9 }')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:6:18: "1..1e9" is a range of 1000000000 values
      6 |     matrix: { a: 1..1e9 }
        |                  ^^^^^^
      expected at most 1000000 values
    "
  `);
});

test('wrong zips and dependent axes', async () => {
  expect(await wrong('{ zip: [{ C: 2, l: a }, { C: 3, k: b }, { C: 2, l: a }] }')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:6:37: this point of \`zip\` lacks "l"
      6 |     matrix: { zip: [{ C: 2, l: a }, { C: 3, k: b }, { C: 2, l: a }] }
        |                                     ^^^^^^^^^^^^^^
      expected a value for every axis

    pipeline.yaml:6:45: unknown axis "k" in \`zip\`
      6 |     matrix: { zip: [{ C: 2, l: a }, { C: 3, k: b }, { C: 2, l: a }] }
        |                                             ^
      expected one of "C", "l"

    pipeline.yaml:6:53: the point C=2,l=a comes twice
      6 |     matrix: { zip: [{ C: 2, l: a }, { C: 3, k: b }, { C: 2, l: a }] }
        |                                                     ^^^^^^^^^^^^^^
    "
  `);
  expect(await wrong('{ kind: [add], alpha: { for: kid, add: [1] } }')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:6:42: axis "alpha" depends on "kid", which is no axis before it
      6 |     matrix: { kind: [add], alpha: { for: kid, add: [1] } }
        |                                          ^^^
      expected "kind"
      did you mean "kind"?
    "
  `);
  expect(await wrong('{ kind: [add, mul], alpha: { for: kind, ad: [1], mul: [2] } }')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:6:40: axis "alpha" has no values for kind = "add"
      6 |     matrix: { kind: [add, mul], alpha: { for: kind, ad: [1], mul: [2] } }
        |                                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    pipeline.yaml:6:53: "ad" is no value of axis "kind"
      6 |     matrix: { kind: [add, mul], alpha: { for: kind, ad: [1], mul: [2] } }
        |                                                     ^^
      expected one of "add", "mul"
      did you mean "add"?
    "
  `);
  expect(await wrong('{ alpha: { add: [1] } }')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:6:22: axis "alpha" is a map without \`for\`
      6 |     matrix: { alpha: { add: [1] } }
        |                      ^^^^^^^^^^^^
      expected a list, a range, or { for: <axis>, <its value>: [values], … }
    "
  `);
});

test('wrong include and exclude', async () => {
  expect(
    await wrong('{ C: [1], l: [2], include: [{ C: 1 }, { C: 1, l: 2 }, { C: 1, l: x }, { C: 1, m: 2 }] }'),
  ).toMatchInlineSnapshot(`
    "
    pipeline.yaml:6:41: this point of \`include\` lacks "l"
      6 |     matrix: { C: [1], l: [2], include: [{ C: 1 }, { C: 1, l: 2 }, { C: 1, l: x }, { C: 1, m: 2 }] }
        |                                         ^^^^^^^^
      expected a value for every axis

    pipeline.yaml:6:51: the point C=1,l=2 comes twice
      6 |     matrix: { C: [1], l: [2], include: [{ C: 1 }, { C: 1, l: 2 }, { C: 1, l: x }, { C: 1, m: 2 }] }
        |                                                   ^^^^^^^^^^^^^^

    pipeline.yaml:6:78: axis "l" mixes types: 2 is a number, "x" a string
      6 |     matrix: { C: [1], l: [2], include: [{ C: 1 }, { C: 1, l: 2 }, { C: 1, l: x }, { C: 1, m: 2 }] }
        |                                                                              ^
      expected a number

    pipeline.yaml:6:83: this point of \`include\` lacks "l"
      6 |     matrix: { C: [1], l: [2], include: [{ C: 1 }, { C: 1, l: 2 }, { C: 1, l: x }, { C: 1, m: 2 }] }
        |                                                                                   ^^^^^^^^^^^^^^
      expected a value for every axis

    pipeline.yaml:6:91: unknown axis "m" in \`include\`
      6 |     matrix: { C: [1], l: [2], include: [{ C: 1 }, { C: 1, l: 2 }, { C: 1, l: x }, { C: 1, m: 2 }] }
        |                                                                                           ^
      expected one of "C", "l"
    "
  `);
  expect(await wrong('{ lambda: [1], exclude: [{ lamda: 1 }, {}, 3] }')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:6:40: unknown axis "lamda" in \`exclude\`
      6 |     matrix: { lambda: [1], exclude: [{ lamda: 1 }, {}, 3] }
        |                                        ^^^^^
      expected "lambda"
      did you mean "lambda"?

    pipeline.yaml:6:52: \`exclude\` of {} would exclude everything
      6 |     matrix: { lambda: [1], exclude: [{ lamda: 1 }, {}, 3] }
        |                                                    ^^
      expected at least one axis

    pipeline.yaml:6:56: a point of \`exclude\` is 3
      6 |     matrix: { lambda: [1], exclude: [{ lamda: 1 }, {}, 3] }
        |                                                        ^
      expected a map such as { C: 2, lambda: 0.75 }
    "
  `);
});

test('too many cells', async () =>
  expect(await wrong('{ a: 1..1000, b: 1..1001 }')).toMatchInlineSnapshot(`
  "
  pipeline.yaml:6:5: the study has more than 1000000 cells
    6 |     matrix: { a: 1..1000, b: 1..1001 }
      |     ^^^^^^
    expected fewer points
  "
`));

test('ids tell cells apart', async () => {
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
    .filter((s) => !s.includes('${') && !s.includes('..'));
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(text, text), { minLength: 1, maxLength: 8, selector: JSON.stringify }),
      async (points) => {
        const zip = JSON.stringify(points.map(([a, b]) => ({ a, b })));
        expect(new Set(await ids(`{ zip: ${zip} }`)).size).toBe(points.length);
      },
    ),
    { numRuns: 40 },
  );
});

test('a thousand exclusions of several shapes take away what they name, and no more', async () => {
  const several = Array.from({ length: 1000 }, (_, k) => `{ a: ${k + 1}, b: ${(k % 20) + 1} }`).join(', ');
  const left = await ids(`{ a: 1..1000, b: 1..20, exclude: [${several}, { b: 3 }, { a: 7 }] }`);
  expect(new Set(left).size).toBe(20_000 - 1000 - (1000 - 50) - (20 - 2));
  expect(left).not.toContain('a=21,b=1');
  expect(left).toContain('a=21,b=2');
});

test('a number is excluded by the number, not by a text that looks like it', async () => {
  expect(await ids('{ a: [1, 2], b: ["1", x], exclude: [{ b: 1 }] }')).toHaveLength(4);
  expect(await ids('{ a: [1, 2], b: ["1", x], exclude: [{ b: "1" }] }')).toHaveLength(2);
});
