import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditStore } from '../../src/store/audit.ts';
import { nameRun } from '../../src/store/nameRun.ts';
import { type RunRecord, writeRun } from '../../src/store/runs.ts';
import { allTags, isTagName, readTag, removeTag, writeTag } from '../../src/store/tags.ts';
import { temporaryFolders } from './folder.ts';

const folder = temporaryFolders();
const TAG = { name: 'v1.0_a-b', run: '2026-01', taggedAt: '2026-01-01T00:00:00.000Z' };

const run = (id: string, profile: string | null = null): RunRecord => ({
  id,
  startedAt: '2026-01-01T00:00:00.000Z',
  seconds: 1,
  profile,
  jobs: 2,
  counts: { executed: 1, cached: 0, failed: 0, skipped: 0 },
  actions: [],
});

describe('tags', () => {
  it('have names that are no paths, no options, and not the names that runs have anyway', () => {
    for (const name of ['a', 'v1.0', 'A_b-c', '2026', 'last2', 'x'.repeat(100)]) expect(isTagName(name)).toBe(true);
    const wrong = [
      '',
      '.',
      '..',
      '.a',
      '-a',
      'a/b',
      'a\\b',
      'a b',
      'ä',
      'last',
      'last~1',
      'a\n',
      '../a',
      'x'.repeat(101),
    ];
    for (const name of wrong) expect(isTagName(name)).toBe(false);
    expect(() => writeTag(folder(), { ...TAG, name: '../a' })).toThrow('cannot be called');
  });

  it('are written, listed in order of their names, moved and removed', () => {
    const root = folder();
    expect(allTags(root)).toEqual([]);
    writeTag(root, TAG);
    writeTag(root, { ...TAG, name: 'a' });
    expect(allTags(root).map(({ name }) => name)).toEqual(['a', TAG.name]);
    expect(readTag(root, TAG.name)?.tag).toEqual(TAG);
    removeTag(root, 'a');
    expect(readTag(root, 'a')).toBeUndefined();
    expect(readdirSync(join(root, 'tags'))).toEqual([`${TAG.name}.json`]);
  });

  it('are told from damaged ones at every single byte, by reading and by the audit', () => {
    const root = folder();
    writeTag(root, TAG);
    const path = join(root, 'tags', `${TAG.name}.json`);
    const whole = readFileSync(path);
    for (let at = 0; at < whole.length; at++) {
      const bytes = Buffer.from(whole);
      bytes[at] ^= 1;
      writeFileSync(path, bytes);
      expect(readTag(root, TAG.name)).toEqual({ name: TAG.name, tag: undefined });
      writeFileSync(path, whole.subarray(0, at));
      expect(readTag(root, TAG.name)?.tag).toBeUndefined();
    }
    expect(auditStore(root).files).toEqual([join('tags', `${TAG.name}.json`)]);
    writeFileSync(path, whole);
    expect(auditStore(root).files).toEqual([]);
  });

  it('do not count under a name that they were copied to', () => {
    const root = folder();
    writeTag(root, TAG);
    copyFileSync(join(root, 'tags', `${TAG.name}.json`), join(root, 'tags', 'other.json'));
    expect(readTag(root, 'other')).toEqual({ name: 'other', tag: undefined });
  });
});

describe('the name of a run', () => {
  const root = folder();
  for (const [id, profile] of [
    ['2026-01-a', null],
    ['2026-02-b', 'quick'],
    ['2026-02-c', null],
  ] as const) {
    writeRun(root, run(id, profile));
  }
  writeTag(root, { ...TAG, name: 'base', run: '2026-01-a' });
  writeTag(root, { ...TAG, name: 'lost', run: '2025' });
  const id = (name: string, profile?: string) => {
    const found = nameRun(root, name, profile);
    return found.state === 'found' ? found.record.id : found;
  };

  it('is last, and so many before it, of all runs or of a profile', () => {
    expect([id('last'), id('last~0'), id('last~1'), id('last~2')]).toEqual([
      '2026-02-c',
      '2026-02-c',
      '2026-02-b',
      '2026-01-a',
    ]);
    expect(id('last', 'quick')).toBe('2026-02-b');
    expect(id('last~1', 'quick')).toEqual({ state: 'too-few', runs: 1 });
    expect(id('last~9')).toEqual({ state: 'too-few', runs: 3 });
  });

  it('is a tag, an id, or the beginning of one id alone', () => {
    expect(id('base')).toBe('2026-01-a');
    expect(id('2026-01')).toBe('2026-01-a');
    expect(id('2026-02-b')).toBe('2026-02-b');
    expect(id('2026-02')).toEqual({ state: 'ambiguous', ids: ['2026-02-b', '2026-02-c'] });
    for (const name of ['', 'none', 'last~', 'last~x', '../runs/2026-01-a'])
      expect(id(name)).toEqual({ state: 'unknown' });
    expect(id('lost')).toEqual({ state: 'gone', id: '2025' });
  });

  it('passes over a damaged journal for last, and says that it is damaged when it is named', () => {
    const path = join(root, 'runs', '2026-02-c.json');
    const whole = readFileSync(path, 'utf8');
    writeFileSync(path, whole.replace('"executed":1', '"executed":2'));
    expect(id('last')).toBe('2026-02-b');
    expect(id('2026-02-c')).toEqual({ state: 'damaged-run', id: '2026-02-c' });
    writeFileSync(path, whole);
  });
});
