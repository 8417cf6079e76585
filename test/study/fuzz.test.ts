import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatProblem } from '../../src/study/problems.ts';
import { HEAD, planOf, read } from './fixture.ts';

const STUDY = `${HEAD}seed: s
params: { n: 100, lambda: 0.75, list: &list [1, 2], text: "x\${params.n}" }
profiles: { quick: { params: { n: 10 } } }
stages:
  s:
    uses: simulate
    matrix: { C: [2, 3..5], zip: [{ a: 1, b: x }], D: { for: C, 2: [1], 3: [2], 4: [1], 5: *list }, exclude: [{ C: 2 }], include: [{ C: 9, a: 2, b: y, D: 1 }] }
    replicates: \${params.n}
    with: { n: "\${params.n}", lambda: "\${params.lambda}", policy: { kind: abounce, C: "\${matrix.C}", d: all } }
    resources: { cpus: 1, memory: 200MB, time: 10m }
  j: { uses: join, inputs: { rows: { from: s.tails, where: { C: 3 } } }, with: { verbs: [{ derive: { x: "d => d.y" } }] } }
  r: { run: [cat, "\${inputs.rows}"], inputs: { rows: j.table }, outputs: { o: { path: o.csv, columns: { x: int32 } } } }
claims:
  c: { says: yes indeed, test: { rows: r.o, every: "d => d.x > 0" } }
`;

/** Reading ends in a plan or in problems that can all be shown. */
async function endsWell(text: string | Uint8Array, options = {}): Promise<void> {
  const result = await read({ 'pipeline.yaml': text }, options);
  if ('plan' in result) expect(JSON.parse(JSON.stringify(result.plan)).study).toBeTypeOf('string');
  else {
    expect(result.problems.length).toBeGreaterThan(0);
    for (const problem of result.problems) {
      expect(formatProblem(problem)).toContain(problem.message);
      expect(problem.place.column - 1 + problem.length).toBeLessThanOrEqual(Math.max(1, problem.lineText.length + 1));
    }
  }
}

test('the study that is mutated is a good one', async () =>
  expect((await planOf({ 'pipeline.yaml': STUDY })).stages).toHaveLength(4));

test('any bytes', () =>
  fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), (bytes) => endsWell(bytes)),
    { numRuns: 150 },
  ));

test('any text of YAML marks', () => {
  const mark = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ':',
    ' ',
    '\n',
    '- ',
    '? ',
    '&a ',
    '*a',
    '!',
    '"',
    "'",
    '|',
    '>',
    '%',
    '#',
    '---',
    '<<',
    '~',
    '1',
    'a',
    '${',
    '\t',
  );
  return fc.assert(
    fc.asyncProperty(fc.string({ unit: mark, maxLength: 80 }), (text) => endsWell(HEAD + text)),
    { numRuns: 300 },
  );
});

test('mutations of a study', () => {
  const piece = fc.constantFrom(
    '',
    ' ',
    '\n',
    '{}',
    '[]',
    '${params.x}',
    '${',
    '~',
    '9e99',
    '*list',
    '"',
    ': ',
    'driftline:claim',
    '0..1 step 0',
    '__proto__',
    'matrix',
    '../x',
    '\u0000',
    '𝛼',
  );
  const mutation = fc.tuple(fc.nat(STUDY.length), fc.nat(12), piece);
  return fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
      let text = STUDY;
      for (const [at, length, by] of mutations) text = text.slice(0, at) + by + text.slice(at + length);
      await endsWell(text);
    }),
    { numRuns: 150 },
  );
});

test('any value in any place', () => {
  const json = fc.jsonValue({ maxDepth: 3 });
  const key = fc.constantFrom('params', 'profiles', 'stages', 'claims', 'include', 'seed', 'cache', 'title');
  const stageKey = fc.constantFrom(
    'uses',
    'run',
    'with',
    'inputs',
    'matrix',
    'replicates',
    'resources',
    'retry',
    'outputs',
    'code',
    'shell',
    'env',
    'formats',
  );
  const stage = fc.dictionary(stageKey, json).map((fields) => ({ uses: 'simulate', ...fields }));
  const claim = fc.dictionary(fc.constantFrom('says', 'test', 'source'), json);
  const study = fc.oneof(
    fc.dictionary(key, json),
    fc.record({
      stages: fc.dictionary(fc.constantFrom('a', 'b'), stage),
      claims: fc.dictionary(fc.constantFrom('c'), claim),
    }),
  );
  return fc.assert(
    fc.asyncProperty(study, (fields) => endsWell(JSON.stringify({ driftline: 1, study: 'x', ...fields }, null, 1))),
    { numRuns: 300 },
  );
});

test('any --set', () =>
  fc.assert(
    fc.asyncProperty(fc.string(), fc.string(), (key, value) => endsWell(STUDY, { set: { [key]: value, n: value } })),
    { numRuns: 60 },
  ));

test('interpolation keeps values as they are', () => {
  const name = fc.stringMatching(/^[a-z]{1,5}$/).filter((word) => !['constructor', 'prototype'].includes(word));
  const number = fc.oneof(
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }).map((x) => x + 0),
  );
  const leaf = fc.oneof(
    number,
    fc.boolean(),
    fc.constant(null),
    fc.string().filter((text) => !text.includes('${')),
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(name, tie('any'), { maxKeys: 3 }),
    ),
  })).any;
  return fc.assert(
    fc.asyncProperty(value, async (original) => {
      const { params } = await planOf(
        `params: ${JSON.stringify({ original, copy: '${params.original}', list: ['${params.copy}'] })}\n`,
      );
      expect(params).toEqual({ original, copy: original, list: [original] });
    }),
    { numRuns: 150 },
  );
});

test('parameters that nest through references do not overflow the stack', async () => {
  const nested = (i: number) => `  p${i}: ${'['.repeat(62)}"\${params.p${i + 1}}"${']'.repeat(62)}\n`;
  await endsWell(`${HEAD}params:\n${Array.from({ length: 15 }, (_, i) => nested(i)).join('')}  p15: 1\n`);
});
