import { describe, expect, it } from 'vitest';
import { forecast } from '../../src/engine/forecast.ts';
import { liveGrowth } from '../../src/engine/liveGrowth.ts';
import type { Plan } from '../../src/study/plan.ts';
import { temporaryFolders } from '../store/folder.ts';
import { cell, echo, FakeStudy, kind, planOf, stage } from './fakes.ts';

const folder = temporaryFolders();
const KINDS = [kind('fake'), kind('growing', { grows: 'n' })];
const growing = (n: number, more: object = {}): Plan =>
  planOf([stage('g', [cell({}, { n, ...more })], { uses: 'growing' })]);

function live(study: FakeStudy, plan: Plan, keys: readonly string[] = [], kinds = KINDS): Set<string> {
  const context = study.context(plan, kinds);
  const forecasts = forecast(context.graph.select(), context);
  return liveGrowth(forecasts, { ...context, records: new Map(), keys: new Set(keys) });
}

/** Runs a plan, and tells the growth keys under which it could leave checkpoints. */
async function run(study: FakeStudy, plan: Plan) {
  const left = new Set<string>();
  const { actions } = await study.run(plan, {
    kindsUsed: KINDS,
    work(task, options) {
      if (task.growth) left.add(task.growth.key);
      return echo(task, options);
    },
  });
  return { left, keys: actions.map(({ key }) => key) };
}

describe('liveGrowth', () => {
  it('names the checkpoints of what is done, and of what a longer run goes on from', async () => {
    const study = new FakeStudy(folder());
    const { left } = await run(study, growing(5));
    expect(left.size).toBe(1);
    expect(live(study, growing(5))).toEqual(left);
    expect(live(study, growing(50))).toEqual(left);
  });

  it('names those of earlier parameters only while their results are kept', async () => {
    const study = new FakeStudy(folder());
    const before = await run(study, growing(5, { lambda: 1 }));
    const now = await run(study, growing(5, { lambda: 2 }));
    expect(live(study, growing(5, { lambda: 2 }))).toEqual(now.left);
    expect(live(study, growing(5, { lambda: 2 }), before.keys)).toEqual(new Set([...now.left, ...before.left]));
  });

  it('names none of other code, from which nothing can go on', async () => {
    const study = new FakeStudy(folder());
    const { left, keys } = await run(study, growing(5));
    const changed = [kind('fake'), kind('growing', { grows: 'n' }, 'other code')];
    const found = live(study, growing(5), keys, changed);
    expect(found.size).toBe(1);
    expect(found).not.toEqual(left);
  });
});
