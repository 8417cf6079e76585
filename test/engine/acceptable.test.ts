import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differences } from '../../src/engine/explain/differences.ts';
import { isKeyManifest } from '../../src/engine/forecast.ts';
import { type KeyManifest, keyOf } from '../../src/engine/key.ts';
import { partManifest } from '../../src/engine/origins.ts';
import { ActionLog } from '../../src/store/actions.ts';
import type { Plan, Program } from '../../src/study/plan.ts';
import { temporaryFolders } from '../store/folder.ts';
import { accept, find, targetsOf, version } from './accepting.ts';
import { cell, FakeStudy, kind, planOf, stage } from './fakes.ts';

const folder = temporaryFolders();

/** A store that holds the results of a plan, computed by the first version of the code. */
async function computed(plan: Plan, before = [version('v1')]): Promise<FakeStudy> {
  const study = new FakeStudy(folder());
  study.file('data.csv', 'x\n1\n');
  study.file('fit.py', 'print(1)');
  await study.run(plan, { kindsUsed: before });
  return study;
}

const chain = (params: Record<string, unknown> = { x: 1 }, seed?: string): Plan =>
  planOf(
    [
      stage('a', [cell({ k: 1 }, params as never), cell({ k: 2 }, { x: 2 })]),
      stage('b', [cell({}, {}, { rows: 'a.out' })]),
    ],
    seed,
  );

