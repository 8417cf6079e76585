import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Forecast, forecast } from '../../src/engine/forecast.ts';
import { pull } from '../../src/engine/pull.ts';
import { push } from '../../src/engine/push.ts';
import { forecastWith } from '../../src/engine/remoteForecast.ts';
import { sharedWith } from '../../src/engine/sharedWith.ts';
import type { ActionRecord } from '../../src/store/actions.ts';
import { sha256 } from '../../src/store/canonical.ts';
import { Cas } from '../../src/store/cas.ts';
import { Folder } from '../../src/store/remote/folder.ts';
import { RemoteCache, type RemoteTrouble } from '../../src/store/remote/remoteCache.ts';
import type { Plan } from '../../src/study/plan.ts';
import { temporaryFolders } from '../store/folder.ts';
import { freshKey, trusting } from '../store/remote/keys.ts';
import { cell, echo, FakeStudy, planOf, stage, type Work } from './fakes.ts';
import { SAMPLE, untilNarrow, untilWork } from './untilWork.ts';

const folder = temporaryFolders();
const alice = freshKey();

/** A machine with a store of its own, and the cache in `shared`. */
function machine(shared: string, root = folder()) {
  const study = new FakeStudy(root);
  const troubles: RemoteTrouble[] = [];
  const remote = (): RemoteCache =>
    new RemoteCache({
      transport: new Folder(shared),
      namespace: 'main',
      trust: trusting(alice),
      signer: alice,
      cas: study.cas,
      tell: (trouble) => troubles.push(trouble),
    });
  const run = async (plan: Plan, options: Parameters<FakeStudy['run']>[1] = {}) => {
    const cache = remote();
    const ran = await study.run(plan, { shared: cache, ...options });
    return { ...ran, uploads: await cache.flush() };
  };
  const ask = (plan: Plan): Promise<Forecast[]> => {
    const context = study.context(plan);
    return forecastWith(remote(), context.graph.select(), context);
  };
  return { study, remote, run, forecast: ask, troubles };
}

const targetsIn = (forecasts: readonly Forecast[], ...states: Forecast['state'][]): string[] =>
  forecasts.filter(({ state }) => states.includes(state)).map(({ node }) => node.target);

const chain = (x: number): Plan =>
  planOf([
    stage('a', [cell({ i: 1 }, { x, i: 1 }), cell({ i: 2 }, { x, i: 2 })]),
    stage('b', [cell({}, { b: 1 }, { rows: 'a.out' })]),
  ]);

const digests = (records: ReadonlyMap<string, ActionRecord>): object =>
  Object.fromEntries([...records].map(([target, { outputs }]) => [target, outputs]));

describe('a second checkout', () => {
  it('fills itself with nothing computed, as forecast, and gets the same bytes', async () => {
    const shared = folder();
    const first = await machine(shared).run(chain(1));
    expect(first.uploads).toMatchObject({ uploaded: first.executed.length, failed: 0 });
    const second = machine(shared);
    const forecasts = await second.forecast(chain(1));
    expect(forecasts.every((item) => 'remote' in item)).toBe(true);
    const ran = await second.run(chain(1));
    expect(ran.executed).toEqual([]);
    expect(ran.counts).toEqual({ executed: 0, cached: first.executed.length, failed: 0, skipped: 0 });
    expect(ran.fetched).toBe(first.executed.length);
    expect(digests(ran.records)).toEqual(digests(first.records));
    expect(ran.events.filter((event) => event.type === 'action-cached' && event.fetched)).toHaveLength(ran.fetched);
    for (const { outputs } of ran.records.values()) {
      for (const { digest } of Object.values(outputs)) expect(sha256(second.study.cas.get(digest))).toBe(digest);
    }
    expect(second.troubles).toEqual([]);
  });

  it('then has the results without the cache, knows who answers for them, and does not sign them itself', async () => {
    const shared = folder();
    await machine(shared).run(chain(1));
    const second = machine(shared);
    await second.run(chain(1));
    rmSync(join(shared, 'ac'), { recursive: true });
    const again = await second.run(chain(1));
    expect([again.executed, again.fetched, again.uploads.uploaded]).toEqual([[], 0, 0]);
    expect([...again.records.values()].every(({ signedBy }) => signedBy === alice.public.id)).toBe(true);
    const context = second.study.context(chain(1));
    const { results, withheld } = await push(second.remote(), forecast(context.graph.select(), context));
    expect([results.size, withheld.length]).toEqual([0, again.records.size]);
  });

  it('computes what is missing, and takes again what is made of it', async () => {
    const shared = folder();
    const first = await machine(shared).run(chain(1));
    const lost = first.records.get('a[i=2]')!.outputs.out.digest;
    rmSync(join(shared, 'cas', lost));
    const second = machine(shared);
    const forecasts = await second.forecast(chain(1));
    expect(targetsIn(forecasts, 'run')).toEqual(['a[i=2]']);
    expect(targetsIn(forecasts, 'depends')).toEqual(['a.out', 'b', 'b.out']);
    const ran = await second.run(chain(1));
    expect(ran.executed).toEqual(['a[i=2]']);
    expect(digests(ran.records)).toEqual(digests(first.records));
  });

  it('heals its own store from the cache', async () => {
    const shared = folder();
    const { study, run } = machine(shared);
    const first = await run(chain(1));
    rmSync(study.cas.path(first.records.get('b')!.outputs.out.digest));
    expect(await run(chain(1))).toMatchObject({ executed: [], fetched: 1 });
  });

  it('pulls without a run, and says what it has and has not', async () => {
    const shared = folder();
    await machine(shared).run(chain(1));
    const second = machine(shared);
    const both = planOf([...chain(1).stages, stage('c', [cell({}, { c: 1 })])]);
    const context = second.study.context(both);
    const nodes = context.graph.select();
    const forecasts = await forecastWith(second.remote(), nodes, context);
    expect(await sharedWith(second.remote(), forecasts)).toEqual({ both: 0, here: 0, there: 5, nowhere: 2 });
    const pulled = await pull(second.remote(), nodes, forecasts, context);
    expect([pulled.fetched.length, pulled.failed]).toEqual([5, []]);
    context.log.close();
    expect(targetsIn(second.study.forecast(both), 'run', 'depends')).toEqual(['c', 'c.out']);
    expect((await second.run(both)).executed).toEqual(['c', 'c.out']);
    expect(await sharedWith(second.remote(), await second.forecast(both))).toEqual({
      both: 7,
      here: 0,
      there: 0,
      nowhere: 0,
    });
  });
});

