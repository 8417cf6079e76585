import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HEAD, planOf, problemsOf } from './fixture.ts';

const STUDY = {
  'pipeline.yaml': `driftline: 1
study: Load balancing
include: [experiments/*.yaml]
seed: migration-2005
params: { n: 100, replicates: 20 }
profiles: { quick: { params: { replicates: 4 } } }
`,
  'experiments/b.yaml': `title: Second
about: In which a is used.
stages:
  joined: { uses: join, inputs: { rows: tails.tails } }
claims:
  holds: { says: It holds, test: { rows: joined.table, every: "d => true" } }
`,
  'experiments/a.yaml': `stages:
  tails:
    uses: simulate
    matrix: { C: [2] }
    replicates: \${params.replicates}
    with: { n: "\${params.n}", lambda: 0.75 }
`,
};

test('a whole plan', async () => {
  const { sources, ...plan } = await planOf(STUDY, { profile: 'quick', set: { n: '10' } });
  expect(Object.keys(sources)).toEqual(['pipeline.yaml', 'experiments/a.yaml', 'experiments/b.yaml']);
  expect(plan).toMatchInlineSnapshot(`
    {
      "chapters": [
        {
          "claims": [],
          "file": "experiments/a.yaml",
          "stages": [
            "tails",
          ],
          "title": "a",
        },
        {
          "about": "In which a is used.",
          "claims": [
            "holds",
          ],
          "file": "experiments/b.yaml",
          "stages": [
            "joined",
          ],
          "title": "Second",
        },
      ],
      "claims": [
        {
          "id": "holds",
          "place": {
            "column": 3,
            "file": "experiments/b.yaml",
            "line": 6,
          },
          "says": "It holds",
        },
      ],
      "params": {
        "n": 10,
        "replicates": 4,
      },
      "profile": "quick",
      "seed": "migration-2005",
      "stages": [
        {
          "axes": [
            "C",
          ],
          "cells": [
            {
              "axes": {
                "C": 2,
              },
              "files": {},
              "id": "C=2",
              "inputs": {},
              "params": {
                "events": 1000,
                "lambda": 0.75,
                "n": 10,
                "start": "empty",
              },
            },
          ],
          "grows": "events",
          "name": "tails",
          "outputs": {
            "summary": {
              "type": "table",
            },
            "tails": {
              "schema": {
                "i": "int32",
                "tail": "float64",
              },
              "type": "table",
            },
          },
          "place": {
            "column": 3,
            "file": "experiments/a.yaml",
            "line": 2,
          },
          "replicateOutputs": {
            "tails": {
              "type": "table",
            },
          },
          "replicates": 4,
          "resources": {
            "cpus": 1,
          },
          "retry": {
            "delay": 1,
            "times": 0,
          },
          "uses": "simulate",
        },
        {
          "axes": [],
          "cells": [
            {
              "axes": {},
              "files": {},
              "id": "",
              "inputs": {
                "rows": {
                  "from": "stage",
                  "output": "tails",
                  "stage": "tails",
                },
              },
              "params": {},
            },
          ],
          "name": "joined",
          "outputs": {
            "log": {
              "extension": "txt",
              "type": "file",
            },
            "table": {
              "type": "table",
            },
          },
          "place": {
            "column": 3,
            "file": "experiments/b.yaml",
            "line": 4,
          },
          "replicates": null,
          "resources": {
            "cpus": 1,
          },
          "retry": {
            "delay": 1,
            "times": 0,
          },
          "uses": "join",
        },
        {
          "axes": [],
          "cells": [
            {
              "axes": {},
              "files": {},
              "id": "",
              "inputs": {
                "rows": {
                  "from": "stage",
                  "output": "table",
                  "stage": "joined",
                },
              },
              "params": {
                "every": "d => true",
              },
            },
          ],
          "name": "claim:holds",
          "outputs": {
            "verdict": {
              "extension": "json",
              "type": "file",
            },
          },
          "place": {
            "column": 3,
            "file": "experiments/b.yaml",
            "line": 6,
          },
          "replicates": null,
          "resources": {
            "cpus": 1,
          },
          "retry": {
            "delay": 1,
            "times": 0,
          },
          "uses": "driftline:claim",
        },
      ],
      "study": "Load balancing",
    }
  `);
});

