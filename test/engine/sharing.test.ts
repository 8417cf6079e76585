import { describe, expect, it } from 'vitest';
import { alone } from '../../src/engine/waiting.ts';
import { Leases } from '../../src/store/leases.ts';
import { temporaryFolders } from '../store/folder.ts';
import { cell, echo, FakeStudy, planOf, stage, type Work } from './fakes.ts';

const folder = temporaryFolders();
const study = () => new FakeStudy(folder());
const cells = (count: number) => Array.from({ length: count }, (_, i) => cell({ i }, { i }));

/** Takes its time, so that runs at once are at it at once. */
const slowly: Work = async (task, options) => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  return echo(task, options);
};

describe('runs at once on one store', () => {
  it('do each action once among them, and all have all results', async () => {
    const at = study();
    const plan = planOf([
      stage('a', cells(12)),
      stage('b', [cell({}, {}, { rows: 'a.out' })]),
      stage('c', [cell({}, { c: 1 }, { rows: 'b.out' })]),
    ]);
    const runs = await Promise.all([1, 2, 1, 3].map((jobs) => at.run(plan, { work: slowly, jobs })));
    const executed = runs.flatMap((run) => run.executed);
    expect(executed).toHaveLength(17);
    expect(new Set(executed).size).toBe(17);
    for (const run of runs) {
      expect(run.counts.executed + run.counts.cached).toBe(17);
      expect(Object.fromEntries(run.records)).toEqual(Object.fromEntries(runs[0].records));
      expect(run.executed.length).toBeGreaterThan(0); // nobody only waits while there is something to do
    }
  });

  it('wait without a thread, and say so', async () => {
    const at = study();
    const plan = planOf([stage('a', cells(2))]);
    let finish = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const first = at.run(plan, {
      targets: ['a[i=0]'],
      work: async (task, options) => held.then(() => echo(task, options)),
    });
    const second = at.run(plan, {
      onEvent: (event) => event.type === 'action-finished' && event.target === 'a[i=1]' && finish(),
    });
    const { executed, events } = await second;
    expect(executed).toEqual(['a[i=1]', 'a.out']);
    expect(events.slice(0, 2).map(({ type }) => type)).toEqual(['action-awaited', 'action-started']);
    expect(events.find((event) => event.type === 'action-cached')).toMatchObject({ target: 'a[i=0]' });
    expect((await first).executed).toEqual(['a[i=0]']);
  });

  it('try themselves what failed in another', async () => {
    const at = study();
    const plan = planOf([stage('a', [cell()])]);
    const fails: Work = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw new Error('out of luck');
    };
    const [first, second] = await Promise.all([at.run(plan, { work: fails }), at.run(plan)]);
    expect(first.counts.failed).toBe(1);
    expect(second.executed).toEqual(['a', 'a.out']);
  });

  it('stop waiting when they are stopped, and when something else failed', async () => {
    const at = study();
    const plan = planOf([stage('a', [cell({}, { a: 1 })]), stage('bad', [cell({}, { bad: 1 })])]);
    const elsewhere = new Leases(at.storeRoot);
    const keys: string[] = [];
    await at.run(plan, {
      targets: ['a'],
      work: () => {
        throw new Error('only to learn the key');
      },
      onEvent: (event) => event.type === 'action-failed' && keys.push(event.key),
    });
    expect(elsewhere.acquire(keys[0])).toBe(true);
    const stop = new AbortController();
    const stopped = await at.run(plan, {
      targets: ['a'],
      signal: stop.signal,
      onEvent: (event) => event.type === 'action-awaited' && stop.abort(),
    });
    expect(stopped.counts).toEqual({ executed: 0, cached: 0, failed: 0, skipped: 1 });
    const failed = await at.run(plan, {
      work: () => {
        throw new Error('it broke');
      },
    });
    expect(failed.counts).toEqual({ executed: 0, cached: 0, failed: 1, skipped: 3 });
    elsewhere.close();
  });
});

it('what is done alone is done by one at a time', async () => {
  const root = folder();
  let inside = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 5 }, async () => {
      const leases = new Leases(root);
      await alone(leases, 'publish', async () => {
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setTimeout(resolve, 3));
        inside--;
      });
      leases.close();
    }),
  );
  expect(most).toBe(1);
});
