import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/engine/events.ts';
import { dependencies } from '../../src/engine/graph.ts';
import { lockEntries } from '../../src/engine/lockEntries.ts';
import { plannedLooks } from '../../src/engine/looks.ts';
import { resolveAction } from '../../src/engine/resolve.ts';
import { lookAt } from '../../src/science/stats/sequential.ts';
import type { Json, Plan } from '../../src/study/plan.ts';
import { temporaryFolders } from '../store/folder.ts';
import { accept } from './accepting.ts';
import { cell, echo, FakeStudy, kind, planOf, type Ran, stage, type Work } from './fakes.ts';
import { SAMPLE, untilNarrow, untilWork } from './untilWork.ts';

const folder = temporaryFolders();
const kindsUsed = [kind('fake'), SAMPLE];
const cells = (count: number) => Array.from({ length: count }, (_, i) => cell({ i }, { i }));
const sampled = (min: number, max: number, relative: number, name = 's', count = 1) =>
  stage(name, cells(count), untilNarrow(min, max, relative));
const run = (study: FakeStudy, plan: Plan, more: Parameters<FakeStudy['run']>[1] = {}) =>
  study.run(plan, { kindsUsed, work: untilWork(study, echo), ...more });
const outOf = (study: FakeStudy, { records }: Ran, target: string) =>
  JSON.parse(study.cas.get(records.get(target)!.outputs.out.digest).toString()) as {
    values: number[];
    looks: number[];
  };
/** Everything that a run left, by target. */
const bytesOf = ({ records }: Ran) =>
  Object.fromEntries([...records].map(([target, { outputs }]) => [target, JSON.stringify(outputs)]).sort());

describe('the graph of a stage with until', () => {
  const nodes = new FakeStudy(folder()).context(planOf([sampled(2, 5, 0.1)]), kindsUsed).graph.nodes;
  const needs = (target: string) => [...dependencies(nodes.get(target)!)];

  it('has a look after the first replicates, and each further replicate and look hangs on the one before', () => {
    expect([...nodes.keys()]).toEqual(
      [
        's[i=0]#0',
        's[i=0]#1',
        's[i=0]#look1',
        's[i=0]#2',
        's[i=0]#look2',
        's[i=0]#3',
        's[i=0]#4',
        's[i=0]#look3',
      ].concat(['s[i=0]', 's.out', 's.decisions']),
    );
    expect(needs('s[i=0]#1')).toEqual([]);
    expect(needs('s[i=0]#4')).toEqual(['s[i=0]#look2']);
    expect(needs('s[i=0]#look2')).toEqual(['s[i=0]#look1', 's[i=0]#0', 's[i=0]#1', 's[i=0]#2']);
    expect(new Set(needs('s[i=0]'))).toEqual(new Set(['s[i=0]#look3', ...[0, 1, 2, 3, 4].map((r) => `s[i=0]#${r}`)]));
    expect(needs('s.decisions')).toEqual([1, 2, 3].map((look) => `s[i=0]#look${look}`));
  });

  it('gives every replicate the key that it has where their number is fixed', () => {
    const keysOf = (plan: Plan) => {
      const context = new FakeStudy(folder()).context(plan, kindsUsed);
      const replicates = [...context.graph.nodes.values()].filter(({ replicate }) => replicate !== null);
      return replicates.map((node) => resolveAction(node, { ...context, record: () => undefined }).key);
    };
    const fixed = keysOf(planOf([stage('s', cells(1), { uses: 'sample', replicates: 20 })]));
    expect(fixed).toHaveLength(20);
    expect(keysOf(planOf([sampled(4, 20, 0.1)]))).toEqual(fixed);
    expect(keysOf(planOf([sampled(2, 7, 0.5)]))).toEqual(fixed.slice(0, 7));
  });
});

