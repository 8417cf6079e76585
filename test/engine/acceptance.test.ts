import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { recordAccepted, sampleCandidates } from '../../src/engine/acceptance.ts';
import { ActionLog } from '../../src/store/actions.ts';
import { canonical } from '../../src/store/canonical.ts';
import { readStatement, writeStatement } from '../../src/store/statements.ts';
import type { Plan } from '../../src/study/plan.ts';
import { temporaryFolders } from '../store/folder.ts';
import { accept, find, statementOf, targetsOf, version } from './accepting.ts';
import { cell, echo, FakeStudy, planOf, stage, type Work } from './fakes.ts';

const folder = temporaryFolders();
const cells = (count: number, more = {}) => Array.from({ length: count }, (_, i) => cell({ i }, { i, ...more }));
const plan = planOf([
  stage('a', cells(6)),
  stage('b', cells(3, { b: 1 })),
  stage('c', [cell({}, { c: 1 }, { rows: 'a.out' })]),
  stage('d', [cell({}, { d: 1 }, { rows: 'c.out' })]),
]);

async function computed(of: Plan = plan): Promise<FakeStudy> {
  const study = new FakeStudy(folder());
  await study.run(of, { kindsUsed: [version('v1')] });
  return study;
}

describe('a sample of candidates', () => {
  it('has one of each stage however small it is, and grows by adding', async () => {
    const { candidates } = find(await computed(), plan, [version('v2')]);
    const chosen = (count: number) => targetsOf({ candidates: sampleCandidates(candidates, { count }) });
    expect(new Set(chosen(0).map((target) => target[0]))).toEqual(new Set(['a', 'b', 'c', 'd']));
    expect(chosen(0)).toHaveLength(4);
    for (let count = 5; count <= 11; count++) {
      expect(chosen(count)).toHaveLength(count);
      expect(chosen(count)).toEqual(expect.arrayContaining(chosen(count - 1)));
    }
    expect(targetsOf({ candidates: sampleCandidates([...candidates].reverse(), { count: 7 }) })).toEqual(chosen(7));
    expect(sampleCandidates(candidates, { fraction: 1 })).toHaveLength(candidates.length);
  });

  it('has one of each pair of former and new code within a stage', async () => {
    const study = new FakeStudy(folder());
    const both = planOf([stage('a', cells(4))]);
    await study.run(both, { kindsUsed: [version('v1')] });
    await study.run(both, { kindsUsed: [version('v2')], targets: ['a[i=3]'] });
    const { candidates } = find(study, both, [version('v3')]);
    const chosen = sampleCandidates(candidates, { count: 1 });
    expect(new Set(chosen.map(({ transition }) => transition.from)).size).toBe(2);
  });
});

