import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/store/canonical.ts';
import { BlobError, Cas } from '../../src/store/cas.ts';
import { temporaryFolders } from './folder.ts';

const folder = temporaryFolders();

/** Overwrites a blob in place, as a failing disk or a careless program would. */
function damage(path: string, change: (bytes: Buffer) => Buffer): void {
  const bytes = change(readFileSync(path));
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}

const thrownBy = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('Cas', () => {
  it('says of a moment what was there, whatever is put later', () => {
    const cas = new Cas(folder());
    const first = cas.put(Buffer.from('first'));
    const then = cas.snapshot();
    const second = cas.put(Buffer.from('second'));
    expect([first, second].map((digest) => then.has(digest))).toEqual([true, false]);
    expect([first, second].map((digest) => cas.snapshot().has(digest))).toEqual([true, true]);
    expect(cas.snapshot().has('')).toBe(false);
  });

  it('gives back what was put, under the sha256 of its bytes', () => {
    const cas = new Cas(folder());
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const digest = cas.put(bytes);
        expect(digest).toBe(sha256(bytes));
        expect(cas.get(digest).equals(bytes)).toBe(true);
        expect(cas.has(digest)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('writes equal bytes once', () => {
    const cas = new Cas(folder());
    const digest = cas.put(Buffer.from('text'));
    const { ino } = statSync(cas.path(digest));
    cas.put(Buffer.from('text'));
    expect(statSync(cas.path(digest)).ino).toBe(ino);
  });

  it('has a blob that is on its way when it has been awaited, whole and read-only', async () => {
    const cas = new Cas(folder());
    const underWay: Promise<void>[] = [];
    const texts = Array.from({ length: 20 }, (_, i) => Buffer.from(`text ${i % 15}`));
    const digests = texts.map((bytes) => cas.put(bytes, underWay));
    expect(cas.list().size).toBe(0);
    await Promise.all(underWay);
    digests.forEach((digest, i) => {
      expect(cas.get(digest).equals(texts[i])).toBe(true);
      expect(statSync(cas.path(digest)).mode & 0o222).toBe(0);
    });
    const there = underWay.length;
    cas.put(texts[0], underWay);
    expect(underWay).toHaveLength(there);
  });

  it('throws or rejects where a blob that is on its way cannot be written', async () => {
    const root = folder();
    writeFileSync(join(root, 'cas'), 'in the way');
    expect(() => new Cas(root).put(Buffer.from('text'), [])).toThrow();
  });

  it('lists the blobs and nothing else that lies in their folders', () => {
    const root = folder();
    const cas = new Cas(root);
    expect(cas.list()).toEqual(new Set());
    const digests = ['a', 'b', 'c'].map((text) => cas.put(Buffer.from(text)));
    writeFileSync(join(root, 'cas', 'sha256', digests[0].slice(0, 2), '.tmp-1-abc'), 'half');
    expect(cas.list()).toEqual(new Set(digests));
  });

  it('says that a blob is missing', () => {
    const cas = new Cas(folder());
    const digest = sha256('nothing');
    expect(thrownBy(() => cas.get(digest))).toMatchObject({ name: 'BlobError', digest, reason: 'missing' });
    expect(cas.has(digest)).toBe(false);
  });

  it('notices every single flipped bit and every shorter length', () => {
    const cas = new Cas(folder());
    const whole = Buffer.from('blob');
    const changes = [
      ...Array.from({ length: whole.length * 8 }, (_, bit) => (bytes: Buffer) => {
        bytes[bit >> 3] ^= 1 << (bit & 7);
        return bytes;
      }),
      ...Array.from({ length: whole.length }, (_, length) => (bytes: Buffer) => bytes.subarray(0, length)),
    ];
    for (const change of changes) {
      const digest = cas.put(whole);
      damage(cas.path(digest), change);
      expect(() => cas.get(digest)).toThrow(BlobError);
    }
  });

  it('drops a blob that it finds damaged, so that it is missing from then on', () => {
    const cas = new Cas(folder());
    const digest = cas.put(Buffer.from('text'));
    damage(cas.path(digest), () => Buffer.from('tekt'));
    expect(thrownBy(() => cas.get(digest))).toMatchObject({ reason: 'damaged' });
    expect(existsSync(cas.path(digest))).toBe(false);
    expect(thrownBy(() => cas.get(digest))).toMatchObject({ reason: 'missing' });
  });

  it('writes a damaged blob anew, also one of the right length', () => {
    const cas = new Cas(folder());
    const digest = cas.put(Buffer.from('text'));
    for (const wrong of ['tekt', 'te', '']) {
      damage(cas.path(digest), () => Buffer.from(wrong));
      cas.put(Buffer.from('text'));
      expect(cas.get(digest).toString()).toBe('text');
    }
    rmSync(cas.path(digest));
    cas.put(Buffer.from('text'));
    expect(cas.get(digest).toString()).toBe('text');
  });
});
