import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Leases } from '../../src/store/leases.ts';
import { temporaryFolders } from '../store/folder.ts';
import { SMALL, TemporaryStudy } from './study.ts';

const folder = temporaryFolders();
let study: TemporaryStudy;

const files = (): Map<string, number> =>
  new Map(
    readdirSync(join(study.root, '.driftline'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(study.root.length + '/.driftline/'.length), readFileSync(path).length]),
  );
const gc = async (...args: string[]) => JSON.parse((await study.driftline('gc', '--json', ...args)).out);
const targets = ({ records }: { records: { target: string }[] }) => records.map(({ target }) => target).sort();
const NOW = ['--grace', '0'];

beforeAll(async () => {
  study = new TemporaryStudy(folder(), SMALL);
  await study.driftline('run', '--set', 'offset=9');
  await study.driftline('run');
});

describe('driftline gc', () => {
  it('keeps the last runs and all that is young, and says that there is nothing to remove', async () => {
    expect((await study.driftline('gc', '--keep-runs', '1')).out).toMatch(
      /^Nothing to remove: the store has [\d.]+ kB\.$/m,
    );
    expect(targets(await gc(...NOW))).toEqual([]);
    expect((await study.driftline('gc', '--yes', '--dry-run')).code).toBe(2);
    expect((await study.driftline('gc', '--grace', 'soon')).code).toBe(2);
  });

  it('within a size leaves what fits, and says when what is needed does not', async () => {
    expect(targets(await gc('--keep-runs', '1', ...NOW, '--max-size', '10MB'))).toEqual([]);
    const tight = await study.driftline('gc', '--keep-runs', '1', ...NOW, '--max-size', '1kB');
    expect(tight.out).toContain('Would remove 2 results');
    expect(tight.out).toMatch(/^What is needed has [\d.]+ kB, more than 1\.0 kB/m);
  });

  it('keeps what a living process is at', async () => {
    const useless = (await gc('--keep-runs', '1', ...NOW)).records;
    const leases = new Leases(join(study.root, '.driftline'));
    try {
      expect(leases.acquire(useless[0].key)).toBe(true);
      expect((await gc('--keep-runs', '1', ...NOW)).records).toEqual(useless.slice(1));
    } finally {
      leases.close();
    }
  });

  it('removes with --yes what it said, to the byte; then a run has nothing to do and verify finds the store whole', async () => {
    const before = files();
    const preview = await study.driftline('gc', '--keep-runs', '1', ...NOW);
    expect(preview.out).toMatch(/^ {2}other [0-9a-f]{12}$/m);
    expect(preview.out).toMatch(/^Would remove 2 results, 3 blobs, .* Nothing was removed; --yes does it\.$/m);
    expect([...files().keys()].sort()).toEqual([...before.keys()].sort());
    const said = await gc('--keep-runs', '1', ...NOW);
    const done = await gc('--keep-runs', '1', ...NOW, '--yes');
    expect({ ...done, removed: false }).toEqual(said);
    expect(targets(done)).toEqual(['other', 'other.rows']);
    const after = files();
    const gone = [...before].filter(([path]) => !after.has(path) && !path.startsWith('actions'));
    const paths = [...done.blobs, ...done.files].map(({ path }: { path: string }) => path);
    expect(gone.map(([path]) => path).sort()).toEqual(paths.sort());
    expect(gone.reduce((sum, [, size]) => sum + size, 0)).toBe(done.bytes);
    expect([...after.keys()].filter((path) => path.startsWith('actions'))).toHaveLength(2);
    expect((await study.driftline('run')).out).toContain('Nothing had to run: all 9 results were there already.');
    expect((await study.driftline('verify', '--sample', '0')).out).toContain('The store is whole');
  });

  it('keeps what the lock names, and what is up to date in every profile that was run', async () => {
    await study.driftline('run', '--profile', 'large');
    await study.driftline('run', '--lock');
    const locked = readFileSync(join(study.root, 'driftline.lock'), 'utf8').match(/^[0-9a-f]{64}/gm)!;
    study.write({ 'pipeline.yaml': SMALL['pipeline.yaml'].replace('n: 3', 'n: 4').replace('offset: 0', 'offset: 5') });
    await study.driftline('run');
    await gc('--keep-runs', '1', ...NOW, '--yes');
    const blobs = [...files().keys()].map((path) => path.replaceAll('/', '').replace('cassha256', ''));
    expect(locked).toHaveLength(3);
    for (const digest of locked) expect(blobs).toContain(digest);
    const { actions } = JSON.parse((await study.driftline('plan', '--profile', 'large', '--json')).out);
    const state = Object.fromEntries(
      actions.map((action: { target: string; state: string }) => [action.target, action.state]),
    );
    expect(state).toMatchObject({ 'squares[scale=1]': 'cached', 'squares.rows': 'cached' });
  });
});