describe('a run of a stage with until', () => {
  it('gives what looking at the replicates one after another gives', async () => {
    const rule = fc.record({
      min: fc.integer({ min: 2, max: 6 }),
      more: fc.nat(14),
      relative: fc.constantFrom(0.1, 0.2, 0.3, 0.5, 1, 3),
      seed: fc.integer(),
      jobs: fc.constantFrom(1, 2, 5),
    });
    await fc.assert(
      fc.asyncProperty(rule, async ({ min, more, relative, seed, jobs }) => {
        const fixed = new FakeStudy(folder());
        const all = planOf([stage('s', cells(1), { uses: 'sample', replicates: min + more })], String(seed));
        const { values } = outOf(fixed, await run(fixed, all), 's[i=0]');
        const counts = plannedLooks(min, min + more);
        const enough = counts.findIndex(
          (count) => lookAt(values.slice(0, count), { width: { relative }, confidence: 0.9, looks: counts }).isNarrow,
        );
        const expected = enough < 0 ? min + more : counts[enough];

        const study = new FakeStudy(folder());
        const ran = await run(study, planOf([sampled(min, min + more, relative)], String(seed)), { jobs });
        expect(outOf(study, ran, 's[i=0]')).toMatchObject({
          values: values.slice(0, expected),
          looks: counts.length > 1 ? counts : [],
        });
        const replicates = ran.executed.filter((target) => /#\d+$/.test(target));
        expect(replicates.sort()).toEqual(Array.from({ length: expected }, (_, r) => `s[i=0]#${r}`).sort());
        expect([...ran.notNeeded.keys()].filter((target) => /#\d+$/.test(target))).toHaveLength(min + more - expected);
        expect(new Set(ran.notNeeded.values())).toEqual(
          new Set(expected < min + more ? [`s[i=0]#look${enough + 1}`] : []),
        );
        expect(ran.counts).toEqual({ executed: ran.executed.length, cached: 0, failed: 0, skipped: 0 });
      }),
      { numRuns: 20 },
    );
  });

  const widths = planOf([sampled(2, 9, 0.4, 's', 4)]);

  it('gives the same bytes whatever the number of workers, in one run or in one that was stopped on the way', async () => {
    const alone = new FakeStudy(folder());
    const straight = await run(alone, widths);
    expect(straight.notNeeded.size).toBeGreaterThan(0);
    expect(straight.executed.filter((target) => /#look[23]/.test(target)).length).toBeGreaterThan(0);
    const two = new FakeStudy(folder());
    expect(bytesOf(await run(two, widths, { jobs: 2 }))).toEqual(bytesOf(straight));
    for (const at of [3, 14, 25]) {
      const study = new FakeStudy(folder());
      const stop = new AbortController();
      let finished = 0;
      const onEvent = (event: RunEvent) => event.type === 'action-finished' && ++finished === at && stop.abort();
      const stopped = await run(study, widths, { jobs: 3, signal: stop.signal, onEvent });
      const resumed = await run(study, widths, { jobs: 2 });
      expect(bytesOf(resumed)).toEqual(bytesOf(straight));
      const again = resumed.executed.filter((target) => stopped.records.has(target));
      expect(again).toEqual([]);
    }
  });

  it('is shared by runs at once', async () => {
    const study = new FakeStudy(folder());
    const runs = await Promise.all([1, 2, 3].map((jobs) => run(study, widths, { jobs })));
    const executed = runs.flatMap((each) => each.executed);
    expect(new Set(executed).size).toBe(executed.length);
    for (const each of runs) expect(bytesOf(each)).toEqual(bytesOf(runs[0]));
  });

  it('has nothing to do the second time, and says again what is not needed', async () => {
    const study = new FakeStudy(folder());
    const first = await run(study, widths);
    const second = await run(study, widths);
    expect(second.executed).toEqual([]);
    expect(second.notNeeded).toEqual(first.notNeeded);
    expect(new Set(study.forecast(widths, kindsUsed).map(({ state }) => state))).toEqual(
      new Set(['cached', 'not-needed']),
    );
  });

  it('repeats no replicate when the width, the least or the largest number changes', async () => {
    const study = new FakeStudy(folder());
    const replicates = ({ executed }: Ran) => executed.filter((target) => /#\d+$/.test(target));
    await run(study, planOf([sampled(4, 9, 1e-6)]));
    expect(replicates(await run(study, planOf([sampled(4, 9, 0.5)])))).toEqual([]);
    expect(replicates(await run(study, planOf([sampled(3, 8, 0.3)])))).toEqual([]);
    const more = await run(study, planOf([sampled(4, 12, 1e-6)]));
    expect(replicates(more)).toEqual(['s[i=0]#9', 's[i=0]#10', 's[i=0]#11']);
    expect(replicates(await run(study, planOf([stage('t', cells(1), { uses: 'sample', replicates: 12 })])))).toEqual(
      [],
    );
  });

  it('combines with the key of a fixed number where there is but one look', async () => {
    const study = new FakeStudy(folder());
    await run(study, planOf([stage('s', cells(1), { uses: 'sample', replicates: 5 })]));
    expect((await run(study, planOf([sampled(5, 5, 0.1)]))).executed).toEqual(['s[i=0]#look1', 's.decisions']);
    const looked = await run(study, planOf([sampled(2, 5, 1e-6)]));
    expect(looked.executed).toContain('s[i=0]');
    expect(outOf(study, looked, 's[i=0]').looks).toEqual([2, 3, 5]);
  });

  it('takes a replicate that another stage asks for anyway, whichever is declared first', async () => {
    const fixed = stage('all', cells(1), { uses: 'sample', replicates: 12 });
    for (const stages of [
      [fixed, sampled(2, 12, 0.4)],
      [sampled(2, 12, 0.4), fixed, sampled(2, 9, 0.2, 'narrower')],
    ]) {
      const study = new FakeStudy(folder());
      const { executed, counts, records } = await run(study, planOf(stages), { jobs: 3 });
      expect(executed.filter((target) => /#\d+$/.test(target))).toHaveLength(12);
      expect(counts.failed + counts.skipped).toBe(0);
      expect(records.has('all[i=0]')).toBe(true);
    }
  });

  it('computes a replicate again that is gone from the store only where it is needed', async () => {
    const study = new FakeStudy(folder());
    const all = await run(study, planOf([sampled(2, 12, 1e-6)]));
    const wide = planOf([sampled(2, 12, 0.4)]);
    const { notNeeded } = await run(study, wide);
    expect(notNeeded.has('s[i=0]#11')).toBe(true);
    for (const target of ['s[i=0]#0', 's[i=0]#11'])
      rmSync(study.cas.path(all.records.get(target)!.outputs.part.digest));
    expect((await run(study, wide)).executed).toEqual(['s[i=0]#0']);
  });

  it('looks again where what a look asked for is gone', async () => {
    const study = new FakeStudy(folder());
    const first = await run(study, widths);
    const asked = [...first.records].find(([target, { outputs }]) => target.includes('#look') && outputs.more)!;
    rmSync(study.cas.path(asked[1].outputs.more.digest));
    expect(study.forecast(widths, kindsUsed).some(({ state }) => state === 'depends')).toBe(true);
    const again = await run(study, widths);
    expect(again.executed.every((target) => target.includes('#look'))).toBe(true);
    expect(bytesOf(again)).toEqual(bytesOf(first));
  });

  describe('where a replicate fails', () => {
    const plan = planOf([sampled(2, 12, 1e-6), stage('beside', [cell({}, { beside: 1 })])]);
    const failing =
      (study: FakeStudy, which: string): Work =>
      (task, options) => {
        if (task.target === which) throw new Error('it broke');
        return untilWork(study, echo)(task, options);
      };

    it('has no look after it, and skips the rest', async () => {
      const study = new FakeStudy(folder());
      const { executed, counts, events, notNeeded } = await run(study, plan, {
        work: failing(study, 's[i=0]#2'),
        keepGoing: true,
      });
      expect(executed).toEqual(['s[i=0]#0', 's[i=0]#1', 's[i=0]#look1', 's[i=0]#2', 'beside', 'beside.out']);
      expect(notNeeded.size).toBe(0);
      expect(counts.failed).toBe(1);
      const skipped = events.flatMap((event) => (event.type === 'action-skipped' ? [event.target] : []));
      expect(skipped).toEqual(
        expect.arrayContaining(['s[i=0]#look2', 's[i=0]#3', 's[i=0]#11', 's[i=0]', 's.decisions']),
      );
      expect(bytesOf(await run(study, plan))).toEqual(bytesOf(await run(new FakeStudy(folder()), plan)));
    });

    it('or a look, likewise', async () => {
      const study = new FakeStudy(folder());
      const ran = await run(study, plan, { work: failing(study, 's[i=0]#look1'), keepGoing: true });
      expect(ran.executed).toEqual(['s[i=0]#0', 's[i=0]#1', 's[i=0]#look1', 'beside', 'beside.out']);
      expect(ran.counts.failed).toBe(1);
    });

    it('does not fail where it is not needed', async () => {
      const study = new FakeStudy(folder());
      const wide = planOf([sampled(2, 12, 3)]);
      const { counts } = await run(study, wide, { work: failing(study, 's[i=0]#2') });
      expect(counts).toMatchObject({ failed: 0, skipped: 0 });
    });
  });

  it('is locked by its tables, the decisions among them, and nothing of it is pending', async () => {
    const study = new FakeStudy(folder());
    const { records } = await run(study, widths);
    const { results, pending } = lockEntries(study.context(widths, kindsUsed).graph.nodes.values(), records);
    expect([[...results.keys()], [...pending]]).toEqual([['s.out', 's.decisions'], []]);
  });

  it('is accepted across a change of code, with what is not needed left alone', async () => {
    const study = new FakeStudy(folder());
    const before = await run(study, widths);
    const changed = [kind('fake'), { ...SAMPLE, digest: kind('sample', {}, 'v2').digest }];
    const { found, accepted, refused } = await accept(study, widths, changed, { work: untilWork(study, echo) });
    expect([found.toRun, found.waiting, refused]).toEqual([[], [], []]);
    expect(accepted.some(({ nodes }) => nodes.some(({ target }) => before.notNeeded.has(target)))).toBe(false);
    const after = await run(study, widths, { kindsUsed: changed });
    expect(after.executed).toEqual([]);
    expect([bytesOf(after), after.notNeeded]).toEqual([bytesOf(before), before.notNeeded]);
  });

  it('decides from the values and nothing else: the rule stands in the key of a look', async () => {
    const study = new FakeStudy(folder());
    const keys = async (plan: Plan) => {
      const { actions } = await run(study, plan);
      return Object.fromEntries(actions.map(({ target, key }) => [target, key]));
    };
    const before = await keys(planOf([sampled(2, 4, 1e-6)]));
    const wider = await keys(planOf([sampled(2, 4, 1e-7)]));
    expect(wider['s[i=0]#look1']).not.toBe(before['s[i=0]#look1']);
    expect(wider['s[i=0]#3']).toBe(before['s[i=0]#3']);
    expect(wider['s[i=0]']).toBe(before['s[i=0]']);
    expect((before as Record<string, Json>)['s.out']).toBe(wider['s.out']);
  });
});
