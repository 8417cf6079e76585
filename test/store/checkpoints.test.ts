import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Checkpoints } from '../../src/store/checkpoints.ts';
import { temporaryFolders } from './folder.ts';

const folder = temporaryFolders();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const KEY = 'ab'.repeat(32);

it('gives the furthest checkpoint that is not beyond the limit', () => {
  const checkpoints = new Checkpoints(folder());
  expect(checkpoints.latest(KEY, 10)).toBeUndefined();
  checkpoints.save(KEY, { at: 5, bytes: bytes('five') });
  expect(checkpoints.latest(KEY, 4)).toBeUndefined();
  expect(checkpoints.latest(KEY, 5)?.at).toBe(5);
  expect(Buffer.from(checkpoints.latest(KEY, 10)!.bytes).toString()).toBe('five');
  expect(checkpoints.latest('cd'.repeat(32), 10)).toBeUndefined();
});

it('keeps the furthest one only, and lets a shorter run leave its own', () => {
  const root = folder();
  const checkpoints = new Checkpoints(root);
  for (const at of [5, 20, 10]) checkpoints.save(KEY, { at, bytes: bytes(String(at)) });
  expect(readdirSync(join(root, 'checkpoints', KEY)).sort()).toEqual(['10', '20']);
  expect(checkpoints.latest(KEY, 15)?.at).toBe(10);
});

it('passes over a checkpoint with any bit flipped, or cut short anywhere', () => {
  const root = folder();
  const checkpoints = new Checkpoints(root);
  checkpoints.save(KEY, { at: 7, bytes: bytes('state') });
  const path = join(root, 'checkpoints', KEY, '7');
  const good = readFileSync(path);
  for (let at = 0; at < good.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const damaged = Buffer.from(good);
      damaged[at] ^= 1 << bit;
      writeFileSync(path, damaged);
      expect(checkpoints.latest(KEY, 7)).toBeUndefined();
    }
    writeFileSync(path, good.subarray(0, at));
    expect(checkpoints.latest(KEY, 7)).toBeUndefined();
  }
  writeFileSync(path, good);
  expect(checkpoints.latest(KEY, 7)?.at).toBe(7);
});

it('passes over one that another run removes while it looks', () => {
  const root = folder();
  const checkpoints = new Checkpoints(root);
  checkpoints.save(KEY, { at: 5, bytes: bytes('five') });
  symlinkSync('gone', join(root, 'checkpoints', KEY, '7')); // listed, and not there when it is read
  expect(checkpoints.latest(KEY, 10)?.at).toBe(5);
});
