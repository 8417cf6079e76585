import { chmodSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/store/canonical.ts';
import { scene } from './crashScene.ts';
import { TINY, TINY_EDITED } from './crashStudy.ts';
import { below } from './failpoints.ts';

// Every kind of state file is cut at every length and flipped at every bit in the tests of what reads it. Here every
// single file of a store and of out/ is damaged at a place drawn from its name, and the real program runs on it.
const { victim, expected } = await scene({ files: TINY, edit: TINY_EDITED });
victim.keep();
const { root } = victim.study;
const files = [...below(join(root, '.driftline')), ...below(join(root, 'out'))].map((path) =>
  path.slice(root.length + 1),
);

const harm = {
  flipped: (path: string, draw: number): void => {
    const bytes = readFileSync(path);
    bytes[draw % bytes.length] ^= 1 << (draw % 8);
    writeFileSync(path, bytes);
  },
  'cut short': (path: string, draw: number): void => truncateSync(path, draw % readFileSync(path).length),
};

describe.each(Object.entries(harm))('a file that is %s', (_, damage) => {
  it.each(files)('%s, gives no wrong result and no stack', async (file) => {
    victim.reset();
    const path = join(root, file);
    chmodSync(path, 0o644);
    damage(path, Number.parseInt(sha256(file).slice(0, 8), 16));
    let { code, err } = await victim.study.driftline('run');
    // A command that ends with 4 has removed what is damaged and says that the next run computes it again.
    if (code === 4) ({ code, err } = await victim.study.driftline('run'));
    expect(err).not.toMatch(/^\s+at |Error:/m);
    expect(code).toBe(0);
    // A blob that no command had to read may still be there: verify finds it.
    expect(victim.halfBlobs().filter((blob) => blob !== path)).toEqual([]);
    expect(victim.results()).toEqual(expected.after);
  });
});
