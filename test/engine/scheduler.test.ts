import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { cell, echo, FakeStudy, kind, planOf, stage } from './fakes.ts';

const folder = temporaryFolders();
const study = () => new FakeStudy(folder());

/** a → b → c, each with a table that is gathered for the next. */
const chain = (params: Readonly<Record<string, number>> = {}) =>
  planOf([
    stage('a', [cell({}, { x: params.a ?? 0 })]),
    stage('b', [cell({}, { x: params.b ?? 0 }, { rows: 'a.out' })]),
    stage('c', [cell({}, { x: params.c ?? 0 }, { rows: 'b.out' })]),
  ]);

describe('schedule', () => {
  it('runs inputs before their users, and nothing the second time', async () => {
    const at = study();
    const first = await at.run(chain());
    expect(first.executed).toEqual(['a', 'a.out', 'b', 'b.out', 'c', 'c.out']);
    expect(first.counts).toEqual({ executed: 6, cached: 0, failed: 0, skipped: 0 });
    const second = await at.run(chain());
    expect(second.executed).toEqual([]);
    expect(second.counts).toEqual({ executed: 0, cached: 6, failed: 0, skipped: 0 });
    expect([...second.records]).toEqual([...first.records]);
  });

  it('runs only what depends on a changed parameter', async () => {
    const at = study();
    await at.run(chain());
    expect((await at.run(chain({ b: 1 }))).executed).toEqual(['b', 'b.out', 'c', 'c.out']);
  });

  it('hits again when a change is taken back', async () => {
    const at = study();
    await at.run(chain());
    await at.run(chain({ a: 1 }));
    expect((await at.run(chain())).executed).toEqual([]);
  });

  it('stops early where a changed stage gives the same bytes', async () => {
    const at = study();
    const constant: typeof echo = (task, options) => (task.target === 'b' ? { out: 'same' } : echo(task, options));
    await at.run(chain(), { work: constant });
    expect((await at.run(chain({ b: 1 }), { work: constant })).executed).toEqual(['b']);
  });

  it('finishes a stage before it starts the next one in the plan', async () => {
    const plan = planOf([
      stage('a', [cell({ i: 1 }, { i: 1 }), cell({ i: 2 }, { i: 2 })]),
      stage('b', [cell({}, { b: 1 })]),
    ]);
    expect((await study().run(plan)).executed).toEqual(['a[i=1]', 'a[i=2]', 'a.out', 'b', 'b.out']);
  });

  it('computes two names of one computation once, and all that follows from them', async () => {
    const same = () => [cell({}, { x: 1 })];
    const plan = planOf([stage('one', same()), stage('two', same()), stage('three', same())]);
    const { executed, counts, records } = await study().run(plan, { jobs: 4 });
    expect(executed).toEqual(['one', 'one.out']);
    expect(counts).toEqual({ executed: 2, cached: 4, failed: 0, skipped: 0 });
    expect(records.get('three')).toEqual(records.get('one'));
  });

  it('skips the other names of a computation that failed', async () => {
    const plan = planOf([stage('one', [cell({}, { x: 1 })]), stage('two', [cell({}, { x: 1 })])]);
    const fails = () => {
      throw new Error('no');
    };
    const { executed, counts, events } = await study().run(plan, { work: fails, keepGoing: true });
    expect(executed).toEqual(['one']);
    expect(counts).toEqual({ executed: 0, cached: 0, failed: 1, skipped: 3 });
    const skipped = events.filter((event) => event.type === 'action-skipped');
    expect(skipped.map(({ because }) => because)).toEqual(['one', 'one', 'one']);
  });

  it('runs as many at a time as there are jobs, and no more cores than there are', async () => {
    const cells = Array.from({ length: 6 }, (_, i) => cell({ i }, { i }));
    const three = await study().run(planOf([stage('a', cells)]), { jobs: 3 });
    expect(three.mostRunning).toBe(3);
    const wide = await study().run(planOf([stage('a', cells, { resources: { cpus: 2 } })]), { jobs: 3 });
    expect(wide.mostRunning).toBe(1);
    const widest = await study().run(planOf([stage('a', cells, { resources: { cpus: 64 } })]), { jobs: 3 });
    expect(widest.counts.executed).toBe(7);
  });

  describe('when a stage fails', () => {
    const fan = planOf([
      stage('a', [cell({}, { a: 1 })]),
      stage('bad', [cell({}, { bad: 1 }, { rows: 'a.out' })]),
      stage('after', [cell({}, { after: 1 }, { rows: 'bad.out' })]),
      stage('beside', [cell({}, { beside: 1 }, { rows: 'a.out' })]),
    ]);
    const badFails: typeof echo = (task, options) => {
      if (task.target === 'bad') throw new Error('it broke');
      return echo(task, options);
    };

    it('starts nothing more, keeps what is finished, and says why', async () => {
      const at = study();
      const { executed, counts, events } = await at.run(fan, { work: badFails });
      expect(executed).toEqual(['a', 'a.out', 'bad']);
      expect(counts).toEqual({ executed: 2, cached: 0, failed: 1, skipped: 5 });
      expect(events.find((event) => event.type === 'action-failed')).toMatchObject({
        target: 'bad',
        attempt: 1,
        failure: { kind: 'threw', message: 'it broke' },
      });
      expect((await at.run(fan)).executed).toEqual(['bad', 'bad.out', 'after', 'after.out', 'beside', 'beside.out']);
    });

    it('goes on with what does not need it when asked to', async () => {
      const { executed, counts, records } = await study().run(fan, { work: badFails, keepGoing: true });
      expect(executed).toEqual(['a', 'a.out', 'bad', 'beside', 'beside.out']);
      expect(counts).toEqual({ executed: 4, cached: 0, failed: 1, skipped: 3 });
      expect(records.has('bad')).toBe(false);
    });

    it('still takes what is cached elsewhere', async () => {
      const at = study();
      await at.run(fan, { targets: ['beside'] });
      const { counts, records } = await at.run(fan, { work: badFails });
      expect(records.has('beside')).toBe(true);
      expect(counts).toEqual({ executed: 0, cached: 3, failed: 1, skipped: 4 });
    });
  });

  describe('retries', () => {
    const flaky = (times: number, delay = 0) => planOf([stage('a', [cell()], { retry: { times, delay } })]);
    const failing = (failures: number): typeof echo => {
      let left = failures;
      return (task, options) => {
        if (task.target === 'a' && left-- > 0) throw new Error('not yet');
        return echo(task, options);
      };
    };

    it('as often as declared, and succeeds in the end', async () => {
      const { executed, counts, events } = await study().run(flaky(2), { work: failing(2) });
      expect(executed).toEqual(['a', 'a', 'a', 'a.out']);
      expect(counts.failed).toBe(0);
      const attempts = events.filter((event) => event.type === 'action-started' && event.target === 'a');
      expect(attempts.map((event) => 'attempt' in event && event.attempt)).toEqual([1, 2, 3]);
    });

    it('and then fails for good', async () => {
      const { executed, counts, events } = await study().run(flaky(1), { work: failing(9) });
      expect(executed).toEqual(['a', 'a']);
      expect(counts.failed).toBe(1);
      const failed = events.filter((event) => event.type === 'action-failed');
      expect(failed.map(({ retryIn }) => retryIn)).toEqual([0, undefined]);
    });

    it('waits twice as long each time', async () => {
      vi.useFakeTimers();
      try {
        const waits: (number | undefined)[] = [];
        const running = study().run(flaky(3, 10), {
          work: failing(3),
          onEvent: (event) => event.type === 'action-failed' && waits.push(event.retryIn),
        });
        await vi.advanceTimersByTimeAsync(69_999);
        expect(waits).toEqual([10, 20, 40]);
        await vi.advanceTimersByTimeAsync(1);
        expect((await running).counts.executed).toBe(2);
      } finally {
        vi.useRealTimers();
      }
    });

    it('ends the wait when the run is stopped', async () => {
      const stop = new AbortController();
      const { counts, executed } = await study().run(flaky(3, 3600), {
        work: failing(3),
        signal: stop.signal,
        onEvent: (event) => event.type === 'action-failed' && queueMicrotask(() => stop.abort()),
      });
      expect(executed).toEqual(['a']);
      expect(counts).toEqual({ executed: 0, cached: 0, failed: 0, skipped: 2 });
    });
  });

  it('keeps what is finished when it is stopped, and goes on from there', async () => {
    const at = study();
    const plan = planOf([
      stage(
        'a',
        [1, 2, 3, 4].map((i) => cell({ i }, { i })),
      ),
    ]);
    const stop = new AbortController();
    const first = await at.run(plan, {
      signal: stop.signal,
      onEvent: (event) => event.type === 'action-started' && event.target === 'a[i=3]' && stop.abort(),
    });
    expect(first.counts).toEqual({ executed: 2, cached: 0, failed: 0, skipped: 3 });
    const second = await at.run(plan);
    expect(second.executed).toEqual(['a[i=3]', 'a[i=4]', 'a.out']);
  });

  it('computes again what is recorded but gone from the store', async () => {
    const at = study();
    const { records } = await at.run(chain());
    rmSync(at.cas.path(records.get('b')!.outputs.out.digest));
    expect((await at.run(chain())).executed).toEqual(['b']);
    expect((await at.run(chain())).executed).toEqual([]);
  });

  it('computes everything again when all records are lost, and finds the same', async () => {
    const at = study();
    const first = await at.run(chain());
    rmSync(join(at.storeRoot, 'actions'), { recursive: true });
    const second = await at.run(chain());
    expect(second.executed).toEqual(first.executed);
    expect(readdirSync(join(at.storeRoot, 'actions'))).toHaveLength(2);
  });

  describe('with files of the study', () => {
    const withFile = planOf([stage('a', [cell({}, {}, { rows: './data.csv' })])]);

    it('runs again when a file changed, and not when it was only touched', async () => {
      const at = study();
      at.file('data.csv', 'x\n1\n');
      await at.run(withFile);
      at.file('data.csv', 'x\n1\n');
      expect((await at.run(withFile)).executed).toEqual([]);
      at.file('data.csv', 'x\n2\n');
      expect((await at.run(withFile)).executed).toEqual(['a', 'a.out']);
    });

    it('hands over the bytes that the key is of', async () => {
      const at = study();
      at.file('data.csv', 'x\n1\n');
      const digests: string[] = [];
      await at.run(withFile, {
        work(task, options) {
          for (const input of Object.values(task.inputs)) if ('digest' in input) digests.push(input.digest);
          at.file('data.csv', 'x\n9\n');
          return echo(task, options);
        },
      });
      expect(at.cas.get(digests[0]).toString()).toBe('x\n1\n');
    });

    it.each([
      ['changed', (at: FakeStudy) => at.file('data.csv', 'x\n222\n')],
      ['was removed', (at: FakeStudy) => rmSync(join(at.root, 'data.csv'))],
    ])('fails, without retrying, where a file %s between key and start', async (words, change) => {
      const at = study();
      at.file('data.csv', 'x\n1\n');
      const plan = planOf([stage('a', [cell({}, {}, { rows: './data.csv' })], { retry: { times: 3, delay: 0 } })]);
      const { executed, events } = await at.run(plan, {
        onEvent: (event) => event.type === 'action-started' && change(at),
      });
      expect(executed).toEqual([]);
      expect(events.filter((event) => event.type === 'action-failed')).toMatchObject([
        { failure: { kind: 'input-changed', message: expect.stringContaining(`data.csv ${words}`) } },
      ]);
    });

    it('fails the stage alone whose file is not there', async () => {
      const plan = planOf([...withFile.stages, stage('b', [cell({}, { b: 1 })])]);
      const { executed, counts } = await study().run(plan, { keepGoing: true });
      expect(executed).toEqual(['b', 'b.out']);
      expect(counts.failed).toBe(1);
    });
  });

  it('fails a stage whose needed input was left out by its maker', async () => {
    const plan = planOf([
      stage('a', [cell()], { outputs: { out: { type: 'table', optional: true } } }),
      stage('b', [cell({}, {}, { rows: 'a.out' })]),
    ]);
    const { executed, events } = await study().run(plan, {
      work: (task, o) => (task.target === 'a' ? {} : echo(task, o)),
    });
    expect(executed).toEqual(['a']);
    expect(events.find((event) => event.type === 'action-failed')).toMatchObject({
      target: 'b',
      failure: { kind: 'missing-input', message: 'its input "rows" is missing: a.out left that output out' },
    });
  });

  it('ends with an error of the executor itself, once what is under way has ended', async () => {
    const at = study();
    const plan = planOf([
      stage(
        'a',
        [1, 2].map((i) => cell({ i }, { i })),
      ),
    ]);
    let finished = false;
    const executor = {
      async execute({ target }: { target: string }): Promise<never> {
        if (target === 'a[i=1]') throw Object.assign(new Error('disk full'), { code: 'ENOSPC' });
        await new Promise((resolve) => setImmediate(resolve));
        finished = true;
        throw new Error('later');
      },
      executeAll: () => [],
      close: async () => undefined,
    };
    await expect(at.run(plan, { executor, jobs: 2 })).rejects.toThrow('disk full');
    expect(finished).toBe(true);
  });

  it('gives replicates seeds of their own, combines them, and adds only new ones', async () => {
    const at = study();
    const combining = kind('sim', { replicateOutputs: { out: { type: 'table' } }, seeded: true });
    const plan = (replicates: number) => planOf([stage('s', [cell({}, { x: 1 })], { uses: 'sim', replicates })]);
    const seeds: string[] = [];
    const work: typeof echo = (task, options) => {
      if (task.target.includes('#')) seeds.push(task.seed);
      return echo(task, options);
    };
    const two = await at.run(plan(2), { kindsUsed: [combining], work });
    expect(two.executed).toEqual(['s#0', 's#1', 's', 's.out']);
    const three = await at.run(plan(3), { kindsUsed: [combining], work });
    expect(three.executed).toEqual(['s#2', 's', 's.out']);
    expect(new Set(seeds).size).toBe(3);
    expect(seeds.every((seed) => /^[0-9a-f]{64}$/.test(seed))).toBe(true);
  });
});
