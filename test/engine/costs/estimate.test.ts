import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Estimate, median } from '../../../src/engine/costs/durations.ts';
import { type CostForecast, costOf, forecastCost } from '../../../src/engine/costs/estimate.ts';
import { forecast } from '../../../src/engine/forecast.ts';
import { dependencies } from '../../../src/engine/graph.ts';
import { growthKey } from '../../../src/engine/growth.ts';
import type { KeyManifest } from '../../../src/engine/key.ts';
import type { LoadedKind } from '../../../src/engine/kinds.ts';
import { Checkpoints } from '../../../src/store/checkpoints.ts';
import type { Plan } from '../../../src/study/plan.ts';
import { temporaryFolders } from '../../store/folder.ts';
import { cell, FakeStudy, kind, planOf, stage } from '../fakes.ts';

const folder = temporaryFolders();

/** What fake actions are recorded to have taken. */
const UNTOLD = 1;

/** Says how long a target took when it ran last. */
function took(
  study: FakeStudy,
  plan: Plan,
  kinds: readonly LoadedKind[],
  times: Readonly<Record<string, number>>,
): void {
  const context = study.context(plan, kinds);
  const manifests = context.log.manifests();
  for (const key of [...context.log.keys()]) {
    const record = context.log.get(key)!;
    const seconds = times[record.target];
    if (seconds !== undefined && record.seconds === UNTOLD)
      context.log.append(key, { ...record, seconds }, manifests.get(key));
  }
  context.log.close();
}

function cost(study: FakeStudy, plan: Plan, kinds?: readonly LoadedKind[], jobs = 2): CostForecast {
  const context = study.context(plan, kinds);
  return forecastCost(forecast(context.graph.select(), context), jobs, context);
}

const fake = [kind('fake')];
const cells = (xs: readonly number[]) => xs.map((x, i) => cell({ i }, { x }));

describe('the estimate of an action', () => {
  it('is what its cell took before; else the median of its stage; else of its kind', async () => {
    const study = new FakeStudy(folder());
    const before = planOf([stage('a', cells([1, 2, 3]))]);
    await study.run(before);
    took(study, before, fake, { 'a[i=0]': 2, 'a[i=1]': 4, 'a[i=2]': 9 });
    const now = planOf([stage('a', cells([5, 6, 7, 8])), stage('new', [cell({}, { y: 1 })])]);
    const { estimates } = cost(study, now);
    expect(estimates.get('a[i=0]')).toEqual({ seconds: 2, basis: 'cell' });
    expect(estimates.get('a[i=2]')).toEqual({ seconds: 9, basis: 'cell' });
    expect(estimates.get('a[i=3]')).toEqual({ seconds: 4, basis: 'stage' });
    expect(estimates.get('new')).toEqual({ seconds: 4, basis: 'kind' });
  });

  it('is unknown where nothing of the kind ever ran, and is counted as such', () => {
    const { estimates, most } = cost(new FakeStudy(folder()), planOf([stage('a', cells([1, 2]))]));
    expect(estimates.get('a[i=0]')).toEqual({ basis: 'unknown' });
    expect(most).toEqual({ cpuSeconds: 0, wallSeconds: 0, unknown: 3 });
  });

  const growing = [kind('fake', { grows: 'events', seeded: true })];
  const run = (events: number, n = 1) => planOf([stage('a', [cell({}, { events, n })])]);

  it('is in proportion to the parameter that grows, by the earlier run of the nearest length', async () => {
    const study = new FakeStudy(folder());
    for (const [events, seconds] of [
      [10, 5], // half of it to get started
      [1000, 200],
    ]) {
      await study.run(run(events), { kindsUsed: growing });
      took(study, run(events), growing, { a: seconds });
    }
    const expected = (n: number, seconds: number) =>
      expect(cost(study, run(n, 2), growing).estimates.get('a')).toEqual({ seconds, basis: 'cell', grows: 'events' });
    expected(4000, 800);
    expected(20, 10);
  });

  it('is less by what a checkpoint saves, and so is what a run that went on from one took', async () => {
    const study = new FakeStudy(folder());
    await study.run(run(100), { kindsUsed: growing });
    took(study, run(100), growing, { a: 10 });
    const context = study.context(run(100), growing);
    const [manifest] = [...context.log.manifests().values()].filter((one) => 'seed' in Object(one)) as KeyManifest[];
    const checkpoints = new Checkpoints(study.storeRoot);
    checkpoints.save(growthKey(manifest, 'events'), { at: 100, bytes: Buffer.from('state') });
    expect(cost(study, run(400), growing).estimates.get('a')?.seconds).toBeCloseTo(30);
    // It goes on from 100 to 300: 40 s for 200 events.
    await study.run(run(300), { kindsUsed: growing });
    const { log } = study.context(run(300), growing);
    const [record] = [...log.keys()].map((key) => log.get(key)!).filter(({ from }) => from !== undefined);
    expect(record).toMatchObject({ target: 'a', from: 100 });
    took(study, run(300), growing, { a: 40 });
    expect(cost(study, run(200, 2), growing).estimates.get('a')?.seconds).toBeCloseTo(40);
  });

  it('is what it took where only its result was lost', async () => {
    const study = new FakeStudy(folder());
    const plan = planOf([stage('a', cells([1, 2]))]);
    const { records } = await study.run(plan);
    took(study, plan, fake, { 'a[i=0]': 3, 'a[i=1]': 8 });
    const { rmSync } = await import('node:fs');
    rmSync(study.cas.path(records.get('a[i=1]')!.outputs.out.digest));
    expect(cost(study, plan).estimates.get('a[i=1]')).toEqual({ seconds: 8, basis: 'itself' });
  });
});

