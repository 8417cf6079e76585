import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LoadedKind } from '../../src/engine/kinds.ts';
import { Kinds } from '../../src/engine/kinds.ts';
import type { ExecuteAllOptions, ExecuteOptions, Task, TaskResult } from '../../src/engine/task.ts';
import { LocalExecutor } from '../../src/executors/local.ts';
import { Cas } from '../../src/store/cas.ts';
import { StatCache } from '../../src/store/statCache.ts';
import type { Port } from '../../src/study/contract.ts';
import type { Program } from '../../src/study/plan.ts';
import { decodeArrow } from '../../src/tables/arrow.ts';
import { temporaryFolders } from '../store/folder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const folder = temporaryFolders();

/** A kind that does what its parameter says. */
const KIND = `
import { writeFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
const does: Record<string, (context: any) => unknown> = {
  well: () => ({ rows: { i: [1, 2] } }),
  throw: () => { throw new TypeError('cannot do that'); },
  throwText: () => { throw 'just text'; },
  throwOwn: () => { throw Object.assign(new Error('says it all'), { name: 'OwnError' }); },
  spin: () => { for (;;); },
  wait: () => new Promise(() => {}),
  stopNicely: ({ signal }) => new Promise((done) => signal.addEventListener('abort', () => done({ rows: { i: [] } }))),
  exit: () => process.exit(3),
  crash: () => new Promise(() => setImmediate(() => { throw new Error('from a callback'); })),
  memory: () => { const held: unknown[] = []; for (;;) held.push(Array.from({ length: 1e4 }, () => ({}))); },
  wrongType: () => ({ rows: { i: ['one'] } }),
  wrongColumn: () => ({ rows: { j: [1] } }),
  missing: () => ({}),
  undeclared: () => ({ rows: { i: [1] }, more: 1 }),
  nothing: () => undefined,
  print: ({ scratch }) => {
    console.log('to the console');
    console.error('and its errors');
    process.stdout.write('and straight out\\n');
    return { rows: { i: [scratch.length] } };
  },
  tell: (context) => {
    writeFileSync(context.params.place, context.scratch);
    writeFileSync(context.scratch + '/left', 'behind');
    return does[context.params.then](context);
  },
  thread: () => { console.log(String(threadId)); return { rows: { i: [] } }; },
  environment: () => { console.log(Object.keys(process.env).join(' ')); return { rows: { i: [] } }; },
};
export default {
  summary: 'Does as told',
  params: { type: 'object' },
  inputs: {},
  outputs: { rows: { type: 'table', schema: { i: 'int32' } } },
  run: (context: any) => does[context.params.does](context),
};
`;

let kind: LoadedKind;
let program: LoadedKind;
let executor: LocalExecutor;
const store = join(folder(), 'store');
const cas = new Cas(store);

beforeAll(async () => {
  const study = folder();
  mkdirSync(join(study, 'stages'));
  writeFileSync(join(study, 'stages', 'told.ts'), KIND);
  const kinds = new Kinds(store, { study, package: ROOT }, new StatCache(store, study));
  kind = (await kinds.load('told'))!;
  program = (await kinds.load('driftline:run'))!;
  executor = new LocalExecutor({
    jobs: 2,
    memory: 2 ** 30,
    workerFile: join(ROOT, 'dist', 'cli', 'worker.js'),
  });
});

afterAll(() => executor.close());

const task = (does: string): Task => ({
  target: does,
  storeRoot: store,
  bundle: kind.bundle,
  entry: 'run',
  params: { does },
  files: {},
  inputs: {},
  outputs: kind.contract.outputs,
  seed: '',
});

const doing = (options: Partial<ExecuteOptions> = {}): ExecuteOptions => ({
  signal: new AbortController().signal,
  onProgress: () => undefined,
  ...options,
});

const execute = (does: string, options: Partial<ExecuteOptions> = {}): Promise<TaskResult> =>
  executor.execute(task(does), doing(options));