describe('a cache', () => {
  it('is never asked for what is here, nor for the same computation under two names', async () => {
    const twice = planOf([stage('one', [cell({}, { x: 1 })]), stage('two', [cell({}, { x: 1 })])]);
    const shared = folder();
    const first = await machine(shared).run(twice);
    expect(first.executed).toEqual(['one', 'one.out']);
    expect(readdirSync(join(shared, 'ac'))).toHaveLength(2);
    expect(await machine(shared).run(twice)).toMatchObject({ executed: [], fetched: 2, counts: { cached: 4 } });
  });

  it('decides no key and no byte: runs with it, without it, and with one that is dead agree', async () => {
    const shared = folder();
    await machine(shared).run(chain(2));
    const [withIt, without, dead] = await Promise.all([
      machine(shared).run(chain(1)),
      new FakeStudy(folder()).run(chain(1)),
      machine(join(shared, 'not-mounted')).run(chain(1)),
    ]);
    expect(digests(withIt.records)).toEqual(digests(without.records));
    expect(digests(dead.records)).toEqual(digests(without.records));
    expect(dead.actions.map(({ key }) => key).sort()).toEqual(without.actions.map(({ key }) => key).sort());
    expect(dead.uploads).toMatchObject({ uploaded: 0, failed: dead.executed.length });
  });

  it('whose trusted writer signs other outputs than the action has is not believed', async () => {
    const shared = folder();
    const first = await machine(shared).run(planOf([stage('a', [cell({}, { x: 1 })])]));
    const { key } = first.actions.find(({ target }) => target === 'a')!;
    const record = first.records.get('a')!;
    const writer = machine(shared);
    const put = new Cas(writer.study.storeRoot).put(Buffer.from('x'));
    const odd: ActionRecord['outputs'][] = [
      {},
      { other: { digest: put, bytes: 1, rows: 1 } },
      { out: { digest: put, bytes: 1 } }, // bytes where a table is due
      { out: { digest: put, bytes: 1, rows: 1 }, more: { digest: put, bytes: 1, rows: 1 } },
    ];
    for (const outputs of odd) {
      expect(await writer.remote().push(key, { ...record, outputs })).toBe(true);
      const reader = machine(shared);
      const ran = await reader.study.run(planOf([stage('a', [cell({}, { x: 1 })])]), { shared: reader.remote() });
      expect(ran.executed).toContain('a');
      expect(reader.troubles).toMatchObject([{ kind: 'other-outputs', key }]);
    }
  });

  it('that goes away in the midst of a run costs computations only', async () => {
    const shared = folder();
    const plan = planOf([
      stage(
        'a',
        Array.from({ length: 10 }, (_, i) => cell({ i }, { i })),
      ),
      stage(
        'b',
        Array.from({ length: 10 }, (_, i) => cell({ i }, { b: i }, { rows: 'a.out' })),
      ),
    ]);
    const first = await machine(shared).run(plan);
    const second = machine(shared);
    let gone = false;
    const ran = await second.run(plan, {
      onEvent(event) {
        if (event.type === 'action-cached' && event.target === 'a.out' && !gone) {
          gone = true;
          rmSync(shared, { recursive: true });
          writeFileSync(shared, 'no folder');
        }
      },
    });
    expect(digests(ran.records)).toEqual(digests(first.records));
    expect(ran.fetched).toBeGreaterThanOrEqual(11);
    expect(ran.executed.every((target) => target.startsWith('b'))).toBe(true);
    expect(ran.executed.length).toBeGreaterThan(0);
    expect(second.troubles.at(-1)).toMatchObject({ kind: 'left-alone' });
    rmSync(shared);
  });

  it('serves what looks decide: replicates that no look asks for are neither fetched nor run', async () => {
    const shared = folder();
    const plan = planOf([stage('a', [cell({ i: 1 }, { i: 1 }), cell({ i: 2 }, { i: 2 })], untilNarrow(3, 30, 0.2))]);
    const [one, two] = [machine(shared), machine(shared)];
    const first = await one.run(plan, { kindsUsed: [SAMPLE], work: untilWork(one.study, echo) });
    const ran = await two.run(plan, { kindsUsed: [SAMPLE], work: untilWork(two.study, echo) });
    expect(first.notNeeded.size).toBeGreaterThan(0);
    expect([ran.executed, ran.fetched]).toEqual([[], first.executed.length]);
    expect(ran.notNeeded).toEqual(first.notNeeded);
  });

  it('is not waited for by who stops', async () => {
    const shared = folder();
    await machine(shared).run(chain(1));
    const stop = new AbortController();
    stop.abort();
    const ran = await machine(shared).run(chain(1), { signal: stop.signal });
    expect(ran).toMatchObject({ executed: [], counts: { failed: 0 } });
    expect(ran.counts.skipped + ran.counts.cached).toBe(5);
  });
});

