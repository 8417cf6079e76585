import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Root } from '../../../src/engine/explain/roots.ts';
import { type Explanation, explain } from '../../../src/engine/explain/why.ts';
import { forecast } from '../../../src/engine/forecast.ts';
import { type KeyManifest, keyOf } from '../../../src/engine/key.ts';
import type { LoadedKind } from '../../../src/engine/kinds.ts';
import { writeRun } from '../../../src/store/runs.ts';
import type { Plan } from '../../../src/study/plan.ts';
import { temporaryFolders } from '../../store/folder.ts';
import { cell, echo, FakeStudy, kind, planOf, type Ran, stage } from '../fakes.ts';

const folder = temporaryFolders();

/** Runs a plan as the command line does: with a journal. */
async function run(study: FakeStudy, plan: Plan, options: Parameters<FakeStudy['run']>[1] = {}): Promise<Ran> {
  const ran = await study.run(plan, options);
  const { actions, counts } = ran;
  const id =
    [...ran.records.values()]
      .map((record) => record.run)
      .sort()
      .at(-1) ?? 'run-000';
  const base = { startedAt: '2026-01-02T03:04:05Z', seconds: 1, profile: null, jobs: 1, host: 'here' };
  const asked = { targets: [], seed: plan.seed, params: {}, stages: {} };
  if (counts.executed + counts.failed > 0) writeRun(study.storeRoot, { ...base, id, counts, actions, study: asked });
  return ran;
}

function why(study: FakeStudy, plan: Plan, name: string, kinds?: readonly LoadedKind[]): Explanation {
  const context = study.context(plan, kinds);
  const all = forecast(context.graph.select(), context);
  const wanted = all.filter(({ node }) => node.target === name || node.stage.name === name);
  return explain(wanted, all, context);
}

const roots = (explanation: Explanation): readonly Root[] => explanation.pending!.roots;

const cells = (values: readonly number[], x = 1) => values.map((C) => cell({ C }, { C, x }));

/** `a` with cells, replicated and combined; `b` reads its table, `c` that of `b`. */
const combining = kind('sim', { replicateOutputs: { out: { type: 'table' } }, seeded: true });
const chain = (values: readonly number[], x = 1, replicates: number | null = null, seed = 'seed') =>
  planOf(
    [
      stage('a', cells(values, x), replicates === null ? {} : { uses: 'sim', replicates }),
      stage('b', [cell({}, { b: 1 }, { rows: 'a.out' })]),
      stage('c', [cell({}, { c: 1 }, { rows: 'b.out' })]),
    ],
    seed,
  );
const kinds = [kind('fake'), combining];