test('problems of all files and passes come together, in order', async () =>
  expect(
    await problemsOf({
      'pipeline.yaml': `driftline: 2
studdy: x
include: [experiments/*.yaml, missing.yaml, "none/*.yaml", "../*.yaml", "x?.yaml", 3]
seed: [1]
`,
      'experiments/b.yaml': 'params: {}\nstages:\n  s: { uses: join }\n  "a b": { uses: join }\nother: 1\n',
      'experiments/a.yaml': 'title: [x]\nstages:\n  s: { uses: join, inputs: { x: t.table } }\nclaims: [c]\n',
    }),
  ).toMatchInlineSnapshot(`
    "
    experiments/a.yaml:1:8: \`title\` must be text, found a list
      1 | title: [x]
        |        ^^^
      expected text

    experiments/a.yaml:4:9: \`claims\` must be a map, found a list
      4 | claims: [c]
        |         ^^^
      expected a map

    experiments/b.yaml:1:1: \`params\` belongs to the study’s main file
      1 | params: {}
        | ^^^^^^
      expected one of "title", "about", "stages", "claims"

    experiments/b.yaml:3:3: stage "s" is declared twice; first at experiments/a.yaml:3:3
      3 |   s: { uses: join }
        |   ^

    experiments/b.yaml:4:3: "a b" cannot name a stage
      4 |   "a b": { uses: join }
        |   ^^^^^
      expected letters, digits, - and _, at most 100

    experiments/b.yaml:5:1: unknown key "other" in an included file
      5 | other: 1
        | ^^^^^
      expected one of "title", "about", "stages", "claims"

    pipeline.yaml:1:1: missing key "study"
      1 | driftline: 2
        | ^
      expected the study’s name

    pipeline.yaml:1:12: unknown version 2 of the study language
      1 | driftline: 2
        |            ^
      expected driftline: 1

    pipeline.yaml:2:1: unknown key "studdy" in the study
      2 | studdy: x
        | ^^^^^^
      expected one of "driftline", "study", "description", "title", "about", "include", "seed", "cache", "params", "profiles", "executor", "stages", "claims"
      did you mean "study"?

    pipeline.yaml:3:31: "missing.yaml" does not exist
      3 | include: [experiments/*.yaml, missing.yaml, "none/*.yaml", "../*.yaml", "x?.yaml", 3]
        |                               ^^^^^^^^^^^^
      expected a file at missing.yaml

    pipeline.yaml:3:45: "none/*.yaml" matches no file
      3 | include: [experiments/*.yaml, missing.yaml, "none/*.yaml", "../*.yaml", "x?.yaml", 3]
        |                                             ^^^^^^^^^^^^^

    pipeline.yaml:3:60: "../*.yaml" leaves the study’s folder
      3 | include: [experiments/*.yaml, missing.yaml, "none/*.yaml", "../*.yaml", "x?.yaml", 3]
        |                                                            ^^^^^^^^^^^
      expected a pattern inside the study’s folder

    pipeline.yaml:3:73: "x?.yaml" is no pattern for included files
      3 | include: [experiments/*.yaml, missing.yaml, "none/*.yaml", "../*.yaml", "x?.yaml", 3]
        |                                                                         ^^^^^^^^^
      expected a path in which * stands for a part of a name and ** for any folders

    pipeline.yaml:3:84: an item of \`include\` must be text
      3 | include: [experiments/*.yaml, missing.yaml, "none/*.yaml", "../*.yaml", "x?.yaml", 3]
        |                                                                                    ^
      expected a path or pattern such as experiments/*.yaml

    pipeline.yaml:4:7: \`seed\` is a list
      4 | seed: [1]
        |       ^^^
      expected text or an integer
    "
  `));

test('a file that cannot be parsed does not make its stages unknown', async () =>
  expect(
    await problemsOf({
      'pipeline.yaml': `${HEAD}include: [experiments/*.yaml]\nstages:\n  s: { uses: join, inputs: { x: elsewhere.table }, wiht: {} }\n`,
      'experiments/a.yaml': 'stages:\n  elsewhere: { uses: join\n',
    }),
  ).toMatchInlineSnapshot(`
    "
    experiments/a.yaml:2:14: flow map in block collection must be sufficiently indented and end with a }
      2 |   elsewhere: { uses: join
        |              ^

    pipeline.yaml:5:52: unknown key "wiht" in stage "s"
      5 |   s: { uses: join, inputs: { x: elsewhere.table }, wiht: {} }
        |                                                    ^^^^
      expected one of "uses", "with", "inputs", "matrix", "replicates", "resources", "executor", "retry"
      did you mean "with"?
    "
  `));

test('patterns include what they match, hidden folders and links apart', async () => {
  const names = ['a.yaml', 'deep/b.yaml', 'deep/er/c.yaml', 'deep/er/no.txt', '.hidden/d.yaml', 'node_modules/e.yaml'];
  const files = Object.fromEntries(names.map((name) => [`x/${name}`, 'title: T\n']));
  const included = async (include: string) =>
    Object.keys((await planOf({ ...files, 'pipeline.yaml': `${HEAD}include: ${include}\n` })).sources).slice(1);
  expect(await included('["x/**/*.yaml"]')).toEqual(['x/a.yaml', 'x/deep/b.yaml', 'x/deep/er/c.yaml']);
  expect(await included('["x/*/*.yaml"]')).toEqual(['x/deep/b.yaml']);
  expect(await included('["**/er/*", x/a.yaml]')).toEqual(['x/deep/er/c.yaml', 'x/deep/er/no.txt', 'x/a.yaml']);
  expect(await included('[./x/a.yaml, "x/*.yaml"]')).toEqual(['x/a.yaml']);
});

test('the order of keys does not matter', async () => {
  const parts = ['uses: simulate', 'matrix: { C: [2, 3] }', 'replicates: 3', 'retry: 1', 'with: { n: 1, lambda: 0.5 }'];
  const top = ['driftline: 1', 'study: x', 'seed: s', 'params: { a: 1, b: 2 }'];
  const plan = async (stage: string[], head: string[]) => {
    const {
      sources: _,
      stages,
      ...rest
    } = await planOf({ 'pipeline.yaml': `${head.join('\n')}\nstages:\n  s: { ${stage.join(', ')} }\n` });
    return { ...rest, stages: stages.map(({ place: _, ...each }) => each) };
  };
  const expected = await plan(parts, top);
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(parts, { minLength: parts.length }),
      fc.shuffledSubarray(top, { minLength: top.length }),
      async (stage, head) => {
        expect(await plan(stage, head)).toEqual(expected);
      },
    ),
    { numRuns: 20 },
  );
});
