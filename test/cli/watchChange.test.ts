import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Event, executed, watchedStudies } from './watched.ts';

const watched = watchedStudies();

describe('a change in the middle of a run', () => {
  /** A program that says when it began, and ends when it is let go. */
  const slow = (own: string, more: string): string => `driftline: 1
study: Slow
stages:
  slow: { run: [sh, -c, ${JSON.stringify(`echo x > ${own}/began; until [ -e ${own}/go ]; do sleep 0.02; done; printf "v\\n1\\n" > $0`)}, "\${outputs.rows}"], outputs: { rows: rows.csv }${more} }
  after: { uses: product, with: { x: 2 }, inputs: { data: slow.rows } }
`;
  const began = ({ type, target }: Event): boolean => type === 'action-started' && target === 'slow';

  it('lets what is still wanted end, begins nothing more, and takes its result', async () => {
    const own = watched.study();
    own.write({ 'pipeline.yaml': slow(own.root, '') });
    const watch = watched.watch(own, '--jobs', '2');
    await watch.until(began);
    own.write({ 'pipeline.yaml': slow(own.root, '').replace('x: 2', 'x: 9') });
    const [changed] = (await watch.until(({ type }) => type === 'study-changed')).slice(-1);
    expect(changed).toMatchObject({ waits: 1 });
    own.write({ go: '' });
    const rest = await watch.idle();
    expect(executed(rest)).toEqual(['after', 'after.rows', 'slow', 'slow.rows']);
    expect(rest.filter(began)).toEqual([]);
    const finished = rest.filter(({ type }) => type === 'run-finished');
    expect(finished).toMatchObject([{ interrupted: true, executed: 1 }, { interrupted: false }]);
  });

  it('stops at once what is wanted no more', async () => {
    const own = watched.study();
    own.write({ 'pipeline.yaml': slow(own.root, '') });
    const watch = watched.watch(own);
    await watch.until(began);
    own.write({ 'pipeline.yaml': slow(own.root, ', env: { OTHER: "1" }') });
    const again = await watch.until(began);
    expect(again.find(({ type }) => type === 'study-changed')).not.toHaveProperty('waits');
    expect(again.find(({ type }) => type === 'run-finished')).toMatchObject({ interrupted: true, executed: 0 });
    own.write({ go: '' });
    expect(executed(await watch.idle())).toContain('after');
  });

  it('that is undone before what waits for it has begun leaves nothing out', async () => {
    const own = watched.study();
    const pipeline = slow(own.root, '');
    own.write({ 'pipeline.yaml': pipeline });
    const watch = watched.watch(own);
    await watch.until(began);
    own.write({ 'pipeline.yaml': pipeline.replace('x: 2', 'x: 9') });
    await watch.until(({ type }) => type === 'study-changed');
    own.write({ 'pipeline.yaml': pipeline });
    await sleep(500);
    own.write({ go: '' });
    await watch.idle();
    expect(readFileSync(join(own.root, 'out', 'tables', 'after.rows.csv'), 'utf8')).toBe('y\n3\n');
  });

  it('that is wrong does not stop it', async () => {
    const own = watched.study();
    own.write({ 'pipeline.yaml': slow(own.root, '') });
    const watch = watched.watch(own);
    await watch.until(began);
    own.write({ 'pipeline.yaml': 'driftline: [' });
    await watch.until(({ type }) => type === 'study-wrong');
    own.write({ go: '' });
    expect(executed(await watch.idle())).toContain('after');
  });

  it('and Ctrl-C end it cleanly, with nothing left running', async () => {
    const own = watched.study();
    own.write({ 'pipeline.yaml': slow(own.root, '') });
    const watch = watched.watch(own);
    await watch.until(began);
    watch.stop();
    const { code } = await watch.ended;
    expect(code).toBe(130);
    expect(readdirSync(join(own.root, '.driftline', 'leases'))).toEqual([]);
  });
});