/** Layers of stages, each with cells and inputs from some of the stages before; equal stages are one computation. */
const plans = fc
  .array(fc.record({ cells: fc.integer({ min: 1, max: 3 }), salt: fc.integer({ min: 0, max: 2 }), from: fc.nat(7) }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((layers) =>
    planOf(
      layers.map(({ cells, salt, from }, at) => {
        const sources = Array.from({ length: at }, (_, earlier) => earlier).filter((earlier) => from & (1 << earlier));
        const inputs = Object.fromEntries(sources.map((earlier) => [`in${earlier}`, `s${earlier}.out`]));
        return stage(
          `s${at}`,
          Array.from({ length: cells }, (_, i) => cell(cells > 1 ? { i } : {}, { salt, i }, inputs)),
        );
      }),
    ),
  );

/** Many parameters give the same bytes, so that results upstream turn out as before. */
const coarse: Work = ({ outputs, params, inputs }) =>
  Object.fromEntries(
    Object.keys(outputs).map((name) => [name, `${name} ${sha256(JSON.stringify([params, inputs])).charCodeAt(0) % 3}`]),
  );

describe('a forecast', () => {
  it('names what a run with the cache executes, whatever the cache has kept', async () => {
    let fetched = 0;
    let computed = 0;
    await fc.assert(
      fc.asyncProperty(plans, plans, fc.array(fc.nat(), { maxLength: 6 }), async (before, now, losses) => {
        const shared = folder();
        await machine(shared).run(before, { work: coarse });
        await machine(shared).run(now, { work: coarse });
        const kept = ['ac', 'cas'].flatMap((name) =>
          readdirSync(join(shared, name)).map((file) => join(shared, name, file)),
        );
        for (const loss of losses) rmSync(kept[loss % kept.length], { force: true });
        const { forecast: ask, run } = machine(shared);
        const forecasts = await ask(now);
        const ran = await run(now, { work: coarse });
        const certain = targetsIn(forecasts, 'run');
        const possible = targetsIn(forecasts, 'run', 'depends');
        expect(ran.executed).toEqual(expect.arrayContaining(certain));
        expect(possible).toEqual(expect.arrayContaining([...ran.executed]));
        expect(digests(ran.records)).toEqual(
          digests((await new FakeStudy(folder()).run(now, { work: coarse })).records),
        );
        fetched += ran.fetched;
        computed += ran.executed.length;
      }),
      { numRuns: 30 },
    );
    expect(Math.min(fetched, computed)).toBeGreaterThan(20);
  });
});
