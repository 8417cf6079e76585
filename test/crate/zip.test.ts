import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { fitsZip, writeZip, ZIP_LIMITS } from '../../src/crate/zip.ts';
import { temporaryFolders } from '../store/folder.ts';

const folder = temporaryFolders();
const file = (path: string, bytes: Uint8Array) => ({ path, read: () => bytes });
const zipped = (files: readonly (readonly [string, Uint8Array])[]): Buffer => {
  const target = join(folder(), 'new', 'crate.zip');
  writeZip(
    target,
    files.map(([path, bytes]) => file(path, bytes)),
  );
  return readFileSync(target);
};

describe('a ZIP', () => {
  it('gives back every file, whatever is in it', () => {
    const name = fc.stringMatching(/^[a-zé名]{1,8}\/[a-z =]{1,12}$/);
    fc.assert(
      fc.property(fc.dictionary(name, fc.uint8Array({ maxLength: 3000 }), { minKeys: 1, maxKeys: 8 }), (files) => {
        const found = unzipSync(zipped(Object.entries(files)));
        expect(Object.keys(found)).toEqual(Object.keys(files));
        for (const [path, bytes] of Object.entries(files)) expect(Buffer.from(found[path])).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 30 },
    );
  });

  it('has the same bytes for the same files, whatever the clock and the time zone', () => {
    const files = [['a.txt', Buffer.from('a'.repeat(5000))] as const];
    const zone = process.env.TZ;
    try {
      process.env.TZ = 'Asia/Tokyo';
      const there = zipped(files);
      process.env.TZ = 'America/Los_Angeles';
      expect(zipped(files)).toEqual(there);
      expect(there.length).toBeLessThan(500);
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  it('that fails leaves nothing behind', () => {
    const place = folder();
    const bad = {
      path: 'b',
      read: () => {
        throw new Error('gone');
      },
    };
    expect(() => writeZip(join(place, 'crate.zip'), [file('a', Buffer.from('a')), bad])).toThrow('gone');
    expect(readdirSync(place)).toEqual([]);
  });

  it('is refused where its form cannot count what there is', () => {
    const files = (count: number, bytes: number) =>
      Array.from({ length: count }, (_, at) => ({ path: `f${at}`, bytes }));
    expect(fitsZip(files(1000, 1e6))).toBe(true);
    expect(fitsZip(files(ZIP_LIMITS.files + 1, 1))).toBe(false);
    expect(fitsZip(files(5, 1e9))).toBe(false);
  });
});
