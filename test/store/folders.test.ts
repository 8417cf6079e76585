import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../../src/store/folders.ts';
import { temporaryFolders } from './folder.ts';

const folder = temporaryFolders();

it('makes all folders that are missing, and minds none that is there', () => {
  const path = join(folder(), 'a', 'b', 'c');
  makeFolder(path);
  expect(existsSync(path)).toBe(true);
  makeFolder(path);
});

it('says what is in the way', () => {
  const root = folder();
  writeFileSync(join(root, 'file'), '');
  expect(() => makeFolder(join(root, 'file', 'a', 'b'))).toThrow(/ENOTDIR/);
});
