import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeSealed } from '../../src/store/sealed.ts';
import { temporaryFolders } from '../store/folder.ts';
import { TemporaryStudy } from './study.ts';

const folder = temporaryFolders();

const STUDY = {
  'pipeline.yaml': `driftline: 1
study: Links
stages:
  copy: { run: [cp, rows.csv, "\${outputs.o}"], outputs: { o: o.csv }, env: { DECLARED: declared-value } }
  text: { run: [cp, rows.csv, "\${outputs.o}"], outputs: { o: o.txt } }
`,
  'rows.csv': 'x\n1\n',
};

describe('a study that others prepared', () => {
  let study: TemporaryStudy;
  let elsewhere: string;
  beforeAll(async () => {
    study = new TemporaryStudy(folder(), STUDY);
    elsewhere = folder();
    expect((await study.driftline('run')).code).toBe(0);
  });

  /** Puts a link to another folder in the place of one of the study's, runs, and puts it back. */
  async function withLink(path: string, check: (ended: { code: number | null; err: string }) => void): Promise<void> {
    const place = join(study.root, path);
    const aside = join(folder(), 'aside');
    renameSync(place, aside);
    symlinkSync(elsewhere, place);
    check(await study.driftline('run'));
    rmSync(place);
    renameSync(aside, place);
    expect(readdirSync(elsewhere)).toEqual([]);
  }

  it.each(['out', 'out/tables', '.driftline/cas', '.driftline/kinds'])(
    'has nothing written through a link at %s',
    (path) =>
      withLink(path, ({ code, err }) => {
        expect(err).toBe(
          `${path} is a symbolic link, which is not followed: what is kept there would stand elsewhere. Remove the link.\n`,
        );
        expect(code).toBe(1);
      }),
  );

  it('may keep its store on another disk by a link, which leads to nothing else', async () => {
    const [place, aside, disk] = [join(study.root, '.driftline'), join(folder(), 'aside'), folder()];
    renameSync(place, aside);
    symlinkSync(disk, place);
    writeFileSync(join(disk, 'precious'), 'precious');
    const refused = await study.driftline('run');
    expect([refused.code, refused.err]).toEqual([
      1,
      expect.stringContaining('something else than results of Driftline'),
    ]);
    expect(readdirSync(disk)).toEqual(['precious']);
    rmSync(join(disk, 'precious'));
    expect(await study.driftline('run')).toMatchObject({ code: 0, out: expect.stringContaining('executed') });
    expect(readdirSync(disk)).toContain('cas');
    expect((await study.driftline('run')).out).toContain('Nothing had to run');
    rmSync(place);
    renameSync(aside, place);
  });

  it('has a link in the place of a result replaced, not followed', async () => {
    const [place, precious] = [join(study.root, 'out/files/text.o.txt'), join(folder(), 'precious')];
    writeFileSync(precious, 'precious');
    rmSync(place);
    symlinkSync(precious, place);
    expect((await study.driftline('run')).code).toBe(0);
    expect(readFileSync(precious, 'utf8')).toBe('precious');
    expect([lstatSync(place).isFile(), readFileSync(place, 'utf8')]).toEqual([true, 'x\n1\n']);
  });

  it('removes former results inside its own folder only', async () => {
    const precious = join(elsewhere, 'precious');
    writeFileSync(precious, 'precious');
    symlinkSync(elsewhere, join(study.root, 'out', 'link'));
    const out = join(study.root, 'out');
    const list = { root: out, paths: ['link/precious', '../rows.csv', '/etc/hostname', 'tables', 1, null] };
    writeSealed(join(study.root, '.driftline', 'out.json'), list);
    study.write({ 'rows.csv': 'x\n2\n' });
    const { err, code } = await study.driftline('run');
    expect([code, err]).toEqual([1, expect.stringContaining('out/link is a symbolic link')]);
    expect([existsSync(precious), existsSync(join(study.root, 'rows.csv'))]).toEqual([true, true]);
    rmSync(join(study.root, 'out', 'link'));
    rmSync(precious);
    expect((await study.driftline('run')).code).toBe(0);
  });

  it('has no file read that a link leads to outside', async () => {
    const secret = join(folder(), 'secret.csv');
    writeFileSync(secret, 'secret\n1\n');
    const rows = join(study.root, 'rows.csv');
    rmSync(rows);
    symlinkSync(secret, rows);
    study.write({
      'other.yaml': STUDY['pipeline.yaml'].replaceAll('copy: { run', 'copy: { inputs: { rows: ./rows.csv }, run'),
    });
    const { err, code } = await study.driftline('run', '--file', 'other.yaml');
    expect([code, err]).toEqual([2, expect.stringContaining('leaves the study’s folder through a link')]);
    rmSync(rows);
    study.write(STUDY);
  });

  it('has no code run that a link leads to outside', async () => {
    const kind = join(folder(), 'kind.ts');
    writeFileSync(
      kind,
      `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(join(elsewhere, 'ran'))}, '');`,
    );
    mkdirSync(join(study.root, 'stages'), { recursive: true });
    symlinkSync(kind, join(study.root, 'stages', 'outside.ts'));
    study.write({ 'linked.yaml': 'driftline: 1\nstudy: x\nstages: { s: { uses: outside } }\n' });
    const { err, code } = await study.driftline('run', '--file', 'linked.yaml');
    expect([code, err]).toEqual([
      2,
      expect.stringContaining('outside: its file leads out of its folder through a link'),
    ]);
    expect(existsSync(join(elsewhere, 'ran'))).toBe(false);
  });

  it('may have cells whose names no file could have', async () => {
    const long = ['x', 'y'].map((letter) => `é${'𝛼'.repeat(99)}${letter}`);
    const values = JSON.stringify([...long, '..', '../../a', '/', '\u0000', 'CON', 'a\nb', '\u202e', '.']);
    const other = new TemporaryStudy(folder(), {
      ...STUDY,
      'pipeline.yaml': `driftline: 1
study: Names
stages:
  s: { matrix: { v: ${values} }, run: [cp, rows.csv, "\${outputs.o}"], outputs: { o: o.txt } }
`,
    });
    const { code, err } = await other.driftline('run');
    expect([code, err]).toEqual([0, expect.any(String)]);
    const names = readdirSync(join(other.root, 'out', 'files')).sort();
    expect(names.length).toBe(10);
    expect(names).toEqual(
      expect.arrayContaining(['s-v=...o.txt', 's-v=..%2F..%2Fa.o.txt', 's-v=%2F.o.txt', 's-v=%00.o.txt']),
    );
    expect(names.every((name) => Buffer.byteLength(name) <= 240)).toBe(true);
    expect(readdirSync(other.root).sort()).toEqual(['.driftline', 'out', 'pipeline.yaml', 'rows.csv']);
  });

  it('writes nothing that steers the terminal, whatever its texts, tables and logs hold', async () => {
    const other = new TemporaryStudy(folder(), {
      ...STUDY,
      'rows.csv': 'x\n"\u001b]0;title\u0007\nsecond \u009b2J"\n',
      'bad.cjs': "process.stderr.write('\\x1b[2Jlost\\r\\x1b[8m'); process.exit(1);",
      'pipeline.yaml': String.raw`driftline: 1
study: "\e]0;title\a"
stages:
  copy: { run: [cp, rows.csv, "${'$'}{outputs.o}"], outputs: { o: o.csv } }
  bad: { run: [node, bad.cjs], outputs: { o: o.csv } }
claims:
  c: { says: "\e[31mred \e[2J", source: "\e[5n", test: { rows: copy.o, every: "d => d.x != null" } }
`,
    });
    const all: string[] = [];
    for (const args of [
      ['run', '--keep-going'],
      ['status'],
      ['claims'],
      ['show', 'copy.o'],
      ['graph', '--format', 'svg'],
    ]) {
      const { out, err } = await other.driftline(...args);
      all.push(out, err);
    }
    expect(all.join('')).toContain('\\u001b[2Jlost');
    expect(all.join('')).toContain('\\u001b]0;title\\u0007\\nsecond');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(all.join('')).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]/);
  });

  it('is refused a store that everyone can write, and told what to do', async () => {
    chmodSync(join(study.root, '.driftline'), 0o777);
    const { err, code } = await study.driftline('status');
    chmodSync(join(study.root, '.driftline'), 0o755);
    expect(err).toBe(
      '.driftline can be written by everyone, and the store holds code that is run. If you trust what is in it: chmod o-w .driftline; else remove it.\n',
    );
    expect(code).toBe(1);
  });

  it('keeps of the environment what it declares and nothing else', () => {
    const root = join(study.root, '.driftline');
    const kept = readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      .join('\n');
    expect(kept).toContain('declared-value');
    expect(kept).not.toContain(process.env.PATH);
  });
});
