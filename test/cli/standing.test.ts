import { appendFileSync, chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { installInto } from './installation.ts';
import { SMALL, TemporaryStudy } from './study.ts';

const folder = temporaryFolders();
const study = new TemporaryStudy(folder(), {
  ...SMALL,
  'data.csv': 'x\n1\n2\n',
  'parts/data.yaml': `title: Data
stages:
  doubled:
    uses: join
    inputs: { data: ./../data.csv }
    with: { verbs: [{ derive: { y: "d => 2 * d.x" } }] }
claims:
  doubles:
    says: Everything is doubled.
    test: { rows: doubled.table, every: "d => d.y == 2 * d.x" }
`,
});
const at = (...path: string[]): string => join(study.root, ...path);
const doubled = at('out', 'tables', 'doubled.table.csv');
const NOTHING = /^Nothing had to run/m;

const blobs = (): string[] =>
  readdirSync(at('.driftline', 'cas'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

beforeEach(async () => {
  const { code } = await study.driftline('run');
  expect(code).toBe(0);
});

describe('a second run', () => {
  it('draws the report as the Driftline that is now installed does, though nothing has to run', async () => {
    const other = folder();
    const driftline = installInto(other);
    const report = at('out', 'report', 'index.html');
    const before = readFileSync(report, 'utf8');
    appendFileSync(join(other, 'dist', 'report', 'page.js'), ';"of another version";');
    const { code, out } = await study.driftlineAt(driftline, 'run');
    expect([code, out]).toEqual([0, expect.stringMatching(NOTHING)]);
    expect(before).not.toContain('of another version');
    expect(readFileSync(report, 'utf8')).toContain('of another version');
  });

  it('says that nothing had to run, with the claims as before', async () => {
    const [first, second] = [await study.driftline('run'), await study.driftline('run')];
    expect(first.out).toMatch(NOTHING);
    expect(first.out).toContain('Everything is doubled.');
    expect(second.out).toBe(first.out);
  });

  it('runs what a changed file of the study is read by', async () => {
    appendFileSync(at('data.csv'), '3\n');
    const { out } = await study.driftline('run');
    expect(out).not.toMatch(NOTHING);
    expect(readFileSync(doubled, 'utf8')).toContain('3,6');
  });

  it('notices a changed parameter', async () => {
    const text = readFileSync(at('pipeline.yaml'), 'utf8');
    writeFileSync(at('pipeline.yaml'), text.replace('n: 3', 'n: 4'));
    expect((await study.driftline('run')).out).not.toMatch(NOTHING);
    writeFileSync(at('pipeline.yaml'), text);
    expect((await study.driftline('run')).out).toMatch(NOTHING);
  });

  it('puts back a file that was removed from out/, or written over', async () => {
    const good = readFileSync(doubled, 'utf8');
    rmSync(doubled);
    await study.driftline('run');
    expect(readFileSync(doubled, 'utf8')).toBe(good);
    rmSync(doubled);
    writeFileSync(doubled, 'mine');
    await study.driftline('run');
    expect(readFileSync(doubled, 'utf8')).toBe(good);
    rmSync(at('out', 'report', 'index.html'));
    await study.driftline('run');
    expect(readFileSync(at('out', 'report', 'index.html'), 'utf8')).toContain('Everything is doubled.');
  });

  it('computes again what a removed blob held', async () => {
    for (const blob of blobs()) {
      chmodSync(blob, 0o644);
      rmSync(blob);
    }
    const { out, code } = await study.driftline('run');
    expect(code).toBe(0);
    expect(out).not.toMatch(NOTHING);
  });

  it('does not believe a damaged memory of it', async () => {
    for (const name of readdirSync(at('.driftline', 'standing'))) {
      const path = at('.driftline', 'standing', name);
      const bytes = readFileSync(path);
      bytes[bytes.length >> 1] ^= 1;
      writeFileSync(path, bytes);
    }
    const { out, code } = await study.driftline('run');
    expect(code).toBe(0);
    expect(out).toMatch(NOTHING);
  });
});