describe('what can be accepted', () => {
  it('is what differs from an earlier action in its code alone, and what is made of that', async () => {
    const study = await computed(chain());
    const found = find(study, chain(), [version('v2')]);
    // What is gathered has its own code, which is the same: it is cached once what it gathers is accepted.
    expect(targetsOf(found)).toEqual(['a[k=1]', 'a[k=2]', 'b']);
    expect(found).toMatchObject({ cached: 2, toRun: [], waiting: [] });
    expect(found.candidates[0].transition.changes).toEqual([
      { what: 'source', name: 'stages/fake.ts', from: version('v1').digest, to: version('v2').digest },
    ]);
    expect(find(study, chain(), [version('v1')])).toMatchObject({ candidates: [], cached: 5 });
  });

  it('is nothing where a parameter differs too; what waits for that is not known', async () => {
    const study = await computed(chain());
    const found = find(study, chain({ x: 7 }), [version('v2')]);
    expect(targetsOf(found)).toEqual(['a[k=2]']);
    expect(found).toMatchObject({ toRun: ['a[k=1]'], waiting: ['a.out', 'b', 'b.out'] });
  });

  it('is nothing where the seed, a file or an input differs too', async () => {
    const seeded = { seeded: true };
    const reading = planOf([
      stage('chance', [cell({}, { c: 1 })]),
      stage('reads', [cell({}, { r: 1 }, { rows: './data.csv' })]),
      stage('named', [cell({}, { code: { of: '/code/of' } }, {}, { files: { '/code/of': 'data.csv' } })]),
    ]);
    const study = await computed(reading, [version('v1', seeded)]);
    expect(targetsOf(find(study, reading, [version('v2', seeded)]))).toEqual(['chance', 'reads', 'named']);
    expect(targetsOf(find(study, { ...reading, seed: 'other' }, [version('v2', seeded)]))).toEqual([]);
    study.file('data.csv', 'x\n2\n3\n');
    // Nor is a file that the parameter `code` names a program's code.
    expect(targetsOf(find(study, reading, [version('v2', seeded)]))).toEqual(['chance']);
  });

  it("is a program whose own code files changed, but not one with other words or another file's contents", async () => {
    const program = (...argv: string[]): Program => ({
      argv,
      shell: false,
      code: ['fit.py'],
      formats: {},
      outputs: { out: 'out.csv' },
      env: {},
    });
    const plan = (...argv: string[]) =>
      planOf([stage('fit', [cell({}, {}, { rows: './data.csv' }, { program: program(...argv) })])]);
    const study = await computed(plan('python3', 'fit.py'));
    study.file('fit.py', 'print(1) # said again');
    const found = find(study, plan('python3', 'fit.py'), [version('v1')]);
    expect(targetsOf(found)).toEqual(['fit']);
    expect(found.candidates[0].transition.changes).toMatchObject([{ what: 'source', name: 'fit.py' }]);
    expect(targetsOf(find(study, plan('python3', 'fit.py', '-v'), [version('v1')]))).toEqual([]);
    study.file('data.csv', 'x\n2\n3\n');
    expect(targetsOf(find(study, plan('python3', 'fit.py'), [version('v1')]))).toEqual([]);
  });

  it('is what another major version of Node computed, with the same code', async () => {
    const plan = planOf([stage('a', [cell({}, { x: 1 })])]);
    const here = await computed(plan);
    const [[key, made]] = [...new ActionLog(here.storeRoot, 'reader').manifests()].filter(([, one]) =>
      isKeyManifest(one),
    );
    const elsewhere = new FakeStudy(folder());
    const log = new ActionLog(elsewhere.storeRoot, 'before');
    const manifest = { ...(made as KeyManifest), runtime: 'node 18' };
    const record = new ActionLog(here.storeRoot, 'reader').get(key)!;
    elsewhere.cas.put(here.cas.get(record.outputs.out.digest));
    log.append(keyOf(manifest), record, manifest);
    log.close();
    const { candidates } = find(elsewhere, plan, [version('v1')]);
    const to = process.versions.node.split('.')[0];
    expect(candidates.map(({ transition }) => transition.changes)).toEqual([
      [{ what: 'runtime', name: 'node', from: '18', to }],
    ]);
  });

  it('needs all outputs of the earlier action in the store, and to be those that the new code declares', async () => {
    const plan = planOf([stage('a', [cell({}, { x: 1 })])]);
    const study = await computed(plan);
    const more = planOf([
      stage('a', [cell({}, { x: 1 })], {
        outputs: { out: { type: 'table' }, log: { type: 'file', extension: 'txt' } },
      }),
    ]);
    expect(targetsOf(find(study, more, [version('v2')]))).toEqual([]);
    const { candidates } = find(study, plan, [version('v2')]);
    expect(candidates).toHaveLength(1);
    rmSync(study.cas.path(candidates[0].origin.record.outputs.out.digest));
    expect(find(study, plan, [version('v2')])).toMatchObject({ candidates: [], toRun: ['a'] });
  });

  it('is not what was computed with this very code before and is gone from the store', async () => {
    const plan = planOf([stage('a', [cell({}, { x: 1 })])]);
    const study = await computed(plan);
    const { records } = await study.run(plan, { kindsUsed: [version('v2')], work: () => ({ out: 'another' }) });
    rmSync(study.cas.path(records.get('a')!.outputs.out.digest));
    expect(find(study, plan, [version('v2')])).toMatchObject({ candidates: [], toRun: ['a'] });
  });

  it('is of the same target or of the same kind: equal parameters alone mean nothing', async () => {
    const study = await computed(planOf([stage('a', [cell({}, { x: 1 })])]));
    const other = kind('other');
    expect(targetsOf(find(study, planOf([stage('b', [cell({}, { x: 1 })], { uses: 'other' })]), [other]))).toEqual([]);
    expect(targetsOf(find(study, planOf([stage('b', [cell({}, { x: 1 })])]), [version('v2')]))).toEqual(['b']);
    expect(targetsOf(find(study, planOf([stage('a', [cell({}, { x: 1 })], { uses: 'other' })]), [other]))).toEqual([
      'a',
    ]);
  });

  it('goes back to what was computed, not to what was accepted itself, and takes the newest', async () => {
    const plan = planOf([stage('a', [cell({}, { x: 1 })])]);
    const study = await computed(plan);
    const first = find(study, plan, [version('v2')]).candidates[0].origin.key;
    await accept(study, plan, [version('v2')]);
    expect(find(study, plan, [version('v3')]).candidates[0].origin.key).toBe(first);
    const { records } = await study.run(plan, { kindsUsed: [version('v4')], work: () => ({ out: 'another' }) });
    expect(find(study, plan, [version('v5')]).candidates[0].origin.record).toEqual(records.get('a'));
  });

  it('has one entry for two targets that are the same computation', async () => {
    const plan = planOf([stage('a', [cell({}, { x: 1 })]), stage('b', [cell({}, { x: 1 })])]);
    const found = find(await computed(plan), plan, [version('v2')]);
    expect(found.candidates).toHaveLength(1);
    expect(targetsOf(found)).toEqual(['a', 'b']);
  });
});

