import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { FILES } from '../cli/exported.ts';
import { TemporaryStudy } from '../cli/study.ts';
import { violations } from '../crate/rules.ts';
import { temporaryFolders } from '../store/folder.ts';

const folder = temporaryFolders();

let study: TemporaryStudy;
let crate: string;

const entityOf = (root: string, id: string) =>
  JSON.parse(readFileSync(join(root, 'ro-crate-metadata.json'), 'utf8'))['@graph'].find(
    (each: { readonly '@id': string }) => each['@id'] === id,
  );

beforeAll(async () => {
  study = new TemporaryStudy(folder(), FILES);
  const { code, err } = await study.driftline('run');
  if (code !== 0) throw new Error(err);
  crate = join(folder(), 'crate');
  expect((await study.driftline('export', crate)).code).toBe(0);
});

describe('what was exported', () => {
  it('can be computed again elsewhere from an empty store, and gives the same lock', async () => {
    const there = new TemporaryStudy(join(folder(), 'elsewhere'));
    cpSync(crate, there.root, { recursive: true });
    const before = readFileSync(join(there.root, 'driftline.lock'));
    const { code, out } = await there.driftline('run', '--locked');
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/\d+ executed, 0 cached/) });
    expect((await there.driftline('run', '--lock')).code).toBe(0);
    expect(readFileSync(join(there.root, 'driftline.lock'))).toEqual(before);
    const verified = await there.driftline('verify', '--sample', '3', '--json');
    expect(verified.code).toBe(0);
    expect(JSON.parse(verified.out)).toMatchObject({
      store: { state: 'whole' },
      recomputed: { results: [{ state: 'same' }, { state: 'same' }, { state: 'same' }] },
      lock: { state: 'same' },
    });
    // And it can be exported from there.
    const again = join(folder(), 'again');
    expect((await there.driftline('export', again)).code).toBe(0);
    expect(violations(again)).toEqual([]);
  });

  it('with its store can be verified at once, nothing else being computed', async () => {
    const there = new TemporaryStudy(join(folder(), 'crate'));
    await study.driftline('export', there.root, '--with-store');
    expect(violations(there.root)).toEqual([]);
    const { code, out } = await there.driftline('verify', '--sample', '5', '--json');
    expect({ code, out: JSON.parse(out) }).toMatchObject({
      code: 0,
      out: {
        store: { state: 'whole' },
        recomputed: { outdated: 0, results: Array.from({ length: 5 }, () => ({ state: 'same' })) },
        lock: { state: 'same' },
      },
    });
    expect((await there.driftline('run', '--locked')).out).toContain('Nothing had to run');
    expect((await there.driftline('why', 'sums')).out).toMatch(/^sums: \d actions? cached/);
  });

  it('is of the profile that it is asked for', async () => {
    expect((await study.driftline('run', '--profile', 'large')).code).toBe(0);
    const place = join(folder(), 'crate');
    const { out } = await study.driftline('export', place, '--profile', 'large');
    expect(out).toMatch(/driftline run --locked --profile large\n$/);
    expect(entityOf(place, '#value/n')).toMatchObject({ value: 5 });
    expect(readFileSync(join(place, 'driftline.lock'), 'utf8')).toMatch(/^\[profile large\]$/m);
    expect(violations(place)).toEqual([]);
    const there = await new TemporaryStudy(place).driftline('run', '--locked', '--profile', 'large');
    expect(there.code).toBe(0);
    // What that run put into out/ is none of the other's.
    const other = join(folder(), 'crate');
    expect((await study.driftline('export', other)).code).toBe(0);
    expect(readFileSync(join(other, 'ro-crate-metadata.json'))).toEqual(
      readFileSync(join(crate, 'ro-crate-metadata.json')),
    );
  });
});
