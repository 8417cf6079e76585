import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { studySchema } from '../../src/study/schema.ts';
import { CONTRACTS } from './fixture.ts';

const validate = new Ajv2020({ strict: false, allErrors: true }).compile(studySchema(CONTRACTS));
const accepts = (yaml: string): boolean => validate(parse(yaml)) as boolean;
const stage = (fields: string) => accepts(`stages: { s: { ${fields} } }`);

test('a study and what it includes', () => {
  expect(
    accepts(
      '{ driftline: 1, study: x, params: { a: [1] }, profiles: { quick: { params: { a: 2 } } }, include: [a.yaml] }',
    ),
  ).toBe(true);
  expect(accepts('{ title: T, about: A, stages: {}, claims: {} }')).toBe(true);
  expect(accepts('{ driftline: 1 }')).toBe(false);
  expect(accepts('{ driftline: 2, study: x }')).toBe(false);
  expect(accepts('{ stage: {} }')).toBe(false);
});

test('tells editors of each parameter what it means and what it is when left out', () => {
  const number = { type: 'integer', description: 'Queues', default: 2 };
  const contract = { ...CONTRACTS.simulate!, params: { type: 'object', properties: { n: number } } };
  const { $defs } = studySchema({ simulate: contract }) as { $defs: Record<string, { properties: object }> };
  expect($defs['with-simulate']!.properties).toEqual({
    n: { description: 'Queues', default: 2, anyOf: [{ type: 'integer' }, { type: 'string', pattern: '\\$\\{' }] },
  });
});

test('stages, with references wherever a value may stand', () => {
  expect(stage('uses: simulate, with: { n: 1, lambda: 0.5 }, matrix: { C: [1], D: 1..5 }, replicates: 4')).toBe(true);
  expect(
    stage(
      'uses: simulate, with: { n: "${params.n}", lambda: "${matrix.l}", policy: { kind: abounce, C: "${matrix.C}" } }',
    ),
  ).toBe(true);
  expect(stage('uses: ./own.ts, with: { anything: 1 }')).toBe(true);
  expect(stage('run: [x], outputs: { o: o.csv }, shell: false')).toBe(true);
  expect(stage('uses: simulate, with: { n: many, lambda: 0.5 }')).toBe(false);
  expect(stage('uses: simulate, with: { n: 1, lambda: 0.5, lamda: 1 }')).toBe(false);
  expect(stage('uses: simulate, with: { n: 1 }')).toBe(false);
  expect(stage('uses: simulate, run: [x]')).toBe(false);
  expect(stage('run: [x]')).toBe(false);
  expect(stage('uses: simulate, wiht: {}')).toBe(false);
});

test('replicates: a number, or as many as it takes', () => {
  const replicates = (value: string) => stage(`uses: simulate, with: { n: 1, lambda: 0.5 }, replicates: ${value}`);
  expect(replicates('"${params.r}"')).toBe(true);
  expect(replicates('{ min: 4, max: 20, until: { metric: jobDelay, relativeHalfWidth: 0.005 } }')).toBe(true);
  expect(
    replicates(
      '{ min: 4, max: "${params.r}", until: { metric: summary.x, halfWidth: "${params.w}", confidence: 0.9 } }',
    ),
  ).toBe(true);
  expect(replicates('0')).toBe(false);
  expect(replicates('{ min: 4, max: 20 }')).toBe(false);
  expect(replicates('{ min: 1, max: 20, until: { metric: x, halfWidth: 1 } }')).toBe(false);
  expect(replicates('{ min: 4, max: 20, until: { metric: x } }')).toBe(false);
  expect(replicates('{ min: 4, max: 20, until: { metric: x, halfWidth: 1, relativeHalfWidth: 1 } }')).toBe(false);
});

test('executors: local, slurm, or slurm with settings', () => {
  const own = (value: string) => stage(`uses: ./own.ts, executor: ${value}`);
  expect(own('local')).toBe(true);
  expect(
    own('{ kind: slurm, partition: main, time: 1h, memory: 4GB, options: [--qos=low], pack: 30s, takes: 2 }'),
  ).toBe(true);
  expect(own('cloud')).toBe(false);
  expect(own('{ kind: slurm, jobs: 10 }')).toBe(false);
  expect(accepts('{ driftline: 1, study: x, executor: { kind: slurm, jobs: 10, polls: 6, submits: 0.5 } }')).toBe(true);
  expect(accepts('{ driftline: 1, study: x, executor: { kind: slurm, options: [qos] } }')).toBe(false);
});

test('claims', () => {
  expect(accepts('claims: { c: { says: S, source: F, test: { rows: a.b, every: e, where: w } } }')).toBe(true);
  expect(accepts('claims: { c: { says: S, test: { rows: a.b, evry: e } } }')).toBe(false);
  expect(accepts('claims: { c: { says: S } }')).toBe(false);
});

test('the same for any order of kinds', () => {
  const reversed = Object.fromEntries(Object.entries(CONTRACTS).reverse());
  expect(JSON.stringify(studySchema(reversed))).toBe(JSON.stringify(studySchema(CONTRACTS)));
});

test('the committed schema accepts the study of this repository', () => {
  const committed = new Ajv2020({ strict: false }).compile(
    JSON.parse(readFileSync('schema/study.schema.json', 'utf8')),
  );
  const chapters = readdirSync('experiments').filter((name) => name.endsWith('.yaml'));
  for (const file of ['pipeline.yaml', ...chapters.map((name) => `experiments/${name}`)]) {
    committed(parse(readFileSync(file, 'utf8')));
    expect({ file, errors: committed.errors ?? null }).toEqual({ file, errors: null });
  }
});
