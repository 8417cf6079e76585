import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Progress, type ProgressOptions } from '../../src/cli/progress.ts';
import type { RunEvent } from '../../src/engine/events.ts';
import { ActionGraph, type ActionNode } from '../../src/engine/graph.ts';
import type { Digest } from '../../src/store/canonical.ts';
import { cell, kind, planOf, stage } from '../engine/fakes.ts';

const KEY = 'k' as unknown as Digest;

class FakeStream extends EventEmitter {
  readonly isTTY: boolean;
  columns: number;
  text = '';

  constructor(isTTY: boolean, columns = 80) {
    super();
    this.isTTY = isTTY;
    this.columns = columns;
  }

  write(text: string): boolean {
    this.text += text;
    return true;
  }

  take(): string {
    const { text } = this;
    this.text = '';
    return text;
  }
}

const nodes = (...names: string[]): ActionNode[] =>
  new ActionGraph(
    planOf(names.map((name) => stage(name, [cell({ i: 0 }, { i: 0 }), cell({ i: 1 }, { i: 1 })], { outputs: {} }))),
    new Map([['fake', kind('fake').contract]]),
  ).select();

let progress: Progress;
let now = 0;

function begin(stream: FakeStream, of: readonly ActionNode[], options: Partial<ProgressOptions> = {}): Progress {
  now = 0;
  const all = { jobs: 2, now: () => now * 1000, ...options };
  progress = new Progress(of, stream as unknown as NodeJS.WriteStream, all);
  return progress;
}

const started = (target: string): RunEvent => ({
  type: 'action-started',
  target,
  stage: target.split('[')[0],
  key: KEY,
  attempt: 1,
});
const finished = (target: string, seconds: number): RunEvent => ({
  type: 'action-finished',
  target,
  stage: target.split('[')[0],
  key: KEY,
  seconds,
});
const failed = (target: string, more: Partial<RunEvent & { type: 'action-failed' }> = {}): RunEvent => ({
  type: 'action-failed',
  target,
  stage: target.split('[')[0],
  key: KEY,
  failure: { kind: 'threw', message: 'it is wrong', stack: 'at run (stages/a.ts:3:4)\n    3 | throw' },
  attempt: 1,
  ...more,
});

afterEach(() => {
  progress.close();
  vi.unstubAllEnvs();
});

describe('on a terminal', () => {
  it('the line is drawn over, follows the width as it changes, and goes in the end', () => {
    vi.stubEnv('CI', '');
    const stream = new FakeStream(true, 60);
    begin(stream, nodes('a')).handle(started('a[i=0]'));
    now = 5;
    progress.tick();
    expect(stream.take()).toBe('0/2 · 5.0 s · a[i=0]');
    stream.columns = 10;
    stream.emit('resize');
    // What stood in one line of 60 stands in two of 10 now: both go before it is drawn again.
    expect(stream.take()).toBe('\r\u001b[1A\u001b[J0/2 · 5.…');
    progress.close();
    expect(stream.take()).toBe('\r\u001b[J');
    stream.emit('resize');
    expect(stream.take()).toBe('');
  });

  it('nothing is said of how long it takes before there is ground for it', () => {
    vi.stubEnv('CI', '');
    const stream = new FakeStream(true);
    begin(stream, nodes('a')).handle(started('a[i=0]'));
    now = 3;
    progress.tick();
    expect(stream.take()).not.toContain('left');
    progress.handle({ type: 'action-progress', target: 'a[i=0]', stage: 'a', fraction: 0.5 });
    now = 6;
    progress.tick();
    expect(stream.take()).toMatch(/0\/2 · 6\.0 s · about \d+ s left · a\[i=0\] 50%$/);
  });
});

describe('in a pipe, and in the log of a CI', () => {
  it.each([
    ['a pipe', false, ''],
    ['a terminal of a CI', true, 'true'],
  ])('%s gets a line after half a minute of silence, then one a minute, and no escapes', (_, isTTY, ci) => {
    vi.stubEnv('CI', ci);
    vi.stubEnv('NO_COLOR', '1');
    const stream = new FakeStream(isTTY);
    begin(stream, nodes('a')).handle(started('a[i=0]'));
    for (now = 1; now < 30; now++) progress.tick();
    expect(stream.take()).toBe('');
    for (; now <= 200; now++) progress.tick();
    expect(stream.take()).toBe(['30 s', '90 s', '2 min 30 s'].map((after) => `0/2 after ${after} · a[i=0]\n`).join(''));
    progress.handle(finished('a[i=0]', 100));
    progress.handle(finished('a[i=1]', 100));
    expect(stream.take()).toBe('✓ a  2 actions, 3 min 20 s\n');
  });
});

describe('a failure', () => {
  const invocation = { file: 'my study.yaml', profile: 'quick', set: { n: '3' } };

  it('shows its error, its place in the source, the end of its log and the command that runs it alone', () => {
    const stream = new FakeStream(false);
    const log = `${Array.from({ length: 14 }, (_, line) => `line ${line}`).join('\n')}\n`;
    begin(stream, nodes('a'), { invocation }).handle(failed('a[i=0]', { log }));
    expect(stream.take()).toBe(
      `✗ a[i=0]: it is wrong
  at run (stages/a.ts:3:4)
      3 | throw
  | (4 lines before)
${Array.from({ length: 10 }, (_, line) => `  | line ${line + 4}`).join('\n')}
  Reproduce it with: driftline stage run 'a[i=0]' --file 'my study.yaml' --profile quick --set n=3
`,
    );
  });

  it('that is tried again says when, and no more', () => {
    const stream = new FakeStream(false);
    begin(stream, nodes('a'), { invocation }).handle(failed('a[i=0]', { retryIn: 2, log: 'much' }));
    expect(stream.take()).toBe('✗ a[i=0]: it is wrong — trying again in 2.0 s\n');
  });

  it('of a file that changed meanwhile has no command: alone it would not fail', () => {
    const stream = new FakeStream(false);
    const failure = { kind: 'input-changed', message: 'x.csv changed' } as const;
    begin(stream, nodes('a'), { invocation }).handle(failed('a[i=0]', { failure }));
    expect(stream.take()).toBe('✗ a[i=0]: x.csv changed\n');
  });

  it('is told in full three times a stage', () => {
    const stream = new FakeStream(false);
    begin(stream, nodes('a', 'b'), { invocation });
    for (let time = 0; time < 5; time++) progress.handle(failed('a[i=0]'));
    progress.handle(failed('b[i=0]'));
    const text = stream.take();
    expect(text.match(/✗/g)).toHaveLength(6);
    expect(text.match(/Reproduce/g)).toHaveLength(4);
  });
});
