import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Cas } from '../../src/store/cas.ts';
import { materialise } from '../../src/store/materialise.ts';
import { StatCache } from '../../src/store/statCache.ts';
import { temporaryFolders } from './folder.ts';

const folder = temporaryFolders();

const noLinks = (): never => {
  throw Object.assign(new Error('no links here'), { code: 'EXDEV' });
};

function fixture() {
  const root = folder();
  const cas = new Cas(join(root, 'store'));
  const stats = new StatCache(join(root, 'store'), root);
  const digest = cas.put(Buffer.from('result'));
  return { root, cas, stats, digest, target: join(root, 'out', 'tables', 'a.csv') };
}

describe('materialise', () => {
  it('links the blob, makes the folders it needs, and says what it did', () => {
    const { cas, stats, digest, target } = fixture();
    expect(materialise(cas, digest, target, stats)).toBe(true);
    expect(statSync(target).ino).toBe(statSync(cas.path(digest)).ino);
    expect(materialise(cas, digest, target, stats)).toBe(false);
  });

  it('copies where the file system cannot link, and not again when the copy is there', () => {
    const { cas, stats, digest, target } = fixture();
    expect(materialise(cas, digest, target, stats, noLinks)).toBe(true);
    expect(readFileSync(target, 'utf8')).toBe('result');
    expect(statSync(target).ino).not.toBe(statSync(cas.path(digest)).ino);
    expect(materialise(cas, digest, target, stats, noLinks)).toBe(false);
  });

  it('passes on what else goes wrong with linking', () => {
    const { cas, stats, digest, target } = fixture();
    const full = () => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    };
    expect(() => materialise(cas, digest, target, stats, full)).toThrow('no space');
    expect(existsSync(target)).toBe(false);
  });

  it('replaces another file, one of the same size too, and leaves whoever has it open alone', () => {
    const { cas, stats, digest, target } = fixture();
    mkdirSync(join(target, '..'), { recursive: true });
    for (const other of ['edited by hand', 'tluser']) {
      writeFileSync(target, other);
      expect(materialise(cas, digest, target, stats)).toBe(true);
      expect(readFileSync(target, 'utf8')).toBe('result');
      unlinkSync(target);
    }
    expect(cas.get(digest).toString()).toBe('result');
  });

  it('replaces a symbolic link instead of writing through it', () => {
    const { root, cas, stats, digest, target } = fixture();
    mkdirSync(join(target, '..'), { recursive: true });
    writeFileSync(join(root, 'elsewhere'), 'mine');
    symlinkSync(join(root, 'elsewhere'), target);
    materialise(cas, digest, target, stats);
    expect(readFileSync(join(root, 'elsewhere'), 'utf8')).toBe('mine');
    expect(readFileSync(target, 'utf8')).toBe('result');
  });

  it('leaves a file alone that has the same bytes, whatever became of the blob', () => {
    const { cas, stats, digest, target } = fixture();
    materialise(cas, digest, target, stats);
    unlinkSync(cas.path(digest));
    cas.put(Buffer.from('result'));
    expect(materialise(cas, digest, target, stats)).toBe(false);
    expect(readFileSync(target, 'utf8')).toBe('result');
  });

  it('hands out no damaged blob, and notices one that was damaged through its link', () => {
    const { cas, stats, digest, target } = fixture();
    materialise(cas, digest, target, stats);
    chmodSync(target, 0o644);
    writeFileSync(target, 'tluser');
    expect(() => materialise(cas, digest, target, stats)).toThrow(/is damaged/);
    expect(cas.has(digest)).toBe(false);
    expect(() => materialise(cas, digest, target, stats)).toThrow(/is missing/);
    cas.put(Buffer.from('result'));
    expect(materialise(cas, digest, target, stats)).toBe(true);
    expect(readFileSync(target, 'utf8')).toBe('result');
  });

  it('leaves no temporary files', () => {
    const { cas, stats, digest, target } = fixture();
    materialise(cas, digest, target, stats);
    materialise(cas, digest, target, stats, noLinks);
    expect(readdirSync(join(target, '..'))).toEqual(['a.csv']);
  });
});
