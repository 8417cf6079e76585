import { expect, test } from 'vitest';
import { problemsOf } from './fixture.ts';

const raw = (text: string | Uint8Array) => problemsOf({ 'pipeline.yaml': text });

test('a missing main file', async () =>
  expect(await problemsOf({})).toMatchInlineSnapshot(`
  "
  pipeline.yaml:1:1: the study’s file "pipeline.yaml" does not exist
    expected a file at pipeline.yaml
  "
`));
test('a file that is not UTF-8', async () =>
  expect(await raw(new Uint8Array([0x61, 0xff]))).toMatchInlineSnapshot(`
  "
  pipeline.yaml:1:1: this file is not UTF-8 text
  "
`));
test('an empty file', async () =>
  expect(await raw('')).toMatchInlineSnapshot(`
  "
  pipeline.yaml:1:1: the study must be a map, found nothing
    expected a map
  "
`));
test('a list for a study', async () =>
  expect(await raw('- 1\n')).toMatchInlineSnapshot(`
  "
  pipeline.yaml:1:1: the study must be a map, found a list
    1 | - 1
      | ^^^
    expected a map
  "
`));
test('broken syntax, all of it', async () =>
  expect(await raw('driftline: 1\nstudy: "x\nparams: {a: [1, 2}\n')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:2:8: missing closing "quote
      2 | study: "x
        |        ^
    "
  `));
test('wrong indentation', async () =>
  expect(await raw('driftline: 1\nstudy: a: b\n')).toMatchInlineSnapshot(`
  "
  pipeline.yaml:2:8: nested mappings are not allowed in compact mappings
    2 | study: a: b
      |        ^
  "
`));
test('several documents', async () =>
  expect(await raw('driftline: 1\nstudy: x\n---\na: 1\n')).toMatchInlineSnapshot(`
  "
  pipeline.yaml:3:1: a second YAML document
    3 | ---
      | ^^^
    expected one document in a file
  "
`));
test('a directive', async () =>
  expect(await raw('%YAML 1.1\n---\ndriftline: 1\n')).toMatchInlineSnapshot(`
  "
  pipeline.yaml:1:1: YAML directives (%) are not part of a study
    1 | %YAML 1.1
      | ^
  "
`));
test('tags', async () =>
  expect(await problemsOf('params: { a: !!js/function "x", b: !mine { c: 1 }, c: !!str 5 }\n')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:3:15: YAML tags (!) are not part of a study
      3 | params: { a: !!js/function "x", b: !mine { c: 1 }, c: !!str 5 }
        |               ^^^^^^^^^^^^^

    pipeline.yaml:3:36: YAML tags (!) are not part of a study
      3 | params: { a: !!js/function "x", b: !mine { c: 1 }, c: !!str 5 }
        |                                    ^^^^^^

    pipeline.yaml:3:56: YAML tags (!) are not part of a study
      3 | params: { a: !!js/function "x", b: !mine { c: 1 }, c: !!str 5 }
        |                                                        ^^^^^
    "
  `));
test('merge keys', async () =>
  expect(await problemsOf('params:\n  a: &a { x: 1 }\n  b:\n    <<: *a\n')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:6:5: merge keys (<<) are not part of a study
      6 |     <<: *a
        |     ^^
      expected the keys written out, or a reference to a parameter
    "
  `));
test('duplicate keys', async () =>
  expect(await problemsOf('params:\n  n: 1\n  m: 2\n  n: 3\n')).toMatchInlineSnapshot(`
  "
  pipeline.yaml:6:3: duplicate key "n"
    6 |   n: 3
      |   ^
  "
`));
test('reserved keys', async () =>
  expect(
    await problemsOf('params:\n  __proto__: { polluted: 1 }\n  constructor: 1\n  prototype: 2\n'),
  ).toMatchInlineSnapshot(`
    "
    pipeline.yaml:4:3: the key "__proto__" is reserved
      4 |   __proto__: { polluted: 1 }
        |   ^^^^^^^^^

    pipeline.yaml:5:3: the key "constructor" is reserved
      5 |   constructor: 1
        |   ^^^^^^^^^^^

    pipeline.yaml:6:3: the key "prototype" is reserved
      6 |   prototype: 2
        |   ^^^^^^^^^
    "
  `));
test('keys that are no strings', async () =>
  expect(await problemsOf('params:\n  ? [a, b]\n  : 1\n')).toMatchInlineSnapshot(`
  "
  pipeline.yaml:4:5: a key must be a string
    4 |   ? [a, b]
      |     ^
  "
`));
test('aliases without anchor and within themselves', async () =>
  expect(await problemsOf('params:\n  a: *nowhere\n  b: &b [*b]\n')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:4:6: alias *nowhere has no anchor &nowhere before it
      4 |   a: *nowhere
        |      ^^^^^^^^

    pipeline.yaml:5:10: alias *b contains itself
      5 |   b: &b [*b]
        |          ^^
    "
  `));