describe('why an action would run', () => {
  it('is the parameter that changed, once for all cells, with the way down from it', async () => {
    const study = new FakeStudy(folder());
    await run(study, chain([1, 2, 3]));
    const explanation = why(study, chain([1, 2, 3], 5), 'c');
    expect(explanation.counts).toEqual({ cached: 0, run: 0, shared: 0, 'not-needed': 0, depends: 2 });
    expect(roots(explanation)).toEqual([
      {
        cause: { kind: 'parameter', path: 'x', from: 1, to: 5 },
        members: [],
        actions: 3,
        stages: { a: 3 },
        example: 'a[C=1]',
        path: ['a[C=1]', 'a.out', 'b', 'b.out', 'c'],
      },
    ]);
  });

  it('is followed through replicates and their combination', async () => {
    const study = new FakeStudy(folder());
    await run(study, chain([1, 2], 1, 2), { kindsUsed: kinds });
    expect(roots(why(study, chain([1, 2], 7, 2), 'c', kinds))).toMatchObject([
      { cause: { kind: 'parameter', path: 'x' }, stages: { a: 6 } },
    ]);
  });

  it('is a new cell, or one that is gone', async () => {
    const study = new FakeStudy(folder());
    await run(study, chain([1, 2]));
    const found = roots(why(study, chain([2, 3, 4]), 'b'));
    expect(found.map(({ cause, members }) => ({ ...cause, cell: undefined, members }))).toEqual([
      { kind: 'cell', change: 'new', stage: 'a', members: ['C=3', 'C=4'] },
      { kind: 'cell', change: 'gone', stage: 'a', members: ['C=1'] },
    ]);
    const [alone] = why(study, chain([2, 3]), 'a[C=3]').pending!.actions;
    expect(alone).toMatchObject({
      causes: [{ kind: 'cell', change: 'new', cell: 'C=3' }],
      before: { target: 'a[C=2]' },
    });
  });

  it('is another order of the cells', async () => {
    const study = new FakeStudy(folder());
    await run(study, chain([1, 2]));
    expect(roots(why(study, chain([2, 1]), 'b'))).toMatchObject([{ cause: { kind: 'order', stage: 'a' } }]);
  });

  it('is new replicates, and replicates that are gone', async () => {
    const study = new FakeStudy(folder());
    await run(study, chain([1, 2], 1, 3), { kindsUsed: kinds });
    expect(roots(why(study, chain([1, 2], 1, 5), 'c', kinds))).toMatchObject([
      { cause: { kind: 'replicate', change: 'new', stage: 'a' }, members: [3, 4] },
    ]);
    expect(roots(why(study, chain([1, 2], 1, 5), 'a[C=1]#4', kinds))).toMatchObject([
      { cause: { kind: 'replicate', change: 'new' }, members: [4], path: ['a[C=1]#4'] },
    ]);
    expect(roots(why(study, chain([1, 2], 1, 2), 'c', kinds))).toMatchObject([
      { cause: { kind: 'replicate', change: 'gone' }, members: [2] },
    ]);
  });

  it("is the study's seed only where the seed does not follow from what else changed", async () => {
    const study = new FakeStudy(folder());
    await run(study, chain([1], 1, 2), { kindsUsed: kinds });
    expect(roots(why(study, chain([1], 1, 2, 'other'), 'b', kinds))).toMatchObject([
      { cause: { kind: 'seed', from: 'seed', to: 'other' }, stages: { a: 2 } },
    ]);
    expect(roots(why(study, chain([1], 9, 2), 'b', kinds)).map(({ cause }) => cause.kind)).toEqual(['parameter']);
  });

  it('is a source file, a package, or another kind', async () => {
    const study = new FakeStudy(folder());
    const old: LoadedKind = { ...kind('fake', {}, 'old'), packages: { arquero: '8.0.2', same: '1' } };
    await run(study, chain([1]), { kindsUsed: [old] });
    const now: LoadedKind = { ...kind('fake', {}, 'new'), packages: { arquero: '8.0.3', same: '1' } };
    const found = roots(why(study, chain([1]), 'a[C=1]', [now])).map(({ cause }) => cause);
    expect(found).toMatchObject([
      { kind: 'source', path: 'stages/fake.ts' },
      { kind: 'package', name: 'arquero', from: '8.0.2', to: '8.0.3' },
    ]);
    const other = planOf([stage('a', cells([1]), { uses: 'other' })]);
    expect(roots(why(study, other, 'a[C=1]', [kind('other')]))).toMatchObject([
      { cause: { kind: 'uses', from: 'fake', to: 'other' } },
    ]);
  });

  it('is the contents of a file of the study, by its path there', async () => {
    const study = new FakeStudy(folder());
    const plan = planOf([
      stage('a', [cell({}, { model: 'm.txt' }, { rows: './data.csv' }, { files: { '/model': 'm.txt' } })]),
      stage('b', [cell({}, {}, { rows: 'a.out' })]),
    ]);
    study.file('data.csv', 'x\n1\n');
    study.file('m.txt', 'one');
    await run(study, plan);
    study.file('data.csv', 'x\n2\n');
    study.file('m.txt', 'two');
    const found = roots(why(study, plan, 'b')).map(({ cause }) => cause);
    expect(found).toMatchObject([
      { kind: 'file', path: 'm.txt' },
      { kind: 'file', path: 'data.csv' },
    ]);
  });

  it('is told against the earlier action that is nearest, not against the last', async () => {
    const study = new FakeStudy(folder());
    await run(study, planOf([stage('a', [cell({}, { x: 1, y: 1 })])]));
    await run(study, planOf([stage('a', [cell({}, { x: 2, y: 2 })])]));
    expect(roots(why(study, planOf([stage('a', [cell({}, { x: 1, y: 3 })])]), 'a')).map(({ cause }) => cause)).toEqual([
      { kind: 'parameter', path: 'y', from: 1, to: 3 },
    ]);
  });

  it('is no difference of a user from its last use, where it has a result for what its makers are likely to give', async () => {
    const study = new FakeStudy(folder());
    const plan = (y: number) => planOf([stage('a', cells([1])), stage('b', [cell({}, { y }, { rows: 'a.out' })])]);
    await run(study, plan(1));
    await run(study, plan(2));
    const explanation = why(study, plan(1), 'b', [kind('fake', {}, 'edited')]);
    expect(roots(explanation).map(({ cause }) => cause.kind)).toEqual(['source']);
    expect(explanation.pending!.actions[0].before?.run).toBe('run-000');
  });

  it('is told against the last of those that are equally near, also where that was a hit', async () => {
    const study = new FakeStudy(folder());
    const plan = (x: number) => planOf([stage('a', [cell({}, { x })]), stage('b', [cell({}, { z: x > 1 ? x : 0 })])]);
    for (const x of [1, 2]) await run(study, plan(x));
    await run(study, planOf([stage('a', [cell({}, { x: 1 })]), stage('b', [cell({}, { z: 9 })])]));
    expect(roots(why(study, plan(3), 'a'))).toMatchObject([{ cause: { from: 1, to: 3 } }]);
  });

  it('is that its result is gone, or its record', async () => {
    const study = new FakeStudy(folder());
    const { records } = await run(study, chain([1]));
    rmSync(study.cas.path(records.get('b')!.outputs.out.digest));
    expect(roots(why(study, chain([1]), 'c'))).toMatchObject([
      { cause: { kind: 'lost', outputs: ['out'] }, example: 'b', path: ['b', 'b.out', 'c'] },
    ]);
    rmSync(`${study.storeRoot}/actions/run-000.log`);
    expect(roots(why(study, chain([1]), 'a[C=1]'))).toMatchObject([{ cause: { kind: 'unrecorded', run: 'run-000' } }]);
  });

  it('is that it failed, with the message', async () => {
    const study = new FakeStudy(folder());
    const work = () => {
      throw new Error('no convergence');
    };
    await run(study, chain([1]), { work });
    expect(roots(why(study, chain([1]), 'c'))).toMatchObject([
      {
        cause: { kind: 'failed', target: 'a[C=1]', message: 'no convergence' },
        path: ['a[C=1]', 'a.out', 'b', 'b.out', 'c'],
      },
      { cause: { kind: 'first' }, actions: 3 },
    ]);
  });

  it('is the version of Node', async () => {
    const [now, before] = [new FakeStudy(folder()), new FakeStudy(folder())];
    await run(now, chain([1]));
    const from = now.context(chain([1])).log;
    const { log } = before.context(chain([1]));
    for (const key of from.keys()) {
      const manifest = { ...(from.manifests().get(key) as KeyManifest), runtime: 'node 18' };
      log.append(keyOf(manifest), from.get(key)!, manifest);
    }
    log.close();
    const runtime = `node ${process.versions.node.split('.')[0]}`;
    expect(roots(why(before, chain([1]), 'a[C=1]'))).toMatchObject([
      { cause: { kind: 'runtime', from: 'node 18', to: runtime }, actions: 1 },
    ]);
  });

  it('is, in a new store, that nothing like it was computed before', () => {
    const found = roots(why(new FakeStudy(folder()), chain([1, 2]), 'c'));
    expect(found).toMatchObject([{ cause: { kind: 'first' }, stages: { c: 1, b: 1, a: 2 } }]);
  });

  it('is the action that shares its computation', () => {
    const twice = planOf([stage('one', [cell({}, { x: 1 })]), stage('two', [cell({}, { x: 1 })])]);
    const explanation = why(new FakeStudy(folder()), twice, 'two');
    expect(explanation.pending!.actions[0]).toMatchObject({ state: 'shared', links: [{ target: 'one' }] });
  });

  it('is explained once each where what changed is shared by many', async () => {
    const study = new FakeStudy(folder());
    const wide = (x: number) =>
      planOf([
        stage('a', [cell({}, { x })]),
        stage(
          'b',
          Array.from({ length: 30 }, (_, C) => cell({ C }, { C }, { rows: 'a.out' })),
        ),
        stage('c', [cell({}, {}, { left: 'b.out', right: 'a.out' })]),
      ]);
    await run(study, wide(1));
    const { pending } = why(study, wide(2), 'c');
    const targets = [...pending!.actions, ...pending!.upstream].map(({ target }) => target);
    expect(new Set(targets).size).toBe(targets.length);
    expect(pending!.roots).toMatchObject([{ cause: { path: 'x' }, actions: 1 }]);
  });
});

