import { expect, test } from 'vitest';
import { HEAD, planOf, problemsOf } from './fixture.ts';

const stage = (settings: string) => `params: { lambda: 1.2, n: 100, policy: { kind: abounce, C: 1, K: 2 } }
stages:
  s:
    uses: simulate
${settings}
`;

test('defaults are filled in, those of the meant alternative too', async () => {
  const { stages } = await planOf(stage('    with: { n: 1, lambda: 0.5, policy: { kind: abounce, C: 2 } }'));
  expect(stages[0].cells).toEqual([
    {
      id: '',
      axes: {},
      params: {
        n: 1,
        lambda: 0.5,
        events: 1000,
        start: 'empty',
        policy: { kind: 'abounce', C: 2, comparison: 'strict' },
      },
      files: {},
      inputs: {},
    },
  ]);
});

test('a file is relative to the file that names it', async () => {
  const figure = (spec: string) => `{ uses: figure, with: { spec: ${spec} }, inputs: { rows: j.table } }`;
  const { stages } = await planOf({
    'pipeline.yaml': `${HEAD}params: { spec: figures/a.json }\ninclude: [experiments/*.yaml]\nstages: { j: { uses: join } }\n`,
    'experiments/one.yaml': `stages:\n  f: ${figure('figures/a.json')}\n  g: ${figure('"${params.spec}"')}\n`,
    'experiments/figures/a.json': '{}',
    'figures/a.json': '{}',
  });
  expect(stages.slice(1).map(({ cells }) => cells[0].files)).toEqual([
    { '/spec': 'experiments/figures/a.json' },
    { '/spec': 'figures/a.json' },
  ]);
  expect(stages[1].cells[0].params).toEqual({ spec: 'experiments/figures/a.json', formats: ['svg'] });
});

test('unknown kinds, and kinds that cannot be loaded', async () =>
  expect(
    await problemsOf('stages:\n  a: { uses: simulat }\n  b: { uses: broken }\n  c: { uses: [x] }\n  d: {}\n  e: 3\n'),
  ).toMatchInlineSnapshot(`
    "
    pipeline.yaml:4:14: unknown kind of stage "simulat"
      4 |   a: { uses: simulat }
        |              ^^^^^^^
      expected one of "figure", "join", "simulate"
      did you mean "simulate"?

    pipeline.yaml:5:14: the kind "broken" cannot be loaded: Unexpected token and more
      5 |   b: { uses: broken }
        |              ^^^^^^

    pipeline.yaml:6:14: \`uses\` of stage "c" must be text
      6 |   c: { uses: [x] }
        |              ^^^
      expected the name of a kind of stage

    pipeline.yaml:7:3: stage "d" has neither \`uses\` nor \`run\`
      7 |   d: {}
        |   ^
      expected \`uses: <kind>\` or \`run: [program, argument, …]\`

    pipeline.yaml:8:6: stage "e" must be a map, found 3
      8 |   e: 3
        |      ^
      expected a map
    "
  `));

test('missing, unknown and wrong parameters, all at once', async () =>
  expect(
    await problemsOf(
      stage(`    with:
      lamda: 0.5
      n: many
      events: 0.5
      start: empti
      policy: { kind: abounce, c: 2 }`),
    ),
  ).toMatchInlineSnapshot(`
    "
    pipeline.yaml:7:5: missing key "lambda" in \`with\`
      7 |     with:
        |     ^^^^
      expected lambda: a number > 0 and < 1

    pipeline.yaml:8:7: unknown key "lamda" in \`with\`
      8 |       lamda: 0.5
        |       ^^^^^
      expected one of "n", "lambda", "policy", "events", "start"
      did you mean "lambda"?

    pipeline.yaml:9:10: "n" is "many"
      9 |       n: many
        |          ^^^^
      expected an integer ≥ 1

    pipeline.yaml:10:15: "events" is 0.5
      10 |       events: 0.5
         |               ^^^
      expected an integer ≥ 1

    pipeline.yaml:11:14: "start" is "empti"
      11 |       start: empti
         |              ^^^^^
      expected one of "empty", "mean-field"
      did you mean "empty"?

    pipeline.yaml:12:7: missing key "C" in "policy"
      12 |       policy: { kind: abounce, c: 2 }
         |       ^^^^^^
      expected C: an integer ≥ 1

    pipeline.yaml:12:32: unknown key "c" in "policy"
      12 |       policy: { kind: abounce, c: 2 }
         |                                ^
      expected one of "kind", "C", "K", "d", "comparison"
      did you mean "C"?
    "
  `));

test('nothing at all', async () =>
  expect(await problemsOf('stages:\n  s: { uses: simulate }\n')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:4:3: missing key "lambda" in \`with\`
      4 |   s: { uses: simulate }
        |   ^
      expected lambda: a number > 0 and < 1

    pipeline.yaml:4:3: missing key "n" in \`with\`
      4 |   s: { uses: simulate }
        |   ^
      expected n: an integer ≥ 1
    "
  `));