test('numbers that a double does not hold', async () =>
  expect(
    await problemsOf('params: [9007199254740993, 1.00000000000000000001, .inf, .nan, 1e999, 1e-999, 1e20]\n'),
  ).toMatchInlineSnapshot(`
    "
    pipeline.yaml:3:10: numbers from 2^53 on lose digits: "9007199254740993"
      3 | params: [9007199254740993, 1.00000000000000000001, .inf, .nan, 1e999, 1e-999, 1e20]
        |          ^^^^^^^^^^^^^^^^
      expected a number that a double holds; write others as a string

    pipeline.yaml:3:28: more than 17 significant digits: "1.00000000000000000001"
      3 | params: [9007199254740993, 1.00000000000000000001, .inf, .nan, 1e999, 1e-999, 1e20]
        |                            ^^^^^^^^^^^^^^^^^^^^^^
      expected a number that a double holds; write others as a string

    pipeline.yaml:3:52: not a finite number: ".inf"
      3 | params: [9007199254740993, 1.00000000000000000001, .inf, .nan, 1e999, 1e-999, 1e20]
        |                                                    ^^^^
      expected a number that a double holds; write others as a string

    pipeline.yaml:3:58: not a finite number: ".nan"
      3 | params: [9007199254740993, 1.00000000000000000001, .inf, .nan, 1e999, 1e-999, 1e20]
        |                                                          ^^^^
      expected a number that a double holds; write others as a string

    pipeline.yaml:3:64: not a finite number: "1e999"
      3 | params: [9007199254740993, 1.00000000000000000001, .inf, .nan, 1e999, 1e-999, 1e20]
        |                                                                ^^^^^
      expected a number that a double holds; write others as a string

    pipeline.yaml:3:71: too small for a double: "1e-999"
      3 | params: [9007199254740993, 1.00000000000000000001, .inf, .nan, 1e999, 1e-999, 1e20]
        |                                                                       ^^^^^^
      expected a number that a double holds; write others as a string

    pipeline.yaml:3:79: numbers from 2^53 on lose digits: "1e20"
      3 | params: [9007199254740993, 1.00000000000000000001, .inf, .nan, 1e999, 1e-999, 1e20]
        |                                                                               ^^^^
      expected a number that a double holds; write others as a string
    "
  `));
test('nesting deeper than 64', async () =>
  expect(await problemsOf(`params: { a: ${'['.repeat(63)}${']'.repeat(63)} }\n`)).toMatchInlineSnapshot(`
    "
    pipeline.yaml:3:76: nested deeper than 64 levels
      3 | …[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]…
        |                                          ^^
    "
  `));
test('nesting that would overflow the stack', async () =>
  expect(await problemsOf(`params: ${'['.repeat(100_000)}\n`)).toMatchInlineSnapshot(`
  "
  pipeline.yaml:3:208: nested deeper than 64 levels
    3 | …[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[…
      |                                          ^
  "
`));
test('a file of more than a megabyte', async () =>
  expect(await raw(`# ${'x'.repeat(1_000_000)}`)).toMatchInlineSnapshot(`
  "
  pipeline.yaml:1:1: this file is larger than 1000000 bytes
  "
`));

test('a billion laughs', async () => {
  const laughs = Array.from({ length: 9 }, (_, i) => `  l${i + 1}: &l${i + 1} [${`*l${i}, `.repeat(10)}]`);
  expect(await problemsOf(`params:\n  l0: &l0 lol\n${laughs.join('\n')}\n`)).toMatchInlineSnapshot(`
    "
    pipeline.yaml:9:11: more than 100000 values once aliases are written out
      9 |   l5: &l5 [*l4, *l4, *l4, *l4, *l4, *l4, *l4, *l4, *l4, *l4, ]
        |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    "
  `);
});

test('a billion laughs by reference', async () => {
  const laughs = Array.from({ length: 9 }, (_, i) => `  l${i + 1}: [${`"\${params.l${i}}", `.repeat(10)}]`);
  expect(await problemsOf(`params:\n  l0: lol\n${laughs.join('\n')}\n`)).toMatchInlineSnapshot(`
    "
    pipeline.yaml:3:1: the study expands to more than 10,000,000 values
      3 | params:
        | ^^^^^^
      expected smaller matrices or parameters
    "
  `);
});

test('forty thousand keys are read in linear time', async () => {
  const text = Array.from({ length: 40_000 }, (_, i) => `  k${i}: 1\n`).join('');
  const start = process.cpuUsage();
  expect(await problemsOf(`unknown: 1\nparams:\n${text}`)).toContain('unknown key "unknown"');
  expect(process.cpuUsage(start).user).toBeLessThan(10e6);
});

test('control characters never reach the terminal', async () => {
  const shown = await problemsOf('"a\\e[31m": 1 # \u001b[31m\u202e\n');
  for (const character of ['\u001b', '\u202e']) expect(shown).not.toContain(character);
});
