import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ClusterState } from '../../../src/engine/events.ts';
import type { Task, TaskResult } from '../../../src/engine/task.ts';
import { batchTokens } from '../../../src/executors/slurm/batch.ts';
import { DEFAULT_LIMITS } from '../../../src/executors/slurm/settings.ts';
import { SlurmExecutor, type SlurmOptions } from '../../../src/executors/slurm/slurm.ts';
import { sha256 } from '../../../src/store/canonical.ts';
import { Checkpoints } from '../../../src/store/checkpoints.ts';
import type { JobSettings } from '../../../src/study/plan.ts';
import { temporaryFolders } from '../../store/folder.ts';
import { FakeCluster, perform, VirtualClock } from './fakeCluster.ts';

const folder = temporaryFolders();

/** A run's side of a cluster. */
class Head {
  readonly storeRoot: string;
  readonly cluster: FakeCluster;
  readonly executor: SlurmExecutor;
  readonly states: ClusterState[] = [];
  readonly stop = new AbortController();
  readonly begun: string[] = [];

  constructor(
    cluster = new FakeCluster(new VirtualClock()),
    { limits, storeRoot = folder(), ...more }: Omit<Partial<SlurmOptions>, 'limits'> & { limits?: object } = {},
    settings: JobSettings = {},
  ) {
    this.cluster = cluster;
    this.storeRoot = storeRoot;
    this.executor = new SlurmExecutor({
      storeRoot,
      run: 'run',
      settings: () => settings,
      program: { words: ['node', 'task.js'], seal: () => undefined },
      cluster,
      limits: { ...DEFAULT_LIMITS, polls: 60, ...limits },
      clock: cluster.clock,
      onState: (state) => this.states.push(state),
      ...more,
    });
  }

  task(target: string, more: Partial<Task> = {}): Task {
    const outputs = { out: { type: 'file', extension: 'txt' } } as const;
    const base = { bundle: '/nowhere.mjs', entry: 'run', params: {}, files: {}, inputs: {}, seed: '' } as const;
    return { ...base, target, storeRoot: this.storeRoot, outputs, ...more };
  }

  execute(target: string, seconds?: number, more: Partial<Task> = {}): Promise<TaskResult | undefined> {
    return this.executor.execute(this.task(target, more), {
      signal: this.stop.signal,
      action: { key: sha256(target), stage: 'stage', cpus: 1, ...(seconds !== undefined && { seconds }) },
      onBegin: () => this.begun.push(target),
      onProgress: () => undefined,
    });
  }

  all(count: number, seconds?: number): Promise<(TaskResult | undefined)[]> {
    return Promise.all(Array.from({ length: count }, (_, at) => this.execute(`t${at}`, seconds)));
  }

  expected(target: string): TaskResult {
    return perform({ task: this.task(target) });
  }
}

const good = (results: readonly (TaskResult | undefined)[]): boolean => results.every((result) => result?.ok);

