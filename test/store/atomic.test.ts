import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linkAtomically, removeIf, writeAtomically, writeInBackground } from '../../src/store/atomic.ts';
import { temporaryFolders } from './folder.ts';

const folder = temporaryFolders();

describe('writeAtomically', () => {
  it('makes the folders it needs and leaves no other file', () => {
    const root = folder();
    writeAtomically(join(root, 'a', 'b', 'c.txt'), 'text');
    expect(readFileSync(join(root, 'a', 'b', 'c.txt'), 'utf8')).toBe('text');
    expect(readdirSync(join(root, 'a', 'b'))).toEqual(['c.txt']);
  });

  it('replaces a file by a new one: whoever has the old one open reads on in it', () => {
    const root = folder();
    const path = join(root, 'file');
    writeAtomically(path, 'old');
    linkSync(path, join(root, 'reader'));
    writeAtomically(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readFileSync(join(root, 'reader'), 'utf8')).toBe('old');
  });

  it('leaves the old file and no temporary one when it fails', () => {
    const root = folder();
    writeAtomically(join(root, 'file'), 'old');
    expect(() => writeAtomically(join(root, 'file'), null as unknown as string)).toThrow();
    expect(readFileSync(join(root, 'file'), 'utf8')).toBe('old');
    mkdirSync(join(root, 'taken', 'inside'), { recursive: true });
    expect(() => writeAtomically(join(root, 'taken'), 'new')).toThrow();
    expect(readdirSync(root).sort()).toEqual(['file', 'taken']);
  });

  it('makes read-only files on request', () => {
    const path = join(folder(), 'blob');
    writeAtomically(path, 'text', { readOnly: true });
    expect(statSync(path).mode & 0o222).toBe(0);
  });
});

describe('linkAtomically', () => {
  it('puts a link in the place of another file', () => {
    const root = folder();
    writeFileSync(join(root, 'source'), 'new');
    writeFileSync(join(root, 'target'), 'old');
    linkAtomically(join(root, 'source'), join(root, 'target'));
    expect(statSync(join(root, 'target')).ino).toBe(statSync(join(root, 'source')).ino);
    expect(readdirSync(root).sort()).toEqual(['source', 'target']);
  });

  it('leaves no second name where the target is that link already', () => {
    const root = folder();
    writeFileSync(join(root, 'source'), 'text');
    linkAtomically(join(root, 'source'), join(root, 'target'));
    linkAtomically(join(root, 'source'), join(root, 'target'));
    expect(readdirSync(root).sort()).toEqual(['source', 'target']);
  });

  it('leaves nothing behind when there is no source', () => {
    const root = folder();
    expect(() => linkAtomically(join(root, 'nothing'), join(root, 'target'))).toThrow(/ENOENT/);
    expect(readdirSync(root)).toEqual([]);
  });
});

describe('a file whose temporary name is taken away meanwhile, as by one who cleans up', () => {
  it('is written once more', async () => {
    const root = folder();
    const clean = (): void => {
      for (const name of readdirSync(root)) if (name.startsWith('.tmp-')) rmSync(join(root, name));
    };
    const written = writeInBackground(join(root, 'b'), Buffer.from('bytes'));
    clean();
    await written;
    expect(readFileSync(join(root, 'b'), 'utf8')).toBe('bytes');
    expect(readdirSync(root)).toEqual(['b']);
  });
});

describe('removeIf', () => {
  it('removes what is still as it was found, and else gives it its name back', () => {
    const path = join(folder(), 'file');
    expect(removeIf(path, () => true)).toBe(false);
    writeFileSync(path, 'one');
    expect(removeIf(path, (aside) => readFileSync(aside, 'utf8') !== 'one')).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe('one');
    expect(removeIf(path, (aside) => readFileSync(aside, 'utf8') === 'one')).toBe(true);
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  it('leaves what has the name by then', () => {
    const path = join(folder(), 'file');
    for (const isStill of [true, false]) {
      writeFileSync(path, 'old');
      removeIf(path, () => {
        writeFileSync(path, 'new');
        return isStill;
      });
      expect(readFileSync(path, 'utf8')).toBe('new');
      expect(readdirSync(dirname(path))).toEqual(['file']);
    }
  });
});
