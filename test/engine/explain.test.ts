import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { differences, explain } from '../../src/engine/explain.ts';
import { forecast } from '../../src/engine/forecast.ts';
import type { LoadedKind } from '../../src/engine/kinds.ts';
import type { Plan } from '../../src/study/plan.ts';
import { temporaryFolders } from '../store/folder.ts';
import { cell, FakeStudy, kind, planOf, stage } from './fakes.ts';

const folder = temporaryFolders();

function explained(study: FakeStudy, plan: Plan, target: string, kinds?: readonly LoadedKind[]) {
  const context = study.context(plan, kinds);
  const all = forecast(context.graph.select(), context);
  return explain(
    all.filter(({ node }) => node.target === target),
    all,
    context,
  )[0];
}

const plan = (params: Record<string, unknown>) =>
  planOf([stage('a', [cell({}, params as never)]), stage('b', [cell({}, {}, { rows: 'a.out' })])]);

describe('explain', () => {
  it('tells by which run a cached result was computed, and under which name', async () => {
    const study = new FakeStudy(folder());
    const { records } = await study.run(plan({ C: 2 }));
    expect(explained(study, plan({ C: 2 }), 'a')).toMatchObject({
      state: 'cached',
      run: records.get('a')!.run,
      as: 'a',
    });
  });

  it('names the very field that changed, from and to', async () => {
    const study = new FakeStudy(folder());
    await study.run(plan({ policy: { C: 2, K: 2 } }));
    expect(explained(study, plan({ policy: { C: 3, K: 2 } }), 'a')).toMatchObject({
      state: 'run',
      nearest: 'a',
      changes: [{ field: 'params.policy.C', from: '2', to: '3' }],
    });
  });

  it('names the source file whose change changed the code', async () => {
    const study = new FakeStudy(folder());
    await study.run(plan({ C: 2 }), { kindsUsed: [kind('fake', {}, 'old code')] });
    expect(explained(study, plan({ C: 2 }), 'a', [kind('fake', {}, 'new code')])).toMatchObject({
      changes: [{ field: 'code: stages/fake.ts' }],
    });
  });

  it('names a changed input by its name', async () => {
    const study = new FakeStudy(folder());
    const withFile = planOf([stage('a', [cell({}, {}, { rows: './data.csv' })])]);
    study.file('data.csv', 'x\n1\n');
    await study.run(withFile);
    study.file('data.csv', 'x\n2\n');
    expect(explained(study, withFile, 'a')).toMatchObject({ changes: [{ field: 'inputs.rows' }] });
  });

  it('names the inputs that are to run first', async () => {
    const study = new FakeStudy(folder());
    await study.run(plan({ C: 2 }));
    expect(explained(study, plan({ C: 3 }), 'b')).toEqual({
      target: 'b',
      state: 'depends',
      upstream: ['a.out'],
      lost: [],
      changes: [],
    });
  });

  it('names outputs that are recorded but lost', async () => {
    const study = new FakeStudy(folder());
    const { records } = await study.run(plan({ C: 2 }));
    rmSync(study.cas.path(records.get('a')!.outputs.out.digest));
    expect(explained(study, plan({ C: 2 }), 'a')).toMatchObject({ state: 'run', lost: ['out'] });
  });

  it('says of a first computation that nothing like it was computed before', () => {
    const found = explained(new FakeStudy(folder()), plan({ C: 2 }), 'a');
    expect(found).toMatchObject({ state: 'run', changes: [] });
    expect(found).not.toHaveProperty('nearest');
  });
});

describe('differences', () => {
  it('are the leaves that differ, by their path, with what is only on one side', () => {
    expect(differences({ a: { b: 1, c: [1] }, d: 1 }, { a: { b: 1, c: [2] }, e: 1 })).toEqual([
      { field: 'a.c', from: '[1]', to: '[2]' },
      { field: 'd', from: '1', to: 'none' },
      { field: 'e', from: 'none', to: '1' },
    ]);
  });
});