describe('partManifest', () => {
  const manifest: KeyManifest = {
    format: 1,
    code: 'c',
    entry: 'run',
    params: { argv: [] },
    files: { '/code/a.py': 'd1', '/x': 'd2' },
    inputs: { rows: 'd3' },
    ports: { rows: 'table' },
    seed: 's',
    runtime: 'node 20',
  };

  it('calls code, runtime and the files of a program code, and nothing else', () => {
    expect(partManifest(manifest).code).toEqual({ code: 'c', runtime: 'node 20', files: { '/code/a.py': 'd1' } });
    const { rest } = partManifest(manifest);
    const restOf = (change: Partial<KeyManifest>) => partManifest({ ...manifest, ...change }).rest;
    expect(restOf({ code: 'e', runtime: 'node 22', files: { '/code/b.py': 'd9', '/x': 'd2' } })).toBe(rest);
    const others: Partial<KeyManifest>[] = [
      { format: 2 },
      { entry: 'combine' },
      { params: { argv: ['x'] } },
      { files: { '/code/a.py': 'd1', '/x': 'd3' } },
      { files: { '/code/a.py': 'd1' } },
      { inputs: { rows: 'd4' } },
      { ports: { rows: 'bytes' } },
      { seed: 't' },
    ];
    for (const change of others) expect(restOf(change)).not.toBe(rest);
  });
});

describe('accepting', () => {
  const edit = fc.record({
    code: fc.constantFrom('v1', 'v2', 'v3'),
    seed: fc.constantFrom('s', 't'),
    data: fc.constantFrom('x\n1\n', 'x\n22\n'),
    script: fc.constantFrom('one', 'three'),
    x: fc.integer({ min: 0, max: 1 }),
  });

  it('never records an action whose key differs from its origin in another field than those of code', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(edit, fc.boolean()), { minLength: 2, maxLength: 6 }), async (edits) => {
        const study = new FakeStudy(folder());
        for (const [{ code, seed, data, script, x }, runs] of edits) {
          study.file('data.csv', data);
          study.file('fit.py', script);
          const program = { argv: ['fit.py'], shell: false, code: ['fit.py'], formats: {}, outputs: {}, env: {} };
          const plan = planOf(
            [
              stage('a', [cell({ k: 1 }, { x }), cell({ k: 2 }, { x: 5 })], { replicates: 2 }),
              stage('b', [
                cell({}, { f: '/f' }, { rows: 'a.out', data: './data.csv' }, { files: { '/f': 'data.csv' } }),
              ]),
              stage('c', [cell({}, {}, { rows: 'b.out' }, { program })]),
            ],
            seed,
          );
          const kinds = [version(code, { seeded: true })];
          await accept(study, plan, kinds, { size: { count: 1 } });
          if (runs) await study.run(plan, { kindsUsed: kinds });
        }
        const log = new ActionLog(study.storeRoot, 'reader');
        const manifests = log.manifests();
        for (const key of log.keys()) {
          const from = log.get(key)?.accepted?.from;
          if (from === undefined) continue;
          const fields = differences(manifests.get(from), manifests.get(key)).map(({ path }) => path);
          expect(fields.length).toBeGreaterThan(0);
          for (const field of fields) expect(field).toMatch(/^(code|runtime|files\.\/code\/fit\.py)$/);
          expect(log.get(key)?.outputs).toEqual(log.get(from)?.outputs);
        }
      }),
      { numRuns: 15 },
    );
  });
});
