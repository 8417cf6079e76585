import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSealed, writeSealed } from '../../src/store/sealed.ts';
import { temporaryFolders } from './folder.ts';

const folder = temporaryFolders();

describe('sealed files', () => {
  it('give back any JSON value, and are JSON themselves', () => {
    const path = join(folder(), 'value.json');
    fc.assert(
      fc.property(fc.jsonValue(), (v) => {
        const value = JSON.parse(JSON.stringify(v));
        writeSealed(path, value);
        expect(readSealed(path)).toEqual(value);
        expect(JSON.parse(readFileSync(path, 'utf8')).value).toEqual(value);
      }),
      { numRuns: 30 },
    );
  });

  it('are as good as missing when cut to any length or with any bit flipped', () => {
    const path = join(folder(), 'value.json');
    writeSealed(path, { a: 'ï', b: [1] });
    const whole = readFileSync(path);
    const others = [
      ...Array.from({ length: whole.length }, (_, length) => whole.subarray(0, length)),
      ...Array.from({ length: whole.length * 8 }, (_, bit) => {
        const bytes = Buffer.from(whole);
        bytes[bit >> 3] ^= 1 << (bit & 7);
        return bytes;
      }),
    ];
    for (const bytes of others) {
      writeFileSync(path, bytes);
      expect(readSealed(path)).toBeUndefined();
    }
  });

  it('are undefined where there is none', () => {
    expect(readSealed(join(folder(), 'none.json'))).toBeUndefined();
  });
});
