import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/store/canonical.ts';
import { compareLock, readLock, writeLock } from '../../src/store/lockFile.ts';
import { temporaryFolders } from './folder.ts';

const folder = temporaryFolders();
const path = () => join(folder(), 'driftline.lock');
const [one, two] = [sha256('1'), sha256('2')];

describe('driftline.lock', () => {
  it('is absent until it is written', () => {
    const file = path();
    expect(readLock(file)).toBeUndefined();
    expect(existsSync(file)).toBe(false);
  });

  it('has a line for each target, sorted, and a section for each profile', () => {
    const file = path();
    writeLock(
      file,
      'quick',
      new Map([
        ['b.rows', two],
        ['a.rows', one],
      ]),
    );
    writeLock(file, null, new Map([['a.rows', two]]));
    expect(readFileSync(file, 'utf8').split('\n').slice(2)).toEqual([
      '',
      '[no profile]',
      `${two}  a.rows`,
      '',
      '[profile quick]',
      `${one}  a.rows`,
      `${two}  b.rows`,
      '',
    ]);
  });

  it('gives back what was written, whatever targets and profiles are called', () => {
    const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 8 });
    const section = fc.array(fc.tuple(name, fc.constantFrom(one, two))).map((pairs) => new Map(pairs));
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.option(name), section), { selector: ([at]) => at, maxLength: 3 }),
        (sections) => {
          const file = path();
          for (const [profile, entries] of sections) writeLock(file, profile, entries);
          expect(readLock(file) ?? new Map()).toEqual(new Map(sections));
        },
      ),
      { numRuns: 12 },
    );
  });

  it('has the same bytes in whatever order it was written', () => {
    const [a, b] = [path(), path()];
    const pairs: [string, string][] = [
      ['x', one],
      ['y[C=2].svg', two],
    ];
    for (const profile of [null, 'p', 'q']) writeLock(a, profile, new Map(pairs));
    for (const profile of ['q', null, 'p']) writeLock(b, profile, new Map([...pairs].reverse()));
    expect(readFileSync(b, 'utf8')).toBe(readFileSync(a, 'utf8'));
  });

  it('is refused, with the line, where a merge left its marks or a target stands twice', () => {
    const file = path();
    const refused = (text: string) => {
      writeFileSync(file, text);
      return () => readLock(file);
    };
    expect(refused(`[no profile]\n<<<<<<< ours\n${one}  a\n`)).toThrow(/driftline\.lock:2: expected the digest of/);
    expect(refused(`[no profile]\n${one}  a\n${two}  a\n`)).toThrow(/lock:3: /);
    expect(refused(`${one}  a\n`)).toThrow(/lock:1: /);
    expect(refused('[profile p]\n[profile p]\n')).toThrow(/lock:2: expected a profile that is there once/);
    expect(refused(`[no profile]\r\n${one}  a\r\n`)()).toEqual(new Map([[null, new Map([['a', one]])]]));
  });
});

describe('compareLock', () => {
  it('tells changed, new and removed results apart, and says nothing of those that are not computed', () => {
    const lock = new Map([
      ['same', one],
      ['other', one],
      ['gone', one],
      ['open', one],
    ]);
    const results = new Map([
      ['same', one],
      ['other', two],
      ['new', one],
    ]);
    expect(compareLock(lock, results, new Set(['open']))).toEqual({
      changed: ['other'],
      added: ['new'],
      removed: ['gone'],
    });
  });
});