describe('why an action ran', () => {
  it('is told against what it was in the run before, with when and where', async () => {
    const study = new FakeStudy(folder());
    await run(study, chain([1, 2], 1));
    const { records } = await run(study, chain([1, 2], 4));
    const { pending, made } = why(study, chain([1, 2], 4), 'b');
    expect(pending).toBeUndefined();
    expect(made).toMatchObject([
      {
        run: records.get('b')!.run,
        host: 'here',
        startedAt: '2026-01-02T03:04:05Z',
        roots: [{ cause: { path: 'x', from: 1, to: 4 }, stages: { a: 2 }, path: ['a[C=1]', 'a.out', 'b'] }],
      },
    ]);
    expect(made[0].hits).toContainEqual(expect.objectContaining({ target: 'b', as: 'b', seconds: 1 }));
  });

  it('is another for results of other runs', async () => {
    const study = new FakeStudy(folder());
    await run(study, chain([1]));
    await run(study, chain([1, 2]));
    expect(
      why(study, chain([1, 2]), 'a').made.map(({ hits, roots: [{ cause }] }) => [hits.length, cause.kind]),
    ).toEqual([
      [2, 'cell'],
      [1, 'first'],
    ]);
  });

  it('is that its result had been lost, with the run that did it first', async () => {
    const study = new FakeStudy(folder());
    const { records } = await run(study, chain([1]));
    rmSync(study.cas.path(records.get('b')!.outputs.out.digest));
    await run(study, chain([1]));
    const [{ hits, roots: found }] = why(study, chain([1]), 'b').made;
    expect(hits).toMatchObject([{ target: 'b', first: records.get('b')!.run }]);
    expect(found).toMatchObject([{ cause: { kind: 'unrecorded', run: records.get('b')!.run } }]);
  });

  it('names what it was called when it ran', async () => {
    const study = new FakeStudy(folder());
    await run(study, planOf([stage('before', [cell({}, { x: 1 })])]));
    expect(why(study, planOf([stage('after', [cell({}, { x: 1 })])]), 'after').made[0].hits[0]).toMatchObject({
      as: 'before',
    });
  });
});

it('follows contents that turn out equal no further: what stopped a change is no cause', async () => {
  const study = new FakeStudy(folder());
  const work: typeof echo = (task, options) =>
    task.target.startsWith('a') ? { out: 'constant', table: 'constant', csv: 'constant' } : echo(task, options);
  await run(study, chain([1]), { work });
  await run(study, chain([1], 2), { work });
  expect(why(study, chain([1], 2), 'b').made).toMatchObject([
    { run: 'run-000', roots: [{ cause: { kind: 'first' } }] },
  ]);
});
