import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TaskResult } from '../../../src/engine/task.ts';
import { writeBatch } from '../../../src/executors/slurm/batch.ts';
import { collect } from '../../../src/executors/slurm/collect.ts';
import { ProgressNotes } from '../../../src/executors/slurm/progressNotes.ts';
import { ResultWriter } from '../../../src/executors/slurm/resultFiles.ts';
import { type Batch, newBatch, type Work } from '../../../src/executors/slurm/work.ts';
import { sha256 } from '../../../src/store/canonical.ts';
import { Cas } from '../../../src/store/cas.ts';
import { temporaryFolders } from '../../store/folder.ts';

const folder = temporaryFolders();
const TOKEN = '0123456789abcdef';
const OTHER = 'fedcba9876543210';

let root = '';
let batch: Batch;
let told: string[] = [];

const result = (text: string): TaskResult => ({
  ok: true,
  outputs: { out: { digest: sha256(text), bytes: text.length } },
  seconds: 1,
  log: '',
});
const failure: TaskResult = { ok: false, failure: { kind: 'threw', message: 'no' }, log: '' };

function work(name: string): Work {
  const one: Work = {
    task: {
      target: name,
      storeRoot: root,
      bundle: '',
      entry: 'run',
      params: {},
      files: {},
      inputs: { rows: { digest: sha256('input'), format: 'table' } },
      outputs: {},
      seed: '',
    },
    action: { key: sha256(name), stage: 's', cpus: 1 },
    options: {
      signal: new AbortController().signal,
      action: { key: '', stage: 's', cpus: 1 },
      onBegin: () => undefined,
      onProgress: (fraction) => told.push(`${name} at ${fraction}`),
    },
    settle: () => undefined,
    fail: (error) => told.push(`${name}: ${(error as Error).name}`),
    done: false,
    alone: false,
    losses: 0,
    from: undefined,
  };
  return one;
}

beforeEach(() => {
  root = folder();
  told = [];
  const works = [[work('a'), work('b')], [work('c')]];
  const actions = works.map((own) => own.map(({ task, action: { key } }) => ({ key, task })));
  const path = writeBatch(root, { token: TOKEN, run: 'r', host: 'h' }, actions);
  batch = newBatch({ token: TOKEN, folder: path, adopted: undefined }, 0, works);
});

const look = (): string[] => {
  told = [];
  collect(batch, new Cas(root), {
    settled: (each, { ok }) => {
      each.done = true;
      told.push(`${each.task.target}: ${ok ? 'good' : 'bad'}`);
    },
    left: ({ index }, how) => told.push(`job ${index} is ${how}`),
    blind: ({ task }) => told.push(`${task.target}: blind`),
  });
  return told;
};

const writer = (element: number, attempt = 0, token = TOKEN) =>
  new ResultWriter(batch.folder, { token, element, attempt, host: 'h' });
const put = (...texts: string[]): void => {
  for (const text of texts) new Cas(root).put(Buffer.from(text));
};

