import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { events, SMALL, TemporaryStudy } from './study.ts';

const folder = temporaryFolders();

/** A kind that breaks its promise: it draws from a source that no key knows of. */
const NOISE = `
import { Type } from '@sinclair/typebox';
import { defineStage, table } from 'driftline/stage';
export default defineStage({
  summary: 'Numbers from nowhere',
  params: Type.Object({}),
  inputs: {},
  outputs: { steady: table({ x: 'float64' }), noise: table({ x: 'float64' }) },
  async run() { return { steady: { x: [1] }, noise: { x: [Math.random()] } }; },
});
`;

let study: TemporaryStudy;
const at = (...path: string[]): string => join(study.root, ...path);
const verify = async (...args: string[]) => {
  const { code, out, err } = await study.driftline('verify', '--json', ...args);
  return { code, err, ...JSON.parse(out) };
};

/** Flips a bit in the blob that a file of out/ is; returns a way to read both. */
function flip(file: string): { path: string; good: Buffer } {
  const good = readFileSync(at('out', 'tables', file));
  const path = readdirSync(at('.driftline', 'cas'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .find((blob) => readFileSync(blob).equals(good))!;
  const bytes = Buffer.from(good);
  bytes[bytes.length >> 1] ^= 4;
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
  return { path, good };
}

beforeAll(async () => {
  study = new TemporaryStudy(folder(), SMALL);
  expect((await study.driftline('run', '--lock')).code).toBe(0);
});

describe('driftline verify', () => {
  it('finds a whole store, the same bytes again with another number of workers, and a lock that agrees', async () => {
    const { code, out, err } = await study.driftline('verify', '--all');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^✓ The store is whole: 13 blobs \([\d.]+ kB\), 9 records\.$/m);
    expect(out).toMatch(/^✓ Recomputed 9 of 9 results with \d+ workers?: the same bytes\.$/m);
    expect(out).toMatch(/^✓ driftline\.lock agrees: 3 results\.$/m);
    const [name] = readdirSync(at('.driftline', 'runs'));
    const { jobs } = JSON.parse(readFileSync(at('.driftline', 'runs', name), 'utf8')).value;
    expect((await verify('--sample', '1')).recomputed.jobs).not.toBe(jobs);
  });

  it('computes a sample of the size asked for again, and of the targets asked for', async () => {
    expect((await verify('--sample', '50%')).recomputed.results).toHaveLength(5);
    const { results } = (await verify('other', '--all')).recomputed;
    expect(results.map(({ target }: { target: string }) => target).sort()).toEqual(['other', 'other.rows']);
    expect((await study.driftline('verify', '--sample', '101%')).code).toBe(2);
  });

  it('finds a flipped bit; --repair removes it, and the next run restores the same bytes', async () => {
    const { path, good } = flip('squares.rows.arrow');
    const found = await verify();
    expect(found.code).toBe(4);
    expect(found.store).toMatchObject({ state: 'damaged', missing: [], lines: 0, files: [] });
    expect(found.store.damaged).toMatchObject([{ targets: ['squares.rows'] }]);
    expect(found.recomputed.skipped).toEqual(['sums']); // made of it
    expect(readFileSync(path).equals(good)).toBe(false); // nothing was changed
    const { code, out } = await study.driftline('verify', '--repair', '--sample', '0');
    expect(code).toBe(0);
    expect(out).toMatch(/damaged blob [0-9a-f]{12}, of squares\.rows$/m);
    expect(out).toContain('Repaired: all of it was removed.');
    const { executed } = events((await study.driftline('run', '--json')).out).at(-1)!;
    expect(executed).toBe(1);
    expect(readFileSync(path).equals(good)).toBe(true);
    expect(readFileSync(at('out', 'tables', 'squares.rows.arrow')).equals(good)).toBe(true);
  });

  it('finds a bundle of other code under a kind, which then is not believed', async () => {
    const bundle = readdirSync(at('.driftline', 'kinds')).find((name) => {
      return name.endsWith('.mjs') && readFileSync(at('.driftline', 'kinds', name), 'utf8').includes('Squares of');
    })!;
    const path = at('.driftline', 'kinds', bundle);
    const good = readFileSync(path, 'utf8');
    writeFileSync(path, good.replace('k * k', 'k + k').replace('k*k', 'k+k'));
    const { code, store } = await verify('--repair', '--sample', '0');
    expect(store).toMatchObject({ state: 'repaired', files: [join('kinds', bundle)] });
    expect(code).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(good);
  });

  it('names an unstable stage with the output that differs, and keeps the recorded result', async () => {
    study.write({
      'stages/noise.ts': NOISE,
      'parts/noise.yaml': 'stages:\n  restless:\n    uses: noise\n    matrix: { k: [1, 2] }\n    with: {}\n',
    });
    await study.driftline('run');
    const table = () => readFileSync(at('out', 'tables', 'restless.noise.csv'), 'utf8');
    const before = table();
    const { code, out } = await study.driftline('verify', '--all');
    expect(code).toBe(1);
    expect(out).toContain('restless is unstable');
    expect(out).toMatch(/^ {4}restless\[k=1\]: noise was [0-9a-f]{12} and came out as [0-9a-f]{12}$/m);
    expect(out).not.toMatch(/restless.*: steady was|squares is unstable/);
    expect((await study.driftline('run')).out).toContain('Nothing had to run');
    expect(table()).toBe(before);
    writeFileSync(at('parts/noise.yaml'), '{}\n');
  });
});
