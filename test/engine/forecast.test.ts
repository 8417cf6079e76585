import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Forecast } from '../../src/engine/forecast.ts';
import { canonical } from '../../src/store/canonical.ts';
import type { Plan } from '../../src/study/plan.ts';
import { temporaryFolders } from '../store/folder.ts';
import { cell, FakeStudy, kind, planOf, stage, type Work } from './fakes.ts';
import { SAMPLE, untilNarrow, untilWork } from './untilWork.ts';

const folder = temporaryFolders();

const statesOf = (forecasts: readonly Forecast[]): Record<string, string> =>
  Object.fromEntries(forecasts.map(({ node, state }) => [node.target, state]));

describe('forecast', () => {
  const chain = (x: number) =>
    planOf([stage('a', [cell({}, { x })]), stage('b', [cell({}, { b: 1 }, { rows: 'a.out' })])]);

  it('says that everything is to run in a new store, and nothing after a run', async () => {
    const study = new FakeStudy(folder());
    expect(new Set(Object.values(statesOf(study.forecast(chain(1)))))).toEqual(new Set(['run']));
    await study.run(chain(1));
    expect(new Set(Object.values(statesOf(study.forecast(chain(1)))))).toEqual(new Set(['cached']));
  });

  it('says of users of a changed stage that it depends: their inputs may turn out as before', async () => {
    const study = new FakeStudy(folder());
    await study.run(chain(1));
    expect(statesOf(study.forecast(chain(2)))).toEqual({
      a: 'run',
      'a.out': 'depends',
      b: 'depends',
      'b.out': 'depends',
    });
  });

  it('names the computation that another name shares', () => {
    const twice = planOf([stage('one', [cell({}, { x: 1 })]), stage('two', [cell({}, { x: 1 })])]);
    const forecasts = new FakeStudy(folder()).forecast(twice);
    expect(statesOf(forecasts)).toEqual({ one: 'run', 'one.out': 'run', two: 'shared', 'two.out': 'shared' });
    expect(forecasts[2]).toMatchObject({ with: 'one' });
  });

  it('does not promise to gather what all cells may leave out', () => {
    const plan = planOf([stage('a', [cell()], { outputs: { out: { type: 'table', optional: true } } })]);
    expect(statesOf(new FakeStudy(folder()).forecast(plan))).toEqual({ a: 'run', 'a.out': 'depends' });
  });

  it('says run for a stage whose file is gone: the run tells what is wrong', () => {
    const plan = planOf([stage('a', [cell({}, {}, { rows: './none.csv' })])]);
    expect(statesOf(new FakeStudy(folder()).forecast(plan))).toEqual({ a: 'run', 'a.out': 'run' });
  });

  it('says run where a recorded result is gone from the store', async () => {
    const study = new FakeStudy(folder());
    const { records } = await study.run(chain(1));
    rmSync(study.cas.path(records.get('a')!.outputs.out.digest));
    expect(statesOf(study.forecast(chain(1)))).toMatchObject({ a: 'run', b: 'depends' });
  });

  it('holds where one action gives the lost bytes of another again', async () => {
    const study = new FakeStudy(folder());
    const work: Work = () => ({ out: 'the same' });
    const plan = planOf([stage('a', [cell({}, { x: 1 })]), stage('b', [cell({}, { x: 2 })])]);
    const { records } = await study.run(plan, { work });
    rmSync(study.cas.path(records.get('a')!.outputs.out.digest));
    expect(statesOf(study.forecast(plan))).toMatchObject({ a: 'run', b: 'run' });
    expect((await study.run(plan, { work })).executed).toEqual(expect.arrayContaining(['a', 'b']));
  });
});

/**
 * Up to five stages; each has cells, a parameter, and earlier stages as inputs. `digits` of a stage says how much of
 * its inputs its result depends on: 0 for a constant, so that changes stop there.
 */
const draft = fc.record({
  cells: fc.integer({ min: 1, max: 3 }),
  x: fc.integer({ min: 0, max: 2 }),
  constant: fc.boolean(),
  reads: fc.array(fc.nat(3), { maxLength: 2 }),
  /** Replicates: a fixed number of them, or as many as it takes. Few seeds, so that stages share some. */
  repeats: fc.option(
    fc.record({
      min: fc.integer({ min: 2, max: 4 }),
      more: fc.nat(6),
      relative: fc.constantFrom(undefined, 0.1, 0.3, 0.6, 2),
    }),
    { freq: 2 },
  ),
});
type Draft = typeof draft extends fc.Arbitrary<infer T> ? T : never;

const planFrom = (drafts: readonly Draft[]): Plan =>
  planOf(
    drafts.map(({ cells, x, constant, reads, repeats }, at) => {
      const inputs = Object.fromEntries(
        reads.filter((from) => from < at).map((from, position) => [`in${position}`, `s${from}.out`]),
      );
      return stage(
        `s${at}`,
        Array.from({ length: cells }, (_, i) => cell({ i }, { x, i: constant ? 0 : i, constant }, inputs)),
        repeats === null ? {} : repeated(repeats),
      );
    }),
  );

const repeated = ({ min, more, relative }: { min: number; more: number; relative: number | undefined }) =>
  relative === undefined ? { uses: 'sample', replicates: min + more } : untilNarrow(min, min + more, relative);

const kindsUsed = [kind('fake'), SAMPLE];

/** Constant stages all give the same bytes, whatever they read: different computations turn out to have equal inputs. */
const work: Work = ({ outputs, params, inputs }) => {
  const constant = (params as { constant?: boolean }).constant;
  const text = constant ? 'constant' : canonical({ params, inputs: JSON.parse(JSON.stringify(inputs)) });
  return Object.fromEntries(Object.keys(outputs).map((name) => [name, `${name} ${text}`]));
};

/** Work that takes now longer, now shorter, so that what runs beside each other ends in any order. */
const uneven = (work: Work): Work => {
  let turn = 0;
  return async (task, options) => {
    turn = (turn * 5 + 3) % 16;
    for (let wait = turn % 7; wait > 0; wait--) await Promise.resolve();
    return work(task, options);
  };
};

describe('the forecast of a run', () => {
  it('is the run: what it says runs is executed, and nothing but that and what depends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(draft, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 }),
        async (edits) => {
          const study = new FakeStudy(folder());
          for (const drafts of edits) {
            const plan = planFrom(drafts);
            const states = statesOf(study.forecast(plan, kindsUsed));
            const ran = await study.run(plan, { kindsUsed, work: uneven(untilWork(study, work)), jobs: 3 });
            const { executed, counts, notNeeded } = ran;
            const promised = Object.keys(states).filter((target) => states[target] === 'run');
            const possible = Object.keys(states).filter((target) => ['run', 'depends'].includes(states[target]));
            expect(executed).toEqual(expect.arrayContaining(promised));
            expect(possible).toEqual(expect.arrayContaining([...executed]));
            expect(new Set(executed).size).toBe(executed.length);
            expect(counts.failed + counts.skipped).toBe(0);
            const foreseen = Object.keys(states).filter((target) => states[target] === 'not-needed');
            expect([...notNeeded.keys()]).toEqual(expect.arrayContaining(foreseen));
            const after = study.forecast(plan, kindsUsed);
            const refused = after.flatMap((item) => (item.state === 'not-needed' ? [[item.node.target, item.by]] : []));
            expect(Object.fromEntries(refused)).toEqual(Object.fromEntries(notNeeded));
            expect(new Set(after.map(({ state }) => state).filter((state) => state !== 'not-needed'))).toEqual(
              new Set(['cached']),
            );
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});