describe('what jobs tell', () => {
  it('is taken in as it comes, each once', () => {
    put('a', 'b');
    const job = writer(0);
    expect(look()).toEqual([]);
    job.write([]);
    expect(look()).toEqual([]);
    job.write([[0, result('a')]]);
    expect([look(), look()]).toEqual([['a: good'], []]);
    job.write(
      [
        [0, result('a')],
        [1, result('b')],
      ],
      'done',
    );
    expect([look(), look()]).toEqual([['b: good', 'job 0 is done'], []]);
  });

  it('is not believed before its blobs are seen', () => {
    writer(1).write([[0, result('c')]], 'done');
    expect([look(), look()]).toEqual([[], []]);
    put('c');
    expect(look()).toEqual(['c: good', 'job 1 is done']);
  });

  it('counts for nothing where it is damaged, or of another array', () => {
    put('a', 'b', 'c');
    writer(1).write([[0, result('c')]], 'done');
    const path = join(batch.folder, 'results', '1.0.end.json');
    const whole = readFileSync(path);
    for (const cut of [0, 1, whole.length >> 1, whole.length - 1]) {
      writeFileSync(path, whole.subarray(0, cut));
      expect(look()).toEqual([]);
    }
    mkdirSync(join(root, 'slurm', OTHER, 'results'), { recursive: true });
    copyFileSync(join(batch.folder, 'batch.json'), join(root, 'slurm', OTHER, 'batch.json'));
    const stranger = new ResultWriter(join(root, 'slurm', OTHER), { token: OTHER, element: 1, attempt: 0, host: 'h' });
    stranger.write([[0, result('a')]], 'done');
    copyFileSync(join(root, 'slurm', OTHER, 'results', '1.0.end.json'), path);
    expect(look()).toEqual([]);
    writeFileSync(path, whole);
    expect(look()).toEqual(['c: good', 'job 1 is done']);
  });

  it('names no job that there is not, whatever the files are called', () => {
    put('a');
    writer(7).write([[0, result('a')]], 'done');
    for (const name of ['x', '0.json', '0.0.x.json', '-1.0.0.json', '../0.0.end.json', '0.0.end.json.bak'].map((each) =>
      each.replace('/', '_'),
    ))
      writeFileSync(join(batch.folder, 'results', name), 'x');
    expect(look()).toEqual([]);
  });

  it('of how far they are is heard of the newest start, as long as the action is under way', () => {
    const at = (attempt: number, place: number, fraction: number): ProgressNotes => {
      const notes = new ProgressNotes(batch.folder, { element: 0, attempt, jobs: 2 }, 0);
      notes.tell(place, fraction, 60_000);
      return notes;
    };
    put('a');
    const job = writer(0);
    job.write([]);
    const first = at(0, 0, 0.25);
    expect(look()).toEqual(['a at 0.25']);
    job.write([[0, result('a')]]);
    expect(look()).toEqual(['a: good']);
    first.tell(1, 0.5, 120_000);
    at(0, 7, 0.5); // no such action
    expect(look()).toEqual(['b at 0.5']);
    batch.elements[0].state = 'pending';
    expect(look()).toEqual([]);
    batch.elements[0].state = 'running';
    writer(0, 1).write([]);
    expect(look()).toEqual([]);
    at(1, 1, 0.1);
    expect(look()).toEqual(['b at 0.1']);
  });

  it('as a failure counts from the newest start alone, and not while the job waits to be started again', () => {
    writer(1, 0).write([[0, failure]], 'done');
    batch.elements[1].state = 'pending';
    expect(look()).toEqual([]);
    batch.elements[1].state = 'running';
    writer(1, 1).write([]);
    expect(look()).toEqual([]); // the first start is an orphan now
    put('c');
    writer(1, 1).write([[0, result('c')]], 'done');
    expect(look()).toEqual(['c: good', 'job 1 is done']);
  });

  it('of an input that it did not see, and that is there, is not the input’s fault', () => {
    const missing: TaskResult = { ok: false, failure: { kind: 'damaged-input', message: 'missing' }, log: '' };
    put('input');
    writer(1).write([[0, missing]], 'done');
    expect(look()).toContain('c: blind');
  });

  it('of an input that is missing here too is believed', () => {
    const missing: TaskResult = { ok: false, failure: { kind: 'damaged-input', message: 'missing' }, log: '' };
    writer(1).write([[0, missing]], 'done');
    expect(look()).toContain('c: bad');
  });

  it('of a store that refuses ends the run', () => {
    const refusal = { code: 'ENOSPC', path: '/x', reason: 'no space left' } as const;
    writer(1).write(
      [[0, { ok: false, failure: { kind: 'store-refuses', message: 'full', refusal }, log: '' }]],
      'done',
    );
    expect(look()).toContain('c: StoreError');
  });
});
