import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { forecast } from '../../src/engine/forecast.ts';
import { recompute, type SampleSize, sample } from '../../src/engine/recompute.ts';
import type { Plan } from '../../src/study/plan.ts';
import { temporaryFolders } from '../store/folder.ts';
import { cell, echo, FakeExecutor, FakeStudy, kind, planOf, stage, type Work } from './fakes.ts';

const folder = temporaryFolders();
const growing = kind('growing', { grows: 'n' });
const KINDS = [kind('fake'), growing];

const plan = planOf([
  stage(
    'a',
    [1, 2, 3].map((k) => cell({ k }, { k })),
  ),
  stage('b', [cell({}, {}, { rows: 'a.out' })], {
    outputs: { out: { type: 'table' }, more: { type: 'file', extension: 'txt' } },
  }),
  stage('g', [cell({}, { n: 5 })], { uses: 'growing' }),
]);

/** Computes again what is there, and tells in which order it was done. */
async function verify(study: FakeStudy, of: Plan, work: Work = echo, jobs = 2, isSound = () => true) {
  const context = study.context(of, KINDS);
  const forecasts = forecast(context.graph.select(), context);
  const executor = new FakeExecutor(context.cas, work);
  const records = new Map(forecasts.flatMap((f) => (f.state === 'cached' ? [[f.node.target, f.record] as const] : [])));
  const signal = new AbortController().signal;
  const chosen = sample(forecasts, { fraction: 1 });
  const found = await recompute(chosen, records, { ...context, executor, jobs, signal, isSound });
  return { ...found, executed: executor.executed, mostRunning: executor.mostRunning };
}

describe('recompute', () => {
  it('computes every result again, in another order than a run, and finds the same bytes', async () => {
    const study = new FakeStudy(folder());
    const { executed } = await study.run(plan, { kindsUsed: KINDS });
    const again = await verify(study, plan);
    expect([...again.executed].sort()).toEqual([...executed].sort());
    expect(again.executed).not.toEqual(executed);
    expect(new Set(again.results.map(({ state }) => state))).toEqual(new Set(['same']));
    expect(again.mostRunning).toBe(2);
  });

  it('names the outputs that differ, and those that are there only once, in whichever stage', async () => {
    const study = new FakeStudy(folder());
    await study.run(plan, { kindsUsed: KINDS });
    const { results } = await verify(study, plan, (task, options) => {
      const given = echo(task, options) as Record<string, string>;
      if (task.target === 'a[k=2]') return { out: `${given.out} otherwise` };
      return task.target === 'b' ? { out: given.out, extra: 'x' } : given;
    });
    const differing = results.filter((result) => result.state === 'differs');
    const words = differing.map(({ target, differences }) => [target, differences.map(({ output }) => output)]);
    expect(new Map(words as [string, string[]][])).toEqual(
      new Map([
        ['a[k=2]', ['out']],
        ['b', ['extra', 'more']],
      ]),
    );
    const [, more] = differing.find(({ target }) => target === 'b')!.differences;
    expect(more).toMatchObject({ recorded: expect.stringMatching(/^[0-9a-f]{64}$/), recomputed: null });
  });

  it('records nothing: the recorded results stay what they were', async () => {
    const study = new FakeStudy(folder());
    await study.run(plan, { kindsUsed: KINDS });
    const actions = () => readdirSync(join(study.storeRoot, 'actions'));
    const before = [actions(), study.forecast(plan, KINDS)].map((value) => JSON.stringify(value));
    await verify(study, plan, () => ({ out: 'wrong' }));
    expect([actions(), study.forecast(plan, KINDS)].map((value) => JSON.stringify(value))).toEqual(before);
  });

  it('sends outputs elsewhere, and starts from the start what could go on from a checkpoint', async () => {
    const study = new FakeStudy(folder());
    await study.run(plan, { kindsUsed: KINDS });
    const roots: (string | undefined)[] = [];
    await verify(study, plan, (task, options) => {
      roots.push(task.outputRoot);
      expect(task.growth).toBeUndefined();
      return echo(task, options);
    });
    expect(roots.length).toBeGreaterThan(0);
    expect(new Set(roots).size).toBe(roots.length);
    for (const root of roots) expect(root?.startsWith(study.storeRoot)).toBe(false);
  });

  it('tells of a failure, after as many attempts as the stage allows', async () => {
    const study = new FakeStudy(folder());
    const flaky = planOf([stage('a', [cell({}, {})], { retry: { times: 1, delay: 9 } })]);
    await study.run(flaky);
    const failing: Work = () => {
      throw new Error('no luck');
    };
    const again = await verify(study, flaky, failing);
    expect(again.executed.filter((target) => target === 'a')).toHaveLength(2);
    expect(again.results.find(({ target }) => target === 'a')).toMatchObject({
      state: 'failed',
      failure: { message: 'no luck' },
    });
  });

  it('leaves out what is made of something damaged, and says so', async () => {
    const study = new FakeStudy(folder());
    await study.run(plan, { kindsUsed: KINDS });
    const again = await verify(study, plan, echo, 1, () => false);
    expect(again.results).toEqual([]);
    expect(again.skipped).toContain('b');
    expect(again.executed).toEqual([]);
  });
});

describe('sample', () => {
  it('chooses the same ones every time, a larger sample the smaller one with more', async () => {
    const study = new FakeStudy(folder());
    await study.run(plan, { kindsUsed: KINDS });
    const forecasts = study.forecast(plan, KINDS);
    const targets = (size: SampleSize) => sample(forecasts, size).map(({ node }) => node.target);
    const all = targets({ fraction: 1 });
    expect(all).toHaveLength(forecasts.length);
    for (let count = 0; count <= all.length; count++) expect(targets({ count })).toEqual(all.slice(0, count));
    expect(targets({ fraction: 0.01 })).toEqual(all.slice(0, 1));
    expect(sample([...forecasts].reverse(), { count: 3 }).map(({ node }) => node.target)).toEqual(all.slice(0, 3));
  });

  it('chooses among what has a result only', async () => {
    const study = new FakeStudy(folder());
    await study.run(plan, { kindsUsed: KINDS, targets: ['a[k=1]'] });
    expect(sample(study.forecast(plan, KINDS), { fraction: 1 }).map(({ node }) => node.target)).toEqual(['a[k=1]']);
  });
});