describe('the cost of a run', () => {
  it('spans from what runs for certain to all that may', async () => {
    const study = new FakeStudy(folder());
    const chain = (x: number) => planOf([stage('a', cells([x, 2])), stage('b', [cell({}, {}, { rows: 'a.out' })])]);
    await study.run(chain(1));
    took(study, chain(1), fake, { 'a[i=0]': 6, 'a.out': 1, b: 3, 'b.out': 1 });
    const { least, most } = cost(study, chain(9));
    expect(least).toEqual({ cpuSeconds: 6, wallSeconds: 6, unknown: 0 });
    expect(most).toEqual({ cpuSeconds: 11, wallSeconds: 11, unknown: 0 });
  });

  it('is nothing where there is nothing to do', async () => {
    const study = new FakeStudy(folder());
    const plan = planOf([stage('a', cells([1]))]);
    await study.run(plan);
    expect(cost(study, plan)).toMatchObject({ most: { cpuSeconds: 0, wallSeconds: 0 }, estimates: new Map() });
  });

  it('is the longest chain or the shared work, whichever is more: no schedule is shorter, a greedy one less than both', () => {
    const drafts = fc.array(
      fc.record({ seconds: fc.integer({ min: 0, max: 9 }), reads: fc.array(fc.nat(8), { maxLength: 3 }) }),
      { minLength: 1, maxLength: 9 },
    );
    fc.assert(
      fc.property(drafts, fc.integer({ min: 1, max: 4 }), (items, jobs) => {
        const stages = items.map(({ reads }, at) =>
          stage(`s${at}`, [
            cell(
              {},
              { at },
              Object.fromEntries(reads.filter((from) => from < at).map((from) => [`i${from}`, `s${from}.out`])),
            ),
          ]),
        );
        const { graph } = new FakeStudy('/nowhere').context(planOf(stages));
        const nodes = graph.select();
        const estimates = new Map<string, Estimate>(
          items.map(({ seconds }, at) => [`s${at}`, { seconds, basis: 'cell' as const }]),
        );
        const { wallSeconds, cpuSeconds } = costOf(nodes, estimates, jobs);
        const secondsOf = (target: string): number => estimates.get(target)?.seconds ?? 0;
        expect(cpuSeconds).toBe(items.reduce((sum, { seconds }) => sum + seconds, 0));
        const greedy = makespan(
          nodes.map((node) => ({ target: node.target, needs: [...dependencies(node)] })),
          secondsOf,
          jobs,
        );
        expect(greedy).toBeGreaterThanOrEqual(wallSeconds - 1e-9);
        expect(greedy).toBeLessThanOrEqual(2 * wallSeconds + 1e-9); // Graham's bound, 2 − 1/jobs, is below it
      }),
      { numRuns: 100 },
    );
  });
});

/** How long a schedule takes that starts whatever is ready as soon as a core is free. */
function makespan(
  items: readonly { readonly target: string; readonly needs: readonly string[] }[],
  secondsOf: (target: string) => number,
  jobs: number,
): number {
  const ends = new Map<string, number>();
  const running: { target: string; end: number }[] = [];
  const waiting = [...items];
  let now = 0;
  while (waiting.length > 0 || running.length > 0) {
    const at = waiting.findIndex(({ needs }) =>
      needs.every((need) => (ends.get(need) ?? Number.POSITIVE_INFINITY) <= now),
    );
    if (at >= 0 && running.length < jobs) {
      const [{ target }] = waiting.splice(at, 1);
      running.push({ target, end: now + secondsOf(target) });
      continue;
    }
    running.sort((a, b) => a.end - b.end);
    const { target, end } = running.shift()!;
    now = end;
    ends.set(target, end);
  }
  return now;
}

it('a median is the middle value, or the mean of the two', () => {
  expect([median([]), median([3]), median([9, 1, 2]), median([4, 1, 2, 9])]).toEqual([undefined, 3, 2, 3]);
});