describe('accepting', () => {
  it('records what was computed before under the new keys, by a statement, and a run has nothing to do', async () => {
    const study = await computed();
    const { statement, executed } = await accept(study, plan, [version('v2')], { size: { count: 1 } });
    expect(executed).toHaveLength(4);
    const run = await study.run(plan, { kindsUsed: [version('v2')] });
    expect(run.executed).toEqual([]);
    const before = await study.run(plan, { kindsUsed: [version('v1')] });
    for (const [target, { accepted, ...record }] of run.records) {
      expect({ ...before.records.get(target) }).toEqual(record);
      if (/out$/.test(target)) expect(accepted).toBeUndefined();
      else expect(accepted?.statement).toBe(statement);
    }
    expect(readStatement(study.storeRoot, statement!)).toMatchObject({
      accepted: 11,
      changes: [
        {
          kind: 'fake',
          stages: [
            { stage: 'a', entry: 'run', accepted: 6, recomputed: 1 },
            { stage: 'b', entry: 'run', accepted: 3, recomputed: 1 },
            { stage: 'c', accepted: 1, recomputed: 1 },
            { stage: 'd', accepted: 1, recomputed: 1 },
          ],
        },
      ],
      recomputed: [{}, {}, {}, {}],
    });
  });

  it('refuses a stage that comes out otherwise, with what is made of it; the plain run computes these', async () => {
    const study = await computed();
    const work: Work = (task, options) => (task.target === 'a[i=4]' ? { out: 'otherwise' } : echo(task, options));
    const { refused, withheld, accepted, trials } = await accept(study, plan, [version('v2')], { work });
    expect(refused).toEqual(['a']);
    expect(withheld).toEqual([...cells(6).map(({ id }) => `a[${id}]`), 'c', 'd']);
    expect(accepted.map(({ nodes }) => nodes[0].target)).toEqual(['b[i=0]', 'b[i=1]', 'b[i=2]']);
    expect(trials.filter(({ state }) => state === 'changed')).toMatchObject([
      { target: 'a[i=4]', differences: [{ output: 'out' }] },
    ]);
    const { executed } = await study.run(plan, { kindsUsed: [version('v2')], work });
    expect(executed.filter((target) => target.startsWith('a['))).toHaveLength(6);
    expect(executed.filter((target) => target.startsWith('b'))).toEqual([]);
  });

  it('computes no more of a stage once one of it came out otherwise, nor of what is made of it', async () => {
    const study = await computed();
    const work: Work = (task, options) => (task.target.startsWith('a[') ? { out: 'otherwise' } : echo(task, options));
    const { executed, trials } = await accept(study, plan, [version('v2')], { work });
    expect(executed.filter((target) => target.startsWith('a['))).toHaveLength(2); // and again, to see whether it is steady
    expect(executed.filter((target) => target.startsWith('b['))).toHaveLength(3);
    expect(trials).toHaveLength(6);
  });

  it('refuses what is behind a cached result that rests on a refused one', async () => {
    const study = await computed();
    const work: Work = (task, options) => (task.target === 'c' ? { out: 'otherwise' } : echo(task, options));
    const { refused, withheld } = await accept(study, plan, [version('v2')], { work });
    expect({ refused, withheld }).toEqual({ refused: ['c'], withheld: ['c', 'd'] }); // c.out, between them, is cached
  });

  it('calls a stage unstable that comes out in two ways, and refuses it as one that fails', async () => {
    const study = await computed();
    let calls = 0;
    const work: Work = (task, options) => {
      if (task.target === 'd') throw new Error('no luck');
      return task.target.startsWith('b') ? { out: `noise ${calls++}` } : echo(task, options);
    };
    const { trials, refused } = await accept(study, plan, [version('v2')], { work, size: { count: 1 } });
    expect(new Set(refused)).toEqual(new Set(['b', 'd']));
    expect(Object.fromEntries(trials.map(({ stage: name, state }) => [name, state]))).toEqual({
      a: 'same',
      b: 'unstable',
      c: 'same',
      d: 'failed',
    });
  });

  it('refuses all stages that share an action which came out otherwise', async () => {
    const shared = planOf([stage('a', cells(3)), stage('b', [cell({}, { i: 1 }), cell({ j: 2 }, { j: 2 })])]);
    const study = await computed(shared);
    const work: Work = (task, options) =>
      canonical(task.params) === canonical({ i: 1 }) ? { out: 'otherwise' } : echo(task, options);
    const { accepted, refused } = await accept(study, shared, [version('v2')], { work });
    expect({ accepted, refused }).toEqual({ accepted: [], refused: ['a', 'b'] });
  });

  it('writes the statement before any record, and leaves alone what others are at or have done', async () => {
    const study = await computed();
    const context = study.context(plan, [version('v2')]);
    const other = study.context(plan, [version('v2')]);
    const { candidates } = find(study, plan, [version('v2')]);
    other.leases.acquire(candidates[0].key);
    other.log.append(candidates[1].key, candidates[1].origin.record, candidates[1].action.manifest);
    const records = () => [...new ActionLog(study.storeRoot, 'reader').keys()];
    const before = records();
    let told: readonly unknown[] = [];
    expect(() =>
      recordAccepted(candidates, context, (recorded) => {
        told = recorded;
        expect(records()).toEqual(before);
        throw new Error('the disk is full');
      }),
    ).toThrow('the disk is full');
    expect(told).toEqual(candidates.slice(2));
    expect(records()).toEqual(before);
    expect(other.leases.acquire(candidates[5].key)).toBe(true); // it was given back
    other.leases.release(candidates[5].key);
    const statement = recordAccepted(candidates, context, () => writeStatement(study.storeRoot, statementOf()));
    expect(new Set(records())).toEqual(new Set([...before, ...candidates.slice(2).map(({ key }) => key)]));
    expect(readStatement(study.storeRoot, statement!)).toEqual(statementOf());
    context.leases.close();
    other.leases.close();
  });
});