describe('a stage in a thread', () => {
  it('leaves its outputs in the store', async () => {
    const result = await execute('well');
    expect(result).toMatchObject({ ok: true, outputs: { rows: { rows: 2 } } });
    if (result.ok)
      expect([...(decodeArrow(cas.get(result.outputs.rows.digest)).columns.i as number[])]).toEqual([1, 2]);
  });

  it('that comes after another one is given the same thread', async () => {
    const alone = new LocalExecutor({
      jobs: 2,
      memory: 2 ** 30,
      workerFile: join(ROOT, 'dist', 'cli', 'worker.js'),
    });
    const threads = new Set<string>();
    try {
      for (let round = 0; round < 5; round++) threads.add((await alone.execute(task('thread'), doing())).log);
    } finally {
      await alone.close();
    }
    expect(threads.size).toBe(1);
    expect([...threads][0]).toMatch(/^\d+\n$/);
  });

  it('is given the thread that was started ahead, beside which no other starts', async () => {
    const threadOf = async (isAhead: boolean): Promise<number> => {
      const own = new LocalExecutor({ jobs: 2, memory: 2 ** 30, workerFile: join(ROOT, 'dist', 'cli', 'worker.js') });
      try {
        if (isAhead) own.warm();
        return Number((await own.execute(task('thread'), doing())).log);
      } finally {
        await own.close();
      }
    };
    const first = await threadOf(false);
    expect([await threadOf(true), await threadOf(false)]).toEqual([first + 1, first + 2]);
  });

  it('that throws fails with its message, and with the functions for an error of the language', async () => {
    const thrown = await execute('throw');
    expect(thrown).toMatchObject({ ok: false, failure: { kind: 'threw', message: 'TypeError: cannot do that' } });
    expect(JSON.stringify(thrown)).not.toMatch(/\.mjs|node_modules|dist/);
    expect(await execute('throwText')).toMatchObject({ failure: { kind: 'threw', message: 'threw just text' } });
  });

  it('that throws an error of its own naming fails with its message alone', async () => {
    const result = await execute('throwOwn');
    expect(result).toEqual({ ok: false, failure: { kind: 'threw', message: 'says it all' }, log: '' });
  });

  it.each(['spin', 'wait'])('that hangs (%s) is killed at its time, and the next one runs', async (does) => {
    const result = await execute(does, { time: 0.05 });
    expect(result).toMatchObject({
      failure: { kind: 'timeout', message: 'took longer than its limit of 0.05 s and was stopped' },
    });
    expect(await execute('well')).toMatchObject({ ok: true });
  });

  it('that ends when it is asked to has still taken too long', async () => {
    expect(await execute('stopNicely', { time: 0.05 })).toMatchObject({ ok: false, failure: { kind: 'timeout' } });
  });

  it('that calls process.exit fails alone', async () => {
    expect(await execute('exit')).toMatchObject({ failure: { kind: 'exited' } });
    expect(await execute('well')).toMatchObject({ ok: true });
  });

  it('that throws from a callback fails alone', async () => {
    const result = await execute('crash');
    expect(result).toMatchObject({ failure: { kind: 'exited', message: expect.stringContaining('from a callback') } });
  });

  it('that runs out of its own memory limit fails alone, and says how to raise it', async () => {
    const result = await execute('memory', { memory: 32 * 2 ** 20 });
    expect(result).toMatchObject({
      failure: { kind: 'out-of-memory', message: expect.stringContaining('its heap reached 32 MiB') },
    });
    expect(await execute('well')).toMatchObject({ ok: true });
  });

  it.each([
    ['wrongType', /output "rows".*column "?i"?.*integer/],
    ['wrongColumn', /output "rows".*"?[ij]"?/],
    ['missing', /left out its output "rows"/],
    ['undeclared', /output "more" that is not declared/],
    ['nothing', /expected an object of its outputs: rows/],
  ])('that gives %s fails with what was expected', async (does, message) => {
    const result = await execute(does);
    expect(result).toMatchObject({
      ok: false,
      failure: { kind: 'bad-output', message: expect.stringMatching(message) },
    });
  });

  it('that prints has its words captured', async () => {
    expect((await execute('print')).log).toBe('to the console\nand its errors\nand straight out\n');
  });

  it('sees no environment but PATH', async () => {
    expect((await execute('environment')).log.trim()).toBe('PATH');
  });

  it('rejects when the run is stopped, before and while it runs', async () => {
    await expect(execute('well', { signal: AbortSignal.abort() })).rejects.toThrow();
    const stop = new AbortController();
    const running = execute('spin', { signal: stop.signal });
    setTimeout(() => stop.abort(), 30);
    await expect(running).rejects.toThrow();
  });

  it('that asks for a damaged blob fails as such', async () => {
    const digest = 'ab'.repeat(32);
    const result = await executor.execute({ ...task('well'), inputs: { rows: { digest, format: 'table' } } }, doing());
    expect(result).toMatchObject({ failure: { kind: 'damaged-input' } });
  });

  it.each(['well', 'throw', 'exit', 'spin'])('leaves no scratch folder when it ends so: %s', async (then) => {
    const place = join(folder(), 'scratch');
    await executor.execute(
      { ...task('tell'), params: { does: 'tell', then, place } },
      doing(then === 'spin' ? { time: 1.5 } : {}),
    );
    const scratch = readFileSync(place, 'utf8');
    expect(scratch).toMatch(/driftline-/);
    expect(existsSync(scratch)).toBe(false);
  });
});

