import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KeyManifest, keyManifest, keyOf, seedOf, without } from '../../src/engine/key.ts';
import { resolveAction } from '../../src/engine/resolve.ts';
import type { Plan, PlannedCell } from '../../src/study/plan.ts';
import { temporaryFolders } from '../store/folder.ts';
import { cell, FakeStudy, kind, planOf, stage } from './fakes.ts';

const folder = temporaryFolders();

const manifest = keyManifest({
  code: 'c',
  entry: 'run',
  params: { n: 1 },
  files: { '/spec': 'f' },
  inputs: { rows: 'i', list: ['a', 'b'] },
  ports: { rows: 'table' },
  seed: 's',
});

describe('the key of an action', () => {
  const others: [keyof KeyManifest, Partial<KeyManifest>][] = [
    ['format', { format: 0 }],
    ['code', { code: 'd' }],
    ['entry', { entry: 'combine' }],
    ['params', { params: { n: 2 } }],
    ['files', { files: { '/spec': 'g' } }],
    ['inputs', { inputs: { rows: 'i', list: ['b', 'a'] } }],
    ['ports', { ports: { rows: 'bytes' } }],
    ['seed', { seed: 't' }],
    ['runtime', { runtime: 'node 1' }],
  ];

  it.each(others)('depends on %s', (_, other) => {
    expect(keyOf({ ...manifest, ...other })).not.toBe(keyOf(manifest));
  });

  it('has a test for each field', () => {
    expect(others.map(([field]) => field).sort()).toEqual(Object.keys(manifest).sort());
  });

  it('is the same after a way through JSON', () => {
    expect(keyOf(JSON.parse(JSON.stringify(manifest)))).toBe(keyOf(manifest));
  });
});

describe('a seed', () => {
  it('depends on the study, the parameters and the number of the replicate', () => {
    const seeds = [
      seedOf('a', { n: 1 }, 0),
      seedOf('b', { n: 1 }, 0),
      seedOf('a', { n: 2 }, 0),
      seedOf('a', { n: 1 }, 1),
    ];
    expect(new Set(seeds).size).toBe(4);
  });

  it('does not depend on the parameters left out, nor on the order of parameters', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (events, other) => {
        const seed = seedOf('a', without({ n: 1, events, record: ['tails'] }, ['events', 'record']), 0);
        expect(seedOf('a', without({ events: other, n: 1 }, ['events', 'record']), 0)).toBe(seed);
      }),
    );
  });
});

/** The action of a plan's target, as it would be run in a folder with these files. */
function resolved(plan: Plan, target: string, files: Readonly<Record<string, string>> = {}, kinds = [kind('fake')]) {
  const study = new FakeStudy(folder());
  for (const [path, text] of Object.entries(files)) study.file(path, text);
  const context = study.context(plan, kinds);
  return resolveAction(context.graph.nodes.get(target)!, { ...context, record: () => undefined });
}

const one = (name: string, given: PlannedCell, more = {}): Plan => planOf([stage(name, [given], more)]);

describe('an action', () => {
  it('has a key that does not know where its file lies, only what is in it and which parameter names it', () => {
    const with_ = (path: string, text: string, pointer = '/spec/file') =>
      resolved(one('a', cell({}, { spec: { file: path } }, {}, { files: { [pointer]: path } })), 'a', { [path]: text });
    const key = with_('a.yaml', 'text').key;
    expect(with_('deep/b.yaml', 'text').key).toBe(key);
    expect(with_('a.yaml', 'tekt').key).not.toBe(key);
  });

  it('puts the place of a file for its path also under a name with a slash or a tilde', () => {
    const given = cell({}, { 'a/b~c': ['x', 'f.txt'] }, {}, { files: { '/a~1b~0c/1': 'f.txt' } });
    expect(resolved(one('a', given), 'a', { 'f.txt': '' }).manifest.params).toEqual({ 'a/b~c': ['x', '/a~1b~0c/1'] });
  });

  it('has a key and a seed free of the name of its stage, its axes and its place in the plan', () => {
    const seeded = [kind('fake', { seeded: true })];
    const first = resolved(one('a', cell({ C: 2 }, { x: 1 })), 'a[C=2]', {}, seeded);
    const plan = planOf([stage('z', [cell()]), stage('b', [cell({ i: 0 }, { x: 0 }), cell({ i: 1 }, { x: 1 })])]);
    const second = resolved(plan, 'b[i=1]', {}, seeded);
    expect(second.key).toBe(first.key);
    expect(second.task.seed).toBe(first.task.seed);
    expect(first.task.seed).toMatch(/^[0-9a-f]{64}$/);
  });

  it('leaves parameters of the combination out of the keys of replicates, and what only observes out of seeds', () => {
    const contract = {
      replicateOutputs: { r: { type: 'table' } },
      combineParams: ['level'],
      observes: ['record'],
    } as const;
    const kinds = [kind('fake', { ...contract, seeded: true })];
    const at = (params: Record<string, string | number>, target: string) =>
      resolved(one('a', cell({}, params), { replicates: 2 }), target, {}, kinds);
    const base = { n: 1, level: 0.9, record: 'tails' };
    expect(at({ ...base, level: 0.95 }, 'a#1').key).toBe(at(base, 'a#1').key);
    expect(at({ ...base, level: 0.95 }, 'a').key).not.toBe(at(base, 'a').key);
    const other = at({ ...base, record: 'path' }, 'a#1');
    expect(other.task.seed).toBe(at(base, 'a#1').task.seed);
    expect(other.key).not.toBe(at(base, 'a#1').key);
  });

  it('has no seed where the kind has no chance and the stage no replicates', () => {
    expect(resolved(one('a', cell()), 'a').manifest.seed).toBe('');
    expect(resolved(one('a', cell(), { replicates: 2 }), 'a#1').manifest.seed).not.toBe('');
  });

  it.each([
    ['data.csv', 'csv-table'],
    ['data.json', 'json-table'],
    ['data.arrow', 'table'],
  ])('takes %s for a table as %s', (path, format) => {
    const { task } = resolved(one('a', cell({}, {}, { rows: `./${path}` })), 'a', { [path]: '' });
    expect(task.inputs.rows).toMatchObject({ format });
  });

  it('takes a file for a file port as it is', () => {
    const takes = [kind('fake', { inputs: { rows: { type: 'file', extension: 'csv' } } })];
    const { task } = resolved(one('a', cell({}, {}, { rows: './d.csv' })), 'a', { 'd.csv': '' }, takes);
    expect(task.inputs.rows).toMatchObject({ format: 'bytes' });
  });

  it('of a program has its code by path and contents, its words and its environment in the key', () => {
    const program = {
      argv: ['sh', 'a.sh'],
      shell: false,
      code: ['a.sh'],
      formats: {},
      outputs: { out: 'o.csv' },
      env: {},
    };
    const key = (more = {}, text = 'echo') =>
      resolved(one('a', cell({}, {}, {}, { program: { ...program, ...more } })), 'a', { 'a.sh': text }).key;
    const keys = [
      key(),
      key({ argv: ['sh', 'a.sh', '2'] }),
      key({ env: { A: '1' } }),
      key({}, 'echo 2'),
      key({ shell: true }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});
