import { expect, test } from 'vitest';
import { planOf, problemsOf } from './fixture.ts';

const params = async (yaml: string, options = {}) => (await planOf(yaml, options)).params;

test('parameters refer to one another and keep their types', async () => {
  const yaml = `params:
  base: { list: [1, x], flag: true, deep: { n: 2e7 } }
  n: \${params.base.deep.n}
  list: \${params.base.list}
  second: \${params.list.1}
  text: n=\${params.n} flag=\${params.base.flag} $\${literal}
  nothing: ~
`;
  expect(await params(yaml)).toEqual({
    base: { list: [1, 'x'], flag: true, deep: { n: 20000000 } },
    n: 20000000,
    list: [1, 'x'],
    second: 'x',
    text: 'n=20000000 flag=true ${literal}',
    nothing: null,
  });
});

test('a profile replaces whole parameters, and --set wins over it', async () => {
  const yaml =
    'params: { n: 100, policy: { C: 2, K: 2 } }\nprofiles: { quick: { params: { n: 10, policy: { C: 3, K: 1 } } } }\n';
  expect(await params(yaml)).toEqual({ n: 100, policy: { C: 2, K: 2 } });
  expect(await params(yaml, { profile: 'quick' })).toEqual({ n: 10, policy: { C: 3, K: 1 } });
  const set = { n: '2e3', 'policy.C': '"7"' };
  expect(await params(yaml, { profile: 'quick', set })).toEqual({ n: 2000, policy: { C: '7', K: 1 } });
});

test('-0 is 0', async () => expect(Object.is((await params('params: { a: -0.0 }\n')).a, 0)).toBe(true));

test('unknown and malformed references stand at their column', async () =>
  expect(
    await problemsOf(`params:
  lambda: 0.75
  nested: { depth: 1 }
  a: "x \${params.lamda} y \${params.nested.dept}"
  b: \${lambda}
  c: \${param.lambda}
  d: \${env.HOME}
  e: "\${params.lambda"
  f: "\\u0041 \${params.}"
  g: "list \${params.nested}"
  h: \${params.lambda.x}
  i: \${matrix.C}
`),
  ).toMatchInlineSnapshot(`
    "
    pipeline.yaml:6:9: unknown parameter "lamda"
      6 |   a: "x \${params.lamda} y \${params.nested.dept}"
        |         ^^^^^^^^^^^^^^^
      expected one of "lambda", "nested", "a", "b", "c", "d", "e", "f", "g", "h", "i"
      did you mean "params.lambda"?

    pipeline.yaml:6:27: unknown parameter "nested.dept"
      6 |   a: "x \${params.lamda} y \${params.nested.dept}"
        |                           ^^^^^^^^^^^^^^^^^^^^^
      expected "depth"
      did you mean "params.nested.depth"?

    pipeline.yaml:7:6: unknown name "lambda"
      7 |   b: \${lambda}
        |      ^^^^^^^^^
      expected a name that begins with params., matrix.; write $\${ for a literal \${
      did you mean "params.lambda"?

    pipeline.yaml:8:6: unknown name "param.lambda"
      8 |   c: \${param.lambda}
        |      ^^^^^^^^^^^^^^^
      expected a name that begins with params., matrix.; write $\${ for a literal \${
      did you mean "params.lambda"?

    pipeline.yaml:9:6: unknown name "env.HOME"
      9 |   d: \${env.HOME}
        |      ^^^^^^^^^^^
      expected a name that begins with params., matrix.; write $\${ for a literal \${

    pipeline.yaml:10:7: "\${params.lambda" is not closed with }
      10 |   e: "\${params.lambda"
         |       ^^^^^^^^^^^^^^^
      expected a name such as \${params.n}; write $\${ for a literal \${

    pipeline.yaml:11:14: "\${params.}" is not a name
      11 |   f: "\\u0041 \${params.}"
         |              ^^^^^^^^^^
      expected a name such as \${params.n}; write $\${ for a literal \${

    pipeline.yaml:12:12: \${params.nested} is a map and cannot be written into a text
      12 |   g: "list \${params.nested}"
         |            ^^^^^^^^^^^^^^^^
      expected a string, number or boolean, or the reference alone in its string

    pipeline.yaml:13:6: unknown parameter "lambda.x": params.lambda is no map
      13 |   h: \${params.lambda.x}
         |      ^^^^^^^^^^^^^^^^^^

    pipeline.yaml:14:6: a parameter cannot depend on a matrix
      14 |   i: \${matrix.C}
         |      ^^^^^^^^^^^
    "
  `));

test('circles', async () =>
  expect(
    await problemsOf('params:\n  a: ${params.b}\n  b: [1, "${params.c}"]\n  c: x${params.a}\n  d: ${params.d}\n'),
  ).toMatchInlineSnapshot(`
    "
    pipeline.yaml:6:7: parameters refer to one another in a circle: params.a → params.b → params.c → params.a
      6 |   c: x\${params.a}
        |       ^^^^^^^^^^^

    pipeline.yaml:7:6: parameters refer to one another in a circle: params.d → params.d
      7 |   d: \${params.d}
        |      ^^^^^^^^^^^
    "
  `));