describe('tasks that are handed over together', () => {
  const together = (does: readonly string[], options: Partial<ExecuteAllOptions> = {}) => {
    const begun: number[] = [];
    const results = executor.executeAll(does.map(task), {
      signal: new AbortController().signal,
      onBegin: (at) => begun.push(at),
      onProgress: () => undefined,
      ...options,
    });
    return { results, begun };
  };

  it('are all done, in their order, with a log and a scratch folder each', async () => {
    await execute('well'); // a thread is there
    const { results, begun } = together(['well', 'print', 'well', 'print']);
    const ended = await Promise.all(results);
    expect(ended.map((result) => result?.ok)).toEqual([true, true, true, true]);
    expect(ended.map((result) => result?.log.split('\n').length)).toEqual([1, 4, 1, 4]);
    expect(begun).toEqual([0, 1, 2, 3]);
    const [first] = ended;
    if (first?.ok) expect(cas.has(first.outputs.rows.digest)).toBe(true);
  });

  it('are given back that come after one that failed', async () => {
    await execute('well'); // a thread is there
    const ended = await Promise.all(together(['well', 'throw', 'well']).results);
    expect(ended.map((result) => result?.ok)).toEqual([true, false, undefined]);
  });

  it('are given back while one turns out to be long, and those before it are not kept waiting', async () => {
    await execute('well'); // a thread is there
    const stop = new AbortController();
    const { results, begun } = together(['well', 'spin', 'well'], { signal: stop.signal });
    expect(await results[2]).toBeUndefined();
    expect(begun).toEqual([0, 1]);
    stop.abort();
    await expect(results[1]).rejects.toThrow();
    expect((await results[0]) === undefined || (await results[0])?.ok).toBe(true);
  });

  it.each(['exit', 'crash'])('do not fall with the one that ends their thread (%s)', async (does) => {
    let ended: (TaskResult | undefined)[];
    // On a slow machine the first one may take so long that the others are given back.
    do ended = await Promise.all(together(['well', does, 'well']).results);
    while (ended[1] === undefined);
    expect(ended[1]).toMatchObject({ failure: { kind: 'exited' } });
    for (const result of [ended[0], ended[2]]) expect(result === undefined || result.ok).toBe(true);
  });

  it('are given back or stopped when the run is', async () => {
    const stop = new AbortController();
    const { results } = together(['wait', 'well'], { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(results[0]).rejects.toThrow();
    expect(await results[1]).toBeUndefined();
  });
});

describe('a program', () => {
  const runProgram = (
    argv: string[],
    {
      ports = { out: { type: 'table' } },
      outputs = { out: 'out.csv' },
      ...more
    }: Partial<Program> & {
      ports?: Record<string, Port>;
    } = {},
    options: Partial<ExecuteOptions> = {},
  ): Promise<TaskResult> =>
    executor.execute(
      {
        ...task('program'),
        bundle: program.bundle,
        params: { argv, shell: false, formats: {}, env: {}, ...more, outputs, ports } as unknown as Task['params'],
        outputs: ports,
      },
      doing(options),
    );

  it('writes where it is told, and what it prints is kept', async () => {
    const result = await runProgram(['printf "x\\n1\\n" > ${outputs.out}; echo said; echo $PWD $NAME'], {
      shell: true,
      env: { NAME: 'value' },
    });
    expect(result).toMatchObject({ ok: true, outputs: { out: { rows: 1 } } });
    expect(result.log).toMatch(/^said\n.* value\n$/);
  });

  it('that fails fails its stage with its code and its last words', async () => {
    expect(await runProgram(['echo why >&2; exit 3'], { shell: true })).toMatchObject({
      failure: { kind: 'threw', message: 'sh ended with exit code 3\nwhy' },
    });
  });

  it('that is missing is named', async () => {
    expect(await runProgram(['no-such-program'])).toMatchObject({
      failure: { message: 'the program "no-such-program" was not found on PATH' },
    });
  });

  it('that does not write its output is told where to', async () => {
    const result = await runProgram(['true']);
    expect(result).toMatchObject({ failure: { message: expect.stringContaining('did not write its output "out"') } });
    expect(result.log).toBe('');
  });

  it('that writes no table fails with the place of what is wrong', async () => {
    expect(await runProgram(['printf "x,y\\n1\\n" > ${outputs.out}'], { shell: true })).toMatchObject({
      failure: { kind: 'bad-output', message: expect.stringContaining('output "out"') },
    });
    expect(await runProgram(['echo { > ${outputs.out}'], { shell: true, outputs: { out: 'out.json' } })).toMatchObject({
      failure: { message: expect.stringContaining('output "out" is not JSON') },
    });
  });

  /** A program that writes its own and its child's process number into a file, and waits. */
  const hanging = (place: string): string => `sleep 60 & echo $! $$ > ${place}; wait`;

  const alive = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      const stat = `/proc/${pid}/stat`; // a zombie is dead, though its number is still taken
      return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, 'utf8'));
    } catch {
      return false;
    }
  };

  /** What was killed is dead when the machine comes to it; what was not sleeps for a minute. */
  const areDead = (pids: readonly number[]): Promise<void> =>
    vi.waitFor(() => expect(pids.filter(alive)).toEqual([]), { timeout: 10_000 });

  async function pidsFrom(place: string): Promise<number[]> {
    while (!existsSync(place) || !readFileSync(place, 'utf8').endsWith('\n')) await sleep(5);
    return readFileSync(place, 'utf8').trim().split(' ').map(Number);
  }

  it('that hangs is killed at its time with all that it started', async () => {
    const place = join(folder(), 'pids');
    const result = await runProgram([hanging(place)], { shell: true }, { time: 1.5 });
    expect(result).toMatchObject({ failure: { kind: 'timeout' } });
    await areDead(await pidsFrom(place));
  });

  it('is killed with all that it started when the run is stopped, even if it ignores the asking', async () => {
    const place = join(folder(), 'pids');
    const stop = new AbortController();
    const running = runProgram([`trap '' TERM; ${hanging(place)}; sleep 60`], { shell: true }, { signal: stop.signal });
    const pids = await pidsFrom(place);
    expect(pids.filter(alive)).toEqual(pids);
    stop.abort();
    await expect(running).rejects.toThrow();
    await areDead(pids);
  });

  it('that ends while its child goes on does not wait for it, nor leave it behind', async () => {
    const place = join(folder(), 'pids');
    const result = await runProgram([`sleep 60 & echo $! > ${place}; printf "x\\n1\\n" > \${outputs.out}`], {
      shell: true,
    });
    expect(result).toMatchObject({ ok: true });
    await areDead(await pidsFrom(place));
  });
});