test('a union explains the alternative that was meant', async () => {
  const policy = (text: string) => problemsOf(stage(`    with: { n: 1, lambda: 0.5, policy: ${text} }`));
  expect(await policy('{ kind: abonce, C: 2 }')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:7:48: "policy.kind" is "abonce"
      7 |     with: { n: 1, lambda: 0.5, policy: { kind: abonce, C: 2 } }
        |                                                ^^^^^^
      expected one of "none", "abounce", "mbounce"
      did you mean "abounce"?
    "
  `);
  expect(await policy('{ C: 2 }')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:7:32: missing key "kind" in "policy"
      7 |     with: { n: 1, lambda: 0.5, policy: { C: 2 } }
        |                                ^^^^^^
      expected kind: one of "none", "abounce", "mbounce"
    "
  `);
  expect(await policy('abounce')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:7:40: "policy" is "abounce"
      7 |     with: { n: 1, lambda: 0.5, policy: abounce }
        |                                        ^^^^^^^
      expected a map
    "
  `);
  expect(await policy('{ kind: mbounce, alpha: 0.5 }')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:7:64: "policy.alpha" is 0.5
      7 |     with: { n: 1, lambda: 0.5, policy: { kind: mbounce, alpha: 0.5 } }
        |                                                                ^^^
      expected a number > 1
    "
  `);
  expect(await policy('{ kind: mbounce, alpha: eleven tenths }')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:7:64: "policy.alpha" is "eleven tenths"
      7 |     with: { n: 1, lambda: 0.5, policy: { kind: mbounce, alpha: eleven tenths } }
        |                                                                ^^^^^^^^^^^^^
      expected text such as "3/2"
    "
  `);
  expect(await policy('{ kind: mbounce, alpha: true, d: al }')).toMatchInlineSnapshot(`
    "
    pipeline.yaml:7:64: "policy.alpha" is true
      7 |     with: { n: 1, lambda: 0.5, policy: { kind: mbounce, alpha: true, d: al } }
        |                                                                ^^^^
      expected a number > 1 or text such as "3/2"

    pipeline.yaml:7:73: "policy.d" is "al"
      7 |     with: { n: 1, lambda: 0.5, policy: { kind: mbounce, alpha: true, d: al } }
        |                                                                         ^^
      expected an integer ≥ 1 or "all"
    "
  `);
});

test('a value from a parameter tells where it comes from', async () =>
  expect(
    await problemsOf(stage('    with: { n: "${params.lambda}", lambda: "${params.lambda}" }')),
  ).toMatchInlineSnapshot(`
    "
    pipeline.yaml:7:16: "n" is 1.2; params.lambda is defined at pipeline.yaml:3:19
      7 |     with: { n: "\${params.lambda}", lambda: "\${params.lambda}" }
        |                ^^^^^^^^^^^^^^^^^^
      expected an integer ≥ 1

    pipeline.yaml:7:44: "lambda" is 1.2; params.lambda is defined at pipeline.yaml:3:19
      7 |     with: { n: "\${params.lambda}", lambda: "\${params.lambda}" }
        |                                            ^^^^^^^^^^^^^^^^^^
      expected a number > 0 and < 1
    "
  `));

test('a value from an axis names the first cell and counts the others', async () =>
  expect(
    await problemsOf(stage('    matrix: { l: [0.9, 1, 1.5, 2] }\n    with: { n: 1, lambda: "${matrix.l}" }')),
  ).toMatchInlineSnapshot(`
    "
    pipeline.yaml:8:27: "lambda" is 1 (cell l=1 and 2 more)
      8 |     with: { n: 1, lambda: "\${matrix.l}" }
        |                           ^^^^^^^^^^^^^
      expected a number > 0 and < 1
    "
  `));

test('what only the kind can see stands at its parameter, or at the reference that gives it', async () => {
  const matrix = '    matrix: { C: [3, 1] }\n';
  expect(
    await problemsOf(
      stage(`${matrix}    with: { n: 1, lambda: 0.5, policy: { kind: abounce, C: "\${matrix.C}", K: 2 } }`),
    ),
  ).toMatchInlineSnapshot(`
    "
    pipeline.yaml:8:78: K = 2 is above C = 1 (cell C=1)
      8 |     with: { n: 1, lambda: 0.5, policy: { kind: abounce, C: "\${matrix.C}", K: 2 } }
        |                                                                              ^
    "
  `);
  expect(await problemsOf(stage('    with: { n: 1, lambda: 0.5, policy: "${params.policy}" }'))).toMatchInlineSnapshot(`
    "
    pipeline.yaml:7:40: K = 2 is above C = 1; params.policy is defined at pipeline.yaml:3:40
      7 |     with: { n: 1, lambda: 0.5, policy: "\${params.policy}" }
        |                                        ^^^^^^^^^^^^^^^^^^
    "
  `);
});

test('unknown axes', async () =>
  expect(
    await problemsOf(
      `${stage('    matrix: { lambda: [0.5] }\n    with: { n: 1, lambda: "${matrix.lamda}" }')}  t: { uses: simulate, with: { n: 1, lambda: "\${matrix.l}" } }\n`,
    ),
  ).toMatchInlineSnapshot(`
    "
    pipeline.yaml:8:28: unknown axis "lamda" (cell lambda=0.5)
      8 |     with: { n: 1, lambda: "\${matrix.lamda}" }
        |                            ^^^^^^^^^^^^^^^
      expected "lambda"
      did you mean "lambda"?

    pipeline.yaml:9:47: unknown axis "l": the stage has no matrix
      9 |   t: { uses: simulate, with: { n: 1, lambda: "\${matrix.l}" } }
        |                                               ^^^^^^^^^^^
    "
  `));

test('replicates, resources and retries', async () => {
  const more =
    '    with: { n: 1, lambda: 0.5 }\n    replicates: ${params.n}\n    resources: { cpus: 2, memory: 1.5GiB, time: 1h30m }\n    retry: { times: 3, delay: 10s }';
  expect((await planOf(stage(more))).stages[0]).toMatchObject({
    replicates: 100,
    resources: { cpus: 2, memory: 1610612736, time: 5400 },
    retry: { times: 3, delay: 10 },
    grows: 'events',
  });
  expect(
    await problemsOf(
      stage(`    with: { n: 1, lambda: 0.5 }
    matrix: { C: [1] }
    replicates: 0
    resources: { cpus: "\${matrix.C}", memory: 200 MBs, time: soon, disk: 1 }
    retry: { time: 3, delay: -1 }
    retries: 3`),
    ),
  ).toMatchInlineSnapshot(`
    "
    pipeline.yaml:9:17: \`replicates\` is 0
      9 |     replicates: 0
        |                 ^
      expected an integer ≥ 1, or { min, max, until }

    pipeline.yaml:10:25: this is the same for all cells and cannot depend on the matrix
      10 |     resources: { cpus: "\${matrix.C}", memory: 200 MBs, time: soon, disk: 1 }
         |                         ^^^^^^^^^^^

    pipeline.yaml:10:47: \`memory\` is "200 MBs"
      10 |     resources: { cpus: "\${matrix.C}", memory: 200 MBs, time: soon, disk: 1 }
         |                                               ^^^^^^^
      expected a size such as 200MB or 2GiB

    pipeline.yaml:10:62: \`time\` is "soon"
      10 |     resources: { cpus: "\${matrix.C}", memory: 200 MBs, time: soon, disk: 1 }
         |                                                              ^^^^
      expected a time such as 30s, 10m or 1h30m

    pipeline.yaml:10:68: unknown key "disk" in \`resources\`
      10 |     resources: { cpus: "\${matrix.C}", memory: 200 MBs, time: soon, disk: 1 }
         |                                                                    ^^^^
      expected one of "cpus", "memory", "time"

    pipeline.yaml:11:12: \`retry\` lacks \`times\`
      11 |     retry: { time: 3, delay: -1 }
         |            ^^^^^^^^^^^^^^^^^^^^^^
      expected times: an integer from 0 to 100

    pipeline.yaml:11:14: unknown key "time" in \`retry\`
      11 |     retry: { time: 3, delay: -1 }
         |              ^^^^
      expected one of "times", "delay"
      did you mean "times"?

    pipeline.yaml:11:30: \`delay\` is -1
      11 |     retry: { time: 3, delay: -1 }
         |                              ^^
      expected a time such as 30s, 10m or 1h30m

    pipeline.yaml:12:5: unknown key "retries" in stage "s"
      12 |     retries: 3
         |     ^^^^^^^
      expected one of "uses", "with", "inputs", "matrix", "replicates", "resources", "executor", "retry"
    "
  `);
  expect(
    await problemsOf(
      'stages:\n  j: { uses: join, replicates: 2 }\n  s: { uses: simulate, with: { n: 1, lambda: 0.5 }, replicates: { min: 4 }, retry: [1] }\n',
    ),
  ).toMatchInlineSnapshot(`
    "
    pipeline.yaml:4:20: the kind "join" has no replicates
      4 |   j: { uses: join, replicates: 2 }
        |                    ^^^^^^^^^^
      expected a kind that combines replicates, or a matrix

    pipeline.yaml:5:65: \`replicates\` lacks \`max\`
      5 |   s: { uses: simulate, with: { n: 1, lambda: 0.5 }, replicates: { min: 4 }, retry: [1] }
        |                                                                 ^^^^^^^^^^
      expected max: an integer from 4 to 1000000

    pipeline.yaml:5:65: \`replicates\` lacks \`until\`
      5 |   s: { uses: simulate, with: { n: 1, lambda: 0.5 }, replicates: { min: 4 }, retry: [1] }
        |                                                                 ^^^^^^^^^^
      expected until: { metric, relativeHalfWidth }; or a number of replicates alone

    pipeline.yaml:5:84: \`retry\` is a list
      5 |   s: { uses: simulate, with: { n: 1, lambda: 0.5 }, replicates: { min: 4 }, retry: [1] }
        |                                                                                    ^^^
      expected an integer from 0 to 100, or { times, delay }
    "
  `);
});