test('a chain too deep', async () => {
  const chain = Array.from({ length: 100 }, (_, i) => `  p${i}: \${params.p${i + 1}}\n`).join('');
  expect(await problemsOf(`params:\n${chain}  p100: 1\n`)).toMatchInlineSnapshot(`
    "
    pipeline.yaml:19:8: parameters refer to one another more than 16 deep
      19 |   p15: \${params.p16}
         |        ^^^^^^^^^^^^^

    pipeline.yaml:35:8: parameters refer to one another more than 16 deep
      35 |   p31: \${params.p32}
         |        ^^^^^^^^^^^^^

    pipeline.yaml:51:8: parameters refer to one another more than 16 deep
      51 |   p47: \${params.p48}
         |        ^^^^^^^^^^^^^

    pipeline.yaml:67:8: parameters refer to one another more than 16 deep
      67 |   p63: \${params.p64}
         |        ^^^^^^^^^^^^^

    pipeline.yaml:83:8: parameters refer to one another more than 16 deep
      83 |   p79: \${params.p80}
         |        ^^^^^^^^^^^^^

    pipeline.yaml:99:8: parameters refer to one another more than 16 deep
      99 |   p95: \${params.p96}
         |        ^^^^^^^^^^^^^
    "
  `);
});

test('profiles name parameters that exist', async () =>
  expect(
    await problemsOf('params: { events: 1 }\nprofiles:\n  quick: { params: { event: 2 }, parms: {} }\n', {
      profile: 'quik',
    }),
  ).toMatchInlineSnapshot(`
    "
    --profile:1:1: unknown profile "quik"
      1 | quik
        | ^^^^
      expected "quick"
      did you mean "quick"?

    pipeline.yaml:5:22: profile "quick" sets "event", which is no parameter of the study
      5 |   quick: { params: { event: 2 }, parms: {} }
        |                      ^^^^^
      expected "events"
      did you mean "events"?

    pipeline.yaml:5:34: unknown key "parms" in profile "quick"
      5 |   quick: { params: { event: 2 }, parms: {} }
        |                                  ^^^^^
      expected "params"
      did you mean "params"?
    "
  `));

test('--profile without profiles', async () =>
  expect(await problemsOf('params: {}\n', { profile: 'quick' })).toMatchInlineSnapshot(`
  "
  --profile:1:1: unknown profile "quick"
    1 | quick
      | ^^^^^
    expected no profile: the study declares none
  "
`));

test('--set of what is unknown or no YAML', async () =>
  expect(
    await problemsOf('params: { lambda: 1, policy: { alpha: 2 } }\n', {
      set: { lamda: '1', 'policy.alhpa': '1', lambda: '', 'lambda.x': '1', policy: '[1' },
    }),
  ).toMatchInlineSnapshot(`
    "
    --set:1:1: unknown parameter "lambda.x"
      1 | lambda.x=1
        | ^^^^^^^^

    --set:1:1: unknown parameter "lamda"
      1 | lamda=1
        | ^^^^^
      expected one of "lambda", "policy"
      did you mean "lambda"?

    --set:1:1: unknown parameter "policy.alhpa"
      1 | policy.alhpa=1
        | ^^^^^^^^^^^^
      expected "alpha"
      did you mean "alpha"?

    --set:1:8: flow sequence must end with a ]
      1 | policy=[1
        |        ^

    --set:1:8: no value for "lambda"
      1 | lambda=
        |        ^
      expected key=value
    "
  `));

test('a thousand references in one text, and zeros inside a number, take no more than they are long', async () => {
  const started = performance.now();
  const references = '${params.n}'.repeat(20_000);
  await planOf(`params: { n: "", t: "${references}" }\nstages: { s: { uses: join } }\n`);
  const [problem] = await problemsOf(`params: { n: 1.${'0'.repeat(300_000)}1 }\nstages: { s: { uses: join } }\n`).then(
    (text) => text.trim().split('\n'),
  );
  expect(problem).toContain('more than 17 significant digits');
  expect(performance.now() - started).toBeLessThan(15_000);
});

test('the nearest names of the first hundred problems are told', async () => {
  const names = Array.from({ length: 150 }, (_, k) => `parameter_${k}x`);
  const text = await problemsOf(
    `params: { ${names.map((name) => `${name}: 1`).join(', ')} }\nstages: { s: { run: [x, ${names.map((name) => `"\${params.${name}y}"`).join(', ')}], outputs: { o: o.csv } } }\n`,
  );
  expect(text.match(/unknown parameter/g)).toHaveLength(150);
  expect(text.match(/did you mean/g)).toHaveLength(100);
});
