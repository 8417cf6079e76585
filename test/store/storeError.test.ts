import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StoreError, writing } from '../../src/store/storeError.ts';
import { temporaryFolders } from './folder.ts';

const folder = temporaryFolders();

const failWith = (code: string): never => {
  throw Object.assign(new Error(`${code}: in the system’s words`), { code });
};

const thrown = (code: string): unknown => {
  try {
    return writing('/some/file', () => failWith(code));
  } catch (error) {
    return error;
  }
};

describe('writing', () => {
  it.each(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO'])('names the file that %s is about', (code) => {
    const error = thrown(code) as StoreError;
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ name: 'StoreError', code, refusal: { code, path: '/some/file' } });
    expect(error.message).toBe(`/some/file cannot be written: ${code}: in the system’s words`);
  });

  it('passes on what is no refusal, and gives what writing gives', () => {
    expect(thrown('ENOENT')).not.toBeInstanceOf(StoreError);
    expect(() => writing('x', () => readFileSync(join(folder(), 'none')))).toThrow(/ENOENT/);
    expect(writing('x', () => 3)).toBe(3);
  });

  it('names the innermost file', () => {
    expect(() => writing('/outer', () => writing('/inner', () => failWith('ENOSPC')))).toThrow(/^\/inner /);
  });
});
