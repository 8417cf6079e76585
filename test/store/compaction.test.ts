import { appendFileSync, chmodSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compact } from '../../src/store/compaction.ts';
import { Segments } from '../../src/store/segments.ts';
import { temporaryFolders } from './folder.ts';

const folder = temporaryFolders();
const extension = '.log';
const always = () => true;

const read = (root: string) => Object.fromEntries(new Segments(root, extension, 'reader').read().records);

function write(root: string, writer: string, records: readonly (readonly [string, unknown])[]): void {
  const segments = new Segments(root, extension, writer);
  for (const [key, record] of records) segments.append(key, record);
  segments.close();
}

describe('compact', () => {
  it('leaves one segment with the newest record of each key that is kept, and no damaged line', () => {
    const root = folder();
    write(root, '2026-1', [
      ['a', 1],
      ['b', 1],
    ]);
    write(root, '2026-2', [
      ['b', 2],
      ['c', 2],
    ]);
    chmodSync(join(root, '2026-2.log'), 0o644);
    appendFileSync(join(root, '2026-2.log'), '\n0000 torn');
    compact({ folder: root, extension, mayRewrite: always, keep: (key) => key !== 'a' });
    expect(read(root)).toEqual({ b: '2', c: '2' });
    expect(new Segments(root, extension, 'reader').read().damaged).toBe(0);
    expect(readdirSync(root)).toHaveLength(1);
  });

  it('writes nothing where nothing is gained', () => {
    const root = folder();
    write(root, '2026-1', [['a', 1]]);
    write(root, '2026-2', [['b', 1]]);
    compact({ folder: root, extension, mayRewrite: always, keep: always });
    const names = readdirSync(root);
    compact({ folder: root, extension, mayRewrite: always, keep: always });
    expect(readdirSync(root)).toEqual(names);
    compact({ folder: root, extension, mayRewrite: always, keep: () => false });
    expect(readdirSync(root)).toEqual([]);
  });

  it('loses nothing of a writer that goes on: it appends to a segment of its own again', () => {
    const root = folder();
    const writer = new Segments(root, extension, '2026-1');
    writer.append('a', 1);
    write(root, '2026-2', [['b', 2]]);
    compact({ folder: root, extension, mayRewrite: always, keep: always });
    writer.append('c', 3);
    writer.append('a', 4);
    expect(read(root)).toMatchObject({ b: '2', c: '3' });
    compact({ folder: root, extension, mayRewrite: always, keep: always });
    writer.append('d', 5);
    writer.close();
    expect(read(root)).toMatchObject({ b: '2', c: '3', d: '5' });
  });

  it('gives the records that were there before, whichever segments are too young to be rewritten', () => {
    const records = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(99)), { maxLength: 4 });
    const segments = fc.array(fc.record({ records, young: fc.boolean() }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(segments, fc.subarray(['a', 'b', 'c', 'd']), (given, dropped) => {
        const root = folder();
        const young = new Set<string>();
        given.forEach((segment, at) => {
          write(root, `2026-${at}`, segment.records);
          if (segment.records.length === 0) return;
          if (segment.young) for (const [key] of segment.records) young.add(key);
          else utimesSync(join(root, `2026-${at}.log`), 1000, 1000);
        });
        const before = Object.entries(read(root));
        const mayRewrite = (mtimeMs: number) => mtimeMs < 2e6;
        compact({ folder: root, extension, mayRewrite, keep: (key) => !dropped.includes(key) });
        const after = read(root);
        for (const [key, text] of before) {
          if (!dropped.includes(key)) expect(after[key]).toBe(text);
          else if (!young.has(key)) expect(after[key]).toBeUndefined();
        }
        expect(Object.keys(after).every((key) => before.some(([known]) => known === key))).toBe(true);
        expect(readdirSync(root).filter((name) => name.includes('.tmp-'))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});
