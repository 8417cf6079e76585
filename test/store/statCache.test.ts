import { existsSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/store/canonical.ts';
import { readSealed, writeSealed } from '../../src/store/sealed.ts';
import { StatCache } from '../../src/store/statCache.ts';
import { temporaryFolders } from './folder.ts';

const folder = temporaryFolders();

/** Writes a file with the modification time of an old one. */
function writeOld(path: string, text: string, secondsAgo = 3600): void {
  writeFileSync(path, text);
  const then = Math.floor(Date.now() / 1000) - secondsAgo;
  utimesSync(path, then, then);
}

function fixture() {
  const root = folder();
  const store = join(root, '.driftline');
  /** Long after anything was written: the time of a file's change of state cannot be set. */
  const open = () => new StatCache(store, root, () => Date.now() + 10_000);
  return { root, path: join(root, 'file'), state: join(store, 'stat.json'), open };
}

describe('StatCache', () => {
  it('gives the digest of the bytes', () => {
    const { path, open } = fixture();
    writeFileSync(path, 'text');
    expect(open().digest('file')).toBe(sha256('text'));
  });

  it('does not read a file again whose size, times and inode are as before', () => {
    const { path, state, open } = fixture();
    writeOld(path, 'text');
    const first = open();
    first.digest('file');
    first.save();
    const [[name, entry]] = readSealed<[string, unknown[]][]>(state)!;
    writeSealed(state, [[name, [...entry.slice(0, -1), sha256('remembered')]]]);
    expect(open().digest('file')).toBe(sha256('remembered'));
  });

  it.each([
    ['size', (path: string) => writeOld(path, 'longer text')],
    ['time', (path: string) => writeOld(path, 'tekt', 1800)],
    ['content, while its time was put back,', (path: string) => writeOld(path, 'tekt')],
    [
      'inode',
      (path: string) => {
        writeOld(`${path}-new`, 'tekt');
        renameSync(`${path}-new`, path);
      },
    ],
  ])('reads a file again whose %s changed', (_, change) => {
    const { path, open } = fixture();
    writeOld(path, 'text');
    const first = open();
    first.digest('file');
    first.save();
    change(path);
    expect(open().digest('file')).toBe(sha256(readFileSync(path)));
  });

  it('does not trust the time of a file that was changed just now, or in the future', () => {
    const { root, path, state } = fixture();
    for (const [secondsAgo, after] of [
      [0, 0],
      [3600, 0],
      [-3600, 10_000],
    ]) {
      writeOld(path, 'text', secondsAgo);
      const cache = new StatCache(join(root, '.driftline'), root, () => Date.now() + after);
      cache.digest('file');
      cache.save();
      expect(existsSync(state)).toBe(false);
      writeOld(path, 'tekt', secondsAgo);
      expect(cache.digest('file')).toBe(sha256('tekt'));
    }
  });

  it('writes nothing when nothing changed', () => {
    const { path, state, open } = fixture();
    writeOld(path, 'text');
    const first = open();
    first.digest('file');
    first.save();
    const before = readFileSync(state);
    const second = open();
    second.digest('file');
    writeFileSync(state, 'other');
    second.save();
    expect(readFileSync(state, 'utf8')).toBe('other');
    expect(before.length).toBeGreaterThan(0);
  });

  it('gives right digests whatever is wrong with its memory', () => {
    const { path, state, open } = fixture();
    writeOld(path, 'text');
    const first = open();
    first.digest('file');
    first.save();
    const good = readFileSync(state, 'utf8');
    const known = sha256('text');
    for (const bad of ['', '{', 'null', '[]', '[["file",null]]', good.slice(0, -5), good.replace(known, sha256('x'))]) {
      writeFileSync(state, bad);
      expect(open().digest('file')).toBe(known);
    }
  });

  it('throws for a file that is not there', () => {
    expect(() => fixture().open().digest('file')).toThrow(/ENOENT/);
  });
});
