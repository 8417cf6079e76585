import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { events, SMALL, SQUARES, TemporaryStudy } from './study.ts';

const folder = temporaryFolders();
const study = new TemporaryStudy(folder(), SMALL);
const ids = async () =>
  JSON.parse((await study.driftline('runs', '--json')).out).runs.map((run: { id: string }) => run.id);

beforeAll(async () => {
  expect((await study.driftline('run', '--tag', 'start')).code).toBe(0);
  expect((await study.driftline('run', '--set', 'offset=7')).code).toBe(0);
}, 60_000);

describe('the name of a run', () => {
  it('is given, listed, refused when it is taken, and taken away', async () => {
    const [last, first] = await ids();
    expect((await study.driftline('tag', 'here')).out).toBe(`here is now the name of run ${last}.\n`);
    expect((await study.driftline('tag', 'here', 'start')).err).toMatch(/^Run \S+ has the tag here already\./);
    expect((await study.driftline('tag', '../x')).err).toContain('A run cannot be called "../x"');
    expect(first).not.toBe(last);
    expect((await study.driftline('tag')).out).toMatch(/^here +\S+\nstart +\S+\n$/);
    expect((await study.driftline('runs')).out).toMatch(/^last +\S+ .* here$/m);
    expect((await study.driftline('tag', '--delete', 'here')).code).toBe(0);
    expect((await study.driftline('tag', '--delete', 'here')).code).toBe(2);
  });

  it('is given to the run whose results stand, when a run has nothing to do', async () => {
    const [, first] = await ids();
    expect((await study.driftline('run', '--tag', 'quick')).code).toBe(0);
    const told = events((await study.driftline('run', '--json', '--tag', 'slow')).out);
    expect(told).toContainEqual({ type: 'run-tagged', run: first, tag: 'slow' });
    const tags = JSON.parse((await study.driftline('tag', '--json')).out);
    expect(tags.map(({ name, run }: { name: string; run: string }) => [name, run])).toEqual([
      ['quick', first],
      ['slow', first],
      ['start', first],
    ]);
    expect(await ids()).toHaveLength(2);
    expect((await study.driftline('run', '--tag', 'start')).code).toBe(2);
    expect((await study.driftline('run', '--tag', 'new', '--dry-run')).code).toBe(2);
  });

  it('is not given to a run that fails', async () => {
    study.write({ 'stages/squares.ts': SQUARES.replace('if (slow)', 'throw new Error("no"); if (slow)') });
    const { code, out } = await study.driftline('run', '--tag', 'broken');
    expect(code).toBe(1);
    expect(out).toContain('broken names no run, for this one did not succeed.');
    study.write({ 'stages/squares.ts': SQUARES });
    expect((await study.driftline('tag')).out).not.toContain('broken');
  });

  it('that is damaged costs no result: gc removes none, verify tells it, and deleting it helps', async () => {
    const gc = async () => JSON.parse((await study.driftline('gc', '--json', '--grace', '0', '--keep-runs', '1')).out);
    await study.driftline('run', '--set', 'offset=3');
    await study.driftline('tag', 'kept', 'last');
    await study.driftline('run', '--set', 'offset=4');
    await study.driftline('gc', '--yes', '--grace', '0', '--keep-runs', '1');
    const tagged = await gc();
    expect(tagged).toMatchObject({ records: [], lostTags: [] });
    expect(tagged.kept.tags).toBeGreaterThan(0);
    const path = join(study.root, '.driftline', 'tags', 'kept.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('kept', 'kopt'));
    expect(await gc()).toMatchObject({ records: [], lostTags: ['kept'] });
    expect((await study.driftline('gc')).out).toContain('It cannot be told what the tag kept names');
    expect((await study.driftline('diff', 'kept')).code).toBe(4);
    expect((await study.driftline('verify', '--sample', '0')).out).toContain(join('tags', 'kept.json'));
    expect((await study.driftline('tag', '--delete', 'kept')).out).toBe('The damaged tag kept is gone.\n');
    expect((await gc()).records.length).toBeGreaterThan(0);
  });
});
