import { chmodSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { events, SMALL, TemporaryStudy } from './study.ts';

const folder = temporaryFolders();
const study = new TemporaryStudy(folder(), SMALL);
const tables = ['other.rows', 'squares.rows', 'sums.table'].map((name) => join('out', 'tables', `${name}.csv`));
let good: string[];

const filesOf = () =>
  [...tables, join('out', 'claims.json')].map((path) => readFileSync(join(study.root, path), 'utf8'));

/** Every file below a folder of the store. */
const state = (path: string): string[] =>
  readdirSync(join(study.root, '.driftline', path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

/** Flips a bit in the middle of a file, in place. */
function flip(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1] ^= 4;
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}

const halve = (path: string): void => {
  chmodSync(path, 0o644);
  truncateSync(path, statSync(path).size >> 1);
};

const run = async () => {
  const { code, out, err } = await study.driftline('run', '--json');
  return {
    code,
    err,
    executed: events(out)
      .filter(({ type }) => type === 'action-finished')
      .map(({ target }) => target),
  };
};

beforeAll(async () => {
  await study.driftline('run');
  good = filesOf();
});

beforeEach(() => expect(filesOf()).toEqual(good));

describe('a damaged store costs at most recomputation', () => {
  it('when action records are cut short', async () => {
    for (const path of state('actions').filter((name) => name.endsWith('.log'))) halve(path);
    const { code, executed } = await run();
    expect(code).toBe(0);
    expect(executed.length).toBeGreaterThan(0);
    expect(filesOf()).toEqual(good);
    expect((await run()).executed).toEqual([]);
  });

  it('when a bit flips in every action record, manifest, plan, kind, run and stat', async () => {
    for (const path of ['actions', 'kinds', 'plans', 'runs'].flatMap(state)) flip(path);
    writeFileSync(join(study.root, '.driftline', 'stat.json'), 'x');
    const { code, err } = await run();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(filesOf()).toEqual(good);
    expect((await run()).executed).toEqual([]);
  });

  it('when blobs are deleted', async () => {
    for (const path of state('cas').filter((_, at) => at % 2 === 0)) rmSync(path);
    expect((await run()).code).toBe(0);
    expect(filesOf()).toEqual(good);
    expect((await run()).executed).toEqual([]);
  });

  it('when a bit flips in every blob, and so in what is linked to out/', async () => {
    for (const path of state('cas')) flip(path);
    expect(filesOf()).not.toEqual(good);
    // Each round finds what is read next; the command says 4 where it did not get to the end of them.
    let code: number | null;
    let rounds = 0;
    do code = (await run()).code;
    while (code === 4 && ++rounds < 3);
    expect(code).toBe(0);
    expect(filesOf()).toEqual(good);
    expect((await run()).executed).toEqual([]);
  });

  it('within the very run that finds a damaged input', async () => {
    const { actions } = JSON.parse(readFileSync(join(study.root, 'out', 'run.json'), 'utf8'));
    expect(actions.length).toBeGreaterThan(0);
    const arrow = readFileSync(join(study.root, 'out', 'tables', 'squares.rows.arrow'));
    const blob = state('cas').find((path) => readFileSync(path).equals(arrow))!;
    flip(blob);
    const { code, out, err } = await study.driftline('run', '--set', 'n=3', '--keep-going');
    expect(code).toBe(0);
    expect(err).toMatch(/^blob [0-9a-f]{12} is damaged .*: computing it again$/m);
    expect(out).toContain('1 executed');
    expect(filesOf()).toEqual(good);
  });

  it('and a command that only reads says so with exit code 4', async () => {
    const arrow = readFileSync(join(study.root, 'out', 'tables', 'sums.table.arrow'));
    flip(state('cas').find((path) => readFileSync(path).equals(arrow))!);
    const { code, err } = await study.driftline('show', 'sums');
    expect(code).toBe(4);
    expect(err).toMatch(/is damaged.*driftline run computes it again/);
    expect((await run()).code).toBe(0);
    expect((await study.driftline('show', 'sums')).code).toBe(0);
  });
});

describe('out/', () => {
  it('keeps nothing of a stage that is gone, also where only that stage was asked for when it was there', async () => {
    const own = new TemporaryStudy(folder(), SMALL);
    const csv = (): string[] => readdirSync(join(own.root, 'out', 'tables')).filter((name) => name.endsWith('.csv'));
    expect((await own.driftline('run', 'other')).code).toBe(0);
    expect(csv()).toEqual(['other.rows.csv']);
    own.write({ 'parts/squares.yaml': SMALL['parts/squares.yaml'].replace('other:', 'another:') });
    expect((await own.driftline('run')).code).toBe(0);
    expect(csv().sort()).toEqual(['another.rows.csv', 'squares.rows.csv', 'sums.table.csv']);
  });
});