const draft = fc.record({
  cells: fc.integer({ min: 1, max: 3 }),
  x: fc.integer({ min: 0, max: 2 }),
  constant: fc.boolean(),
  reads: fc.array(fc.nat(2), { maxLength: 2 }),
});

const planFrom = (drafts: readonly (typeof draft extends fc.Arbitrary<infer T> ? T : never)[]): Plan =>
  planOf(
    drafts.map(({ cells: count, x, constant, reads }, at) => {
      const inputs = Object.fromEntries(reads.filter((from) => from < at).map((from, k) => [`in${k}`, `s${from}.out`]));
      const made = Array.from({ length: count }, (_, i) => cell({ i }, { x, i: constant ? 0 : i, constant }, inputs));
      return stage(`s${at}`, made);
    }),
  );

/** Versions `v…` all give the same; `w…` give something else where x is 1. */
const work: Work = ({ outputs, params, inputs, bundle }) => {
  const { constant, x } = params as { constant?: boolean; x?: number };
  const changed = /\/w/.test(bundle) && x === 1 ? ' otherwise' : '';
  const text = constant ? 'constant' : canonical({ params, inputs: JSON.parse(JSON.stringify(inputs)) });
  return Object.fromEntries(Object.keys(outputs).map((name) => [name, `${name} ${text}${changed}`]));
};

describe('after accepting, the results', () => {
  /** Two studies, between which steps go back and forth, with some version of the code; not every step runs. */
  const edits = (codes: readonly string[]) => {
    const drafts = fc.array(draft, { minLength: 1, maxLength: 3 });
    const step = fc.tuple(fc.nat(1), fc.constantFrom(...codes), fc.boolean());
    return fc
      .tuple(drafts, drafts, fc.array(step, { minLength: 2, maxLength: 4 }))
      .map(([one, two, steps]) => steps.map(([which, code, runs]) => [[one, two][which], code, runs] as const));
  };

  async function equalClean(
    steps: readonly (readonly [Parameters<typeof planFrom>[0], string, boolean])[],
    size: { count: number } | { fraction: number },
  ): Promise<void> {
    const study = new FakeStudy(folder());
    await study.run(planFrom(steps[0][0]), { kindsUsed: [version('v1')], work });
    for (const [drafts, code, runs] of steps) {
      const of = planFrom(drafts);
      const kinds = [version(code)];
      accepted += (await accept(study, of, kinds, { work, size })).accepted.length;
      if (!runs) continue;
      const incremental = await study.run(of, { kindsUsed: kinds, work });
      const clean = await new FakeStudy(folder()).run(of, { kindsUsed: kinds, work });
      const digests = ({ records }: typeof clean) =>
        [...records].map(([target, { outputs }]) => [target, Object.entries(outputs).map(([, { digest }]) => digest)]);
      expect(digests(incremental).sort()).toEqual(digests(clean).sort());
    }
  }

  let accepted = 0;
  afterEach(() => {
    expect(accepted).toBeGreaterThan(0);
  });

  it('equal those of a clean run, for refactorings that change nothing, with any sample', async () => {
    await fc.assert(
      fc.asyncProperty(edits(['v1', 'v2', 'v3']), (steps) => equalClean(steps, { count: 1 })),
      { numRuns: 8 },
    );
  });

  it('equal those of a clean run whatever the new code does, if all of it is computed again', async () => {
    await fc.assert(
      fc.asyncProperty(edits(['v1', 'w1', 'v2', 'w2']), (steps) => equalClean(steps, { fraction: 1 })),
      { numRuns: 8 },
    );
  });

  it('may be wrong where a sample missed a change: this is what trust means', async () => {
    const of = planOf([stage('a', cells(20))]);
    const study = await computed(of);
    const { candidates } = find(study, of, [version('v2')]);
    const seen = targetsOf({ candidates: sampleCandidates(candidates, { count: 5 }) });
    const unseen = targetsOf({ candidates }).filter((target) => !seen.includes(target));
    const lies: Work = (task, options) => (unseen.includes(task.target) ? { out: 'otherwise' } : echo(task, options));
    const first = await accept(study, of, [version('v2')], { work: lies, size: { count: 5 } });
    expect(first.refused).toEqual([]);
    accepted = first.accepted.length;
    const all = await accept(study, of, [version('v3')], { work: lies, size: { fraction: 1 } });
    expect(all.refused).toEqual(['a']);
  });
});
