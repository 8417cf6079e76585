import { appendFileSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { executed, KIND, PIPELINE, watchedStudies } from './watched.ts';

const watched = watchedStudies();

describe('driftline watch', () => {
  it('runs, and runs again what a saved input, kind, or study file changes, and only that', async () => {
    const own = watched.study();
    const watch = watched.watch(own);
    expect(executed(await watch.idle())).toEqual(['first', 'first.rows', 'other', 'other.rows']);

    own.write({ 'data/given.csv': 'v\n20\n' });
    const changed = await watch.idle();
    expect(changed[0]).toEqual({ type: 'study-changed', files: ['data/given.csv'] });
    expect(executed(changed)).toEqual(['first', 'first.rows']);

    // As most editors save: under another name first, which then takes the place of the file.
    writeFileSync(join(own.root, 'stages', '.product.ts.swp'), KIND.replace('x * 1', 'x * 5'));
    renameSync(join(own.root, 'stages', '.product.ts.swp'), join(own.root, 'stages', 'product.ts'));
    expect(executed(await watch.idle())).toEqual(['first', 'first.rows', 'other', 'other.rows']);

    own.write({ 'pipeline.yaml': PIPELINE.replace('x: 3', 'x: 4') });
    expect(executed(await watch.idle())).toEqual(['other', 'other.rows']);
    expect(readFileSync(join(own.root, 'out', 'tables', 'other.rows.csv'), 'utf8')).toBe('y\n20\n');

    const journals = readdirSync(join(own.root, '.driftline', 'runs'));
    expect(journals).toHaveLength(4);
    watch.stop();
    expect(await watch.ended).toMatchObject({ code: 0, err: '' });
  });

  it('starts nothing by itself: not for what it writes, nor for what no result rests on', async () => {
    const own = watched.study();
    const watch = watched.watch(own);
    await watch.idle();
    appendFileSync(join(own.root, 'notes.txt'), 'more\n');
    appendFileSync(join(own.root, 'stages', 'product.ts'), '// a comment\n');
    own.write({ 'data/given.csv': 'v\n10\n' }); // saved as it was
    rmSync(join(own.root, 'out', 'tables'), { recursive: true });
    expect(await watch.within(2300)).toEqual([]); // longer than between two looks at the files
  });

  it('shows what is wrong with a study that was saved, once, and goes on when it is mended', async () => {
    const own = watched.study();
    const watch = watched.watch(own);
    await watch.idle();
    own.write({ 'pipeline.yaml': PIPELINE.replace('uses: product', 'usess: product') });
    const [wrong] = await watch.until(({ type }) => type === 'study-wrong');
    expect(wrong.message).toMatch(/pipeline\.yaml:4:\d+[\s\S]*usess/);
    appendFileSync(join(own.root, 'notes.txt'), 'looked at again\n');
    expect(await watch.within(500)).toEqual([]);
    own.write({ 'pipeline.yaml': PIPELINE.replace('x: 2', 'x: 7') });
    expect(executed(await watch.idle())).toEqual(['first', 'first.rows']);
  });

  it('begins with a study that is wrong, and with a kind that does not parse', async () => {
    const own = watched.study();
    own.write({ 'stages/product.ts': 'export default {' });
    const watch = watched.watch(own);
    await watch.until(({ type }) => type === 'study-wrong');
    own.write({ 'stages/product.ts': KIND });
    expect(executed(await watch.idle())).toHaveLength(4);
  });

  it('goes on after a stage failed', async () => {
    const own = watched.study();
    own.write({ 'stages/product.ts': KIND.replace('run: (', 'run: () => { throw new Error("not yet"); }, was: (') });
    const watch = watched.watch(own, 'first');
    expect((await watch.idle()).some(({ type }) => type === 'action-failed')).toBe(true);
    own.write({ 'stages/product.ts': KIND });
    expect(executed(await watch.idle())).toEqual(['first', 'first.rows']);
  });

  it.each([
    [['frist'], /no target "frist"\. Did you mean first\?/],
    [['--file', 'none.yaml'], /There is no study file none\.yaml/],
  ])('ends at once for a slip on the command line: %j', async (args, message) => {
    const watch = watched.watch(watched.study(), ...args);
    const { code, err } = await watch.ended;
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});
