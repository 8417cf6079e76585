import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { liveSecret } from '../../src/store/liveSecret.ts';
import { temporaryFolders } from './folder.ts';

const folder = temporaryFolders();
const pathIn = (root: string): string => join(root, 'live', `secret-${process.getuid?.() ?? 'own'}`);
const isPosix = process.platform !== 'win32';

describe("the secret of a study's live view", () => {
  it('stays the same from server to server, and only its owner can read it', () => {
    const root = folder();
    const secret = liveSecret(root);
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(liveSecret(root)).toBe(secret);
    expect(liveSecret(folder())).not.toBe(secret);
    if (isPosix) expect(statSync(pathIn(root)).mode & 0o777).toBe(0o600);
  });

  it.runIf(isPosix)('is another one where others could have read it', () => {
    const root = folder();
    const secret = liveSecret(root);
    chmodSync(pathIn(root), 0o640);
    const next = liveSecret(root);
    expect(next).not.toBe(secret);
    expect(liveSecret(root)).toBe(next);
  });

  it('is another one where its file was cut off at whatever byte, or holds something else', () => {
    const root = folder();
    for (let length = 0; length < 43; length++) {
      const secret = liveSecret(root);
      truncateSync(pathIn(root), length);
      const next = liveSecret(root);
      expect(next).not.toBe(secret);
      expect(readFileSync(pathIn(root), 'utf8')).toBe(next);
    }
    writeFileSync(pathIn(root), 'x'.repeat(44));
    expect(liveSecret(root)).toMatch(/^[\w-]{43}$/);
    expect(liveSecret(root)).not.toBe('x'.repeat(43));
  });

  it.runIf(isPosix)('follows no link, and is good for one server where it cannot be kept', () => {
    const root = folder();
    const elsewhere = join(folder(), 'known');
    writeFileSync(elsewhere, 'k'.repeat(43), { mode: 0o600 });
    mkdirSync(join(root, 'live'));
    symlinkSync(elsewhere, pathIn(root));
    expect(liveSecret(root)).not.toBe('k'.repeat(43));
    expect(readFileSync(elsewhere, 'utf8')).toBe('k'.repeat(43));
    const other = folder();
    mkdirSync(pathIn(other), { recursive: true });
    expect(liveSecret(other)).not.toBe(liveSecret(other));
  });
});