describe('actions on a cluster', () => {
  it('go as one array, a job each, and come back with what they gave', async () => {
    const head = new Head();
    const results = await head.all(10, 100);
    expect(results).toEqual(Array.from({ length: 10 }, (_, at) => head.expected(`t${at}`)));
    expect(head.cluster.requests.map(({ elements }) => elements)).toEqual([10]);
    expect([...new Set(head.begun)].sort()).toEqual(Array.from({ length: 10 }, (_, at) => `t${at}`).sort());
    await head.executor.close();
    expect(batchTokens(head.storeRoot)).toEqual([]); // what is on record needs no folder
  });

  it('share jobs where they are short', async () => {
    const head = new Head(undefined, {}, { pack: 60 });
    expect(good(await head.all(100, 6))).toBe(true);
    expect(head.cluster.requests.map(({ elements }) => elements)).toEqual([10]);
    expect(Math.max(...head.states.map(({ packed }) => packed))).toBe(100);
  });

  it('of which nothing is known send some ahead, and share jobs by what these took', async () => {
    const head = new Head(undefined, {}, { pack: 10 });
    expect(good(await head.all(100))).toBe(true);
    // The fake says that each took a second.
    expect(head.cluster.requests.map(({ elements }) => elements)).toEqual([16, 9]);
  });

  it('do not wait longer for those that went ahead than jobs are packed for', async () => {
    const cluster = new FakeCluster(new VirtualClock());
    cluster.usual = { runs: 3_600_000 };
    const head = new Head(cluster, { limits: { polls: 12 } }, { pack: 60 });
    const done = head.all(40);
    while (cluster.requests.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(cluster.requests.map(({ elements }) => elements)).toEqual([16, 24]);
    expect(cluster.clock.now()).toBeLessThan(90_000);
    head.stop.abort(new Error('seen enough'));
    await expect(done).rejects.toThrow('seen enough');
  });

  it('are no more jobs at a time, and no larger arrays, than is allowed', async () => {
    const cluster = new FakeCluster(new VirtualClock());
    cluster.size = 7;
    const head = new Head(cluster, { limits: { jobs: 20 } });
    expect(good(await head.all(60, 100))).toBe(true);
    expect(Math.max(...cluster.requests.map(({ elements }) => elements))).toBe(7);
    expect(Math.max(...head.states.map(({ jobs }) => jobs))).toBeLessThanOrEqual(20);
  });

  it('ask the controller no more often than is allowed, however many there are', async () => {
    const cluster = new FakeCluster(new VirtualClock());
    cluster.usual = { runs: 60_000 };
    const head = new Head(cluster, { limits: { polls: 6, submits: 0.5, jobs: 50 } });
    expect(good(await head.all(300, 100))).toBe(true);
    const minutes = cluster.clock.now() / 60_000;
    expect(cluster.asked.queue + cluster.asked.outcomes).toBeLessThanOrEqual(6 * minutes + 1);
    expect(cluster.requests.length).toBeLessThanOrEqual(30 * minutes + 1);
  });

  it('tell why they wait, in the cluster’s words', async () => {
    const cluster = new FakeCluster(new VirtualClock());
    cluster.usual = { waits: 30_000, runs: 10_000 };
    cluster.reason = 'QOSMaxCpuPerUserLimit';
    const head = new Head(cluster);
    await head.all(3, 100);
    expect(head.states).toContainEqual(
      expect.objectContaining({ queued: 3, running: 0, jobs: 3, reasons: { QOSMaxCpuPerUserLimit: 3 } }),
    );
    expect(head.states).toContainEqual(expect.objectContaining({ queued: 0, running: 3 }));
    expect(head.states.at(-1)).toMatchObject({ done: 3, jobs: 0 });
  });
});

describe('a submission', () => {
  it('that was taken without an answer is found by its name, and not made twice', async () => {
    const head = new Head();
    head.cluster.submissions = ['silent'];
    expect(good(await head.all(3, 100))).toBe(true);
    expect(head.cluster.requests).toHaveLength(1);
    expect(head.states).toContainEqual(expect.objectContaining({ trouble: expect.stringContaining('timed out') }));
  });

  it('that was lost is made again under the same name, less and less often', async () => {
    const head = new Head();
    head.cluster.submissions = ['lost', 'lost', 'lost'];
    expect(good(await head.all(3, 100))).toBe(true);
    expect(head.cluster.requests).toHaveLength(4);
    expect(new Set(head.cluster.requests.map(({ name }) => name)).size).toBe(1);
  });

  it('that was taken and is seen late gives every result once', async () => {
    const head = new Head();
    head.cluster.submissions = ['silent'];
    head.cluster.hidden = 20_000;
    head.cluster.usual = { waits: 60_000 };
    expect(good(await head.all(3, 100))).toBe(true);
  });

  it('that is refused ends the run, in the cluster’s words', async () => {
    const head = new Head();
    head.cluster.submissions = ['refused'];
    await expect(head.all(2, 100)).rejects.toMatchObject({
      name: 'SlurmError',
      reason: 'refused',
      message: 'invalid partition specified: nowhere',
    });
  });
});

describe('a controller that is away', () => {
  it('is asked again, and no job is taken for lost meanwhile', async () => {
    const cluster = new FakeCluster(new VirtualClock());
    cluster.usual = { waits: 1000, runs: 400_000 };
    const head = new Head(cluster);
    const done = head.all(3, 100);
    cluster.clock.at(20_000, () => {
      cluster.away = true;
    });
    cluster.clock.at(300_000, () => {
      cluster.away = false;
    });
    expect(good(await done)).toBe(true);
    expect(cluster.requests).toHaveLength(1);
    expect(head.states.some(({ trouble }) => trouble !== undefined)).toBe(true);
    expect(head.states.at(-1)?.trouble).toBeUndefined();
  });

  it('at the start is waited for, but not for ever', async () => {
    const cluster = new FakeCluster(new VirtualClock());
    cluster.away = true;
    await expect(new Head(cluster).all(1)).rejects.toThrow('Unable to contact slurm controller');
    expect(cluster.clock.now()).toBeGreaterThan(100_000);
  });
});

const failing: TaskResult = { ok: false, failure: { kind: 'threw', message: 'no' }, log: '' };

describe('a job', () => {
  const one = async (fortune: object, more: { seconds?: number; task?: Partial<Task> } = {}) => {
    const head = new Head();
    head.cluster.fortunes = [fortune];
    const result = await head.execute('t0', more.seconds ?? 100, more.task);
    return { head, result, submitted: head.cluster.requests.length };
  };

  it('whose action fails says why, and is not submitted again here: that is for the stage to decide', async () => {
    const { result, submitted } = await one({ results: [failing] });
    expect([result, submitted]).toEqual([failing, 1]);
  });

  it.each(['NODE_FAIL', 'PREEMPTED', 'BOOT_FAIL'])('that ends with %s is submitted again', async (word) => {
    const { result, submitted } = await one({ ends: false, tells: 0, word, code: 1 });
    expect([result?.ok, submitted]).toEqual([true, 2]);
  });

  it('that is lost again and again fails in the end', async () => {
    const head = new Head();
    head.cluster.usual = { ends: false, tells: 0, word: 'NODE_FAIL' };
    expect(await head.execute('t0', 100)).toMatchObject({
      ok: false,
      failure: { kind: 'lost', message: expect.stringMatching(/ended with NODE_FAIL; it was submitted 4 times/) },
    });
  });

  it('that somebody cancels fails, and is not submitted again', async () => {
    const { result, submitted } = await one({ ends: false, tells: 0, word: 'CANCELLED' });
    expect(result).toMatchObject({ ok: false, failure: { kind: 'cancelled' } });
    expect(submitted).toBe(1);
  });

  it('that runs out of memory says so and what to do', async () => {
    const { result } = await one({ ends: false, tells: 0, word: 'OUT_OF_MEMORY', code: 0, signal: 125 });
    expect(result).toMatchObject({
      ok: false,
      failure: { kind: 'out-of-memory', message: expect.stringContaining('executor: { memory: … }') },
    });
  });

  it('that could not write says which way the store refused', async () => {
    const head = new Head();
    head.cluster.fortunes = [{ ends: false, tells: 0, word: 'FAILED', code: 80 }];
    await expect(head.execute('t0', 100)).rejects.toMatchObject({ name: 'StoreError', code: 'ENOSPC' });
  });

  it('whose result is seen long after it left the queue is waited for', async () => {
    const { result, submitted } = await one({ late: 45_000 });
    expect([result?.ok, submitted]).toEqual([true, 1]);
  });

  it('of which nobody knows any more is waited for, too', async () => {
    const { result, submitted } = await one({ late: 45_000, remembered: 0 });
    expect([result?.ok, submitted]).toEqual([true, 1]);
  });

  it('of which nothing is ever heard is submitted again', async () => {
    const { result, submitted } = await one({ late: 10_000_000, remembered: 0 });
    expect([result?.ok, submitted]).toEqual([true, 2]);
  });

  it('that the cluster starts again counts by its new start, when the old one tells that it failed', async () => {
    const { result, submitted } = await one({ requeuedAfter: 500, runs: 2000, results: [failing] });
    expect([result?.ok, submitted]).toEqual([true, 1]);
  });

  it('that the cluster starts again counts by its old start, when that ends well first', async () => {
    const { result, head } = await one({ requeuedAfter: 500, runs: 2000 });
    expect(result).toEqual(head.expected('t0'));
  });

  it('whose time is up goes on from its checkpoint for as long as it gets further', async () => {
    const head = new Head();
    const growth = { key: sha256('growth'), at: 1000 };
    const checkpoints = new Checkpoints(head.storeRoot);
    const stopped = { tells: 0, ends: 'stopped', word: 'FAILED', code: 75 } as const;
    head.cluster.fortunes = Array.from({ length: 6 }, (_, start) => ({
      ...stopped,
      does: () => checkpoints.save(growth.key, { at: 100 * (start + 1), bytes: Buffer.from('state') }),
    }));
    expect(await head.execute('t0', 100, { growth })).toMatchObject({ ok: true, from: 600 });
    expect(head.cluster.requests).toHaveLength(7);
  });

  it.each(['TIMEOUT', 'stopped'])('whose time is up (%s) without getting further fails', async (how) => {
    const head = new Head();
    const stopped = { tells: 0, ends: 'stopped', word: 'FAILED', code: 75 } as const;
    head.cluster.usual = how === 'stopped' ? stopped : { tells: 0, ends: false, word: 'TIMEOUT' };
    expect(await head.execute('t0', 100)).toMatchObject({ ok: false, failure: { kind: 'timeout' } });
    expect(head.cluster.requests.length).toBeLessThanOrEqual(2);
  });

  it('of several actions that is killed keeps what it told, and gives each of the others one of its own', async () => {
    const head = new Head();
    head.cluster.fortunes = [{ tells: 4, ends: false, word: 'OUT_OF_MEMORY' }];
    expect(good(await head.all(10, 1))).toBe(true);
    expect(head.cluster.requests.map(({ elements }) => elements)).toEqual([1, 6]);
  });
});

describe('a head that dies', () => {
  const dead = async (fortune: object) => {
    const clock = new VirtualClock();
    const cluster = new FakeCluster(clock);
    cluster.usual = fortune;
    const first = new Head(cluster);
    const lost = first.all(5, 100).catch((error: Error) => error.message);
    while (cluster.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    first.stop.abort(new Error('stopped'));
    expect(await lost).toBe('stopped');
    await first.executor.close();
    return { cluster, first, second: new Head(cluster, { storeRoot: first.storeRoot }) };
  };

  it('leaves jobs that the next one takes over, and what they told', async () => {
    const { cluster, second } = await dead({ waits: 30_000, runs: 30_000 });
    expect(good(await second.all(5, 100))).toBe(true);
    expect(cluster.requests).toHaveLength(1);
    expect(second.states.at(-1)).toMatchObject({ adopted: 5, done: 5 });
  });

  it('leaves results that are taken even where the cluster has forgotten its jobs', async () => {
    const { cluster, second } = await dead({ remembered: 0 });
    await cluster.clock.sleep(100_000);
    expect(good(await second.all(5, 100))).toBe(true);
    expect(cluster.requests).toHaveLength(1);
  });

  it('leaves jobs that failed, which the next one does not believe', async () => {
    const { cluster, second } = await dead({ results: [failing] });
    await cluster.clock.sleep(100_000);
    cluster.usual = {};
    expect(good(await second.all(5, 100))).toBe(true);
    expect(cluster.requests).toHaveLength(2);
  });

  it('between writing down and submitting costs the next one seconds', async () => {
    const clock = new VirtualClock();
    const cluster = new FakeCluster(clock);
    cluster.submissions = ['lost'];
    const first = new Head(cluster);
    const lost = first.all(5, 100).catch(() => undefined);
    while (cluster.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    first.stop.abort(new Error('stopped'));
    await lost;
    await first.executor.close();
    const from = clock.now();
    const second = new Head(cluster, { storeRoot: first.storeRoot });
    expect(good(await second.all(5, 100))).toBe(true);
    expect(clock.now() - from).toBeLessThan(20_000);
  });

  it('can have its jobs cancelled instead', async () => {
    const { cluster, first } = await dead({ waits: 30_000 });
    expect(first.executor.jobs).toBe(5);
    await first.executor.cancel();
    expect(cluster.cancelled).toEqual(['1']);
    expect(batchTokens(first.storeRoot)).toEqual([]);
  });
});

describe('what waits', () => {
  it('is taken back when the run stops, and what runs is not', async () => {
    const cluster = new FakeCluster(new VirtualClock());
    cluster.fortunes = [{ waits: 0, runs: 60_000 }];
    cluster.usual = { waits: 1_000_000 };
    const head = new Head(cluster, { limits: { jobs: 3 } });
    const results = head.all(5, 100);
    cluster.clock.at(10_000, () => head.executor.takeBack());
    expect((await results).map((result) => result?.ok)).toEqual([true, undefined, undefined, undefined, undefined]);
    expect(cluster.cancelled.sort()).toEqual(['1_1', '1_2']);
    expect(existsSync(head.storeRoot) && readdirSync(head.storeRoot)).toContain('slurm');
  });
});
