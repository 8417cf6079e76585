import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActionLog } from '../../src/store/actions.ts';
import { temporaryFolders } from '../store/folder.ts';
import { cell, echo, FakeStudy, planOf, stage, type Work } from './fakes.ts';

const folder = temporaryFolders();
const study = () => new FakeStudy(folder());
const cells = (count: number) => Array.from({ length: count }, (_, i) => cell({ i }, { i }));
const plan = (count: number) => planOf([stage('a', cells(count)), stage('b', [cell({}, {}, { rows: 'a.out' })])]);

const failing =
  (bad: ReadonlySet<string>): Work =>
  (task, options) => {
    if (bad.has(task.target)) throw new Error('bad');
    return echo(task, options);
  };

describe('short actions of a stage', () => {
  it('are handed over together once it is known that they are short, in the order of the plan', async () => {
    const { executed, together, counts } = await study().run(plan(100), { seconds: 0.001 });
    expect(executed.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, i) => `a[i=${i}]`));
    expect(counts.executed).toBe(103);
    expect(Math.max(...together)).toBe(40);
    expect(together.length).toBeLessThan(15);
  });

  it('that took long are handed over one by one', async () => {
    expect((await study().run(plan(20), { seconds: 1, jobs: 2 })).together).toEqual([]);
  });

  it('with a time limit or with many cores are handed over one by one', async () => {
    for (const resources of [{ cpus: 1, time: 60 }, { cpus: 2 }]) {
      const limited = planOf([stage('a', cells(20), { resources })]);
      expect((await study().run(limited, { seconds: 0.001, jobs: 2 })).together).toEqual([]);
    }
  });

  it('are told of as finished when they are recorded, not before', async () => {
    const at = study();
    await at.run(plan(30), {
      seconds: 0.001,
      onEvent(event) {
        if (event.type !== 'action-finished') return;
        expect(new ActionLog(at.storeRoot, 'reader').get(event.key)).toMatchObject({ target: event.target });
      },
    });
  });

  it('come to the same as long ones, whichever of them fail', async () => {
    const many = 24;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(many - 1), { maxLength: 5 }),
        fc.integer({ min: 1, max: 3 }),
        async (bad, jobs) => {
          const work = failing(new Set(bad.map((i) => `a[i=${i}]`)));
          const [short, long] = await Promise.all(
            [0.001, 1].map((seconds) => study().run(plan(many), { work, jobs, seconds, keepGoing: true })),
          );
          expect(short.counts).toEqual(long.counts);
          expect(short.executed.toSorted()).toEqual(long.executed.toSorted());
          const outputs = (run: typeof short) =>
            [...run.records].map(([target, { outputs }]) => [target, outputs]).toSorted();
          expect(outputs(short)).toEqual(outputs(long));
        },
      ),
      { numRuns: 15 },
    );
  });

  it('after one that failed are left, and run next time', async () => {
    const at = study();
    const first = await at.run(plan(30), { seconds: 0.001, work: failing(new Set(['a[i=20]'])) });
    expect(first.counts.failed).toBe(1);
    expect(first.counts.skipped).toBeGreaterThan(0);
    const second = await at.run(plan(30), { seconds: 0.001 });
    expect(second.counts).toMatchObject({ executed: 33 - first.counts.executed, failed: 0, skipped: 0 });
    expect(second.executed.filter((target) => first.records.has(target))).toEqual([]);
  });

  it('are each done once by runs at once on one store', async () => {
    const at = study();
    const slowly: Work = async (task, options) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return echo(task, options);
    };
    const runs = await Promise.all([1, 2, 1].map((jobs) => at.run(plan(60), { work: slowly, seconds: 0.001, jobs })));
    const executed = runs.flatMap((run) => run.executed);
    expect(executed).toHaveLength(63);
    expect(new Set(executed).size).toBe(63);
    for (const run of runs) expect(run.counts.executed + run.counts.cached).toBe(63);
  });
});
