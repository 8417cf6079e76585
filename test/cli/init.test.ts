import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { driftlineSpec, isInstalledFor } from '../../src/cli/newStudy.ts';
import { below } from '../soak/failpoints.ts';
import { temporaryFolders } from '../store/folder.ts';
import { TemporaryStudy } from './study.ts';

const folder = temporaryFolders();
const init = (root: string, ...args: string[]) => new TemporaryStudy(root).driftline('init', ...args);

/** Everything in a folder but the store, with its text. */
const contents = (root: string) =>
  Object.fromEntries(
    below(root)
      .map((path) => relative(root, path))
      .filter((path) => !path.startsWith('.driftline'))
      .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
  );

describe('driftline init', () => {
  it('makes a study that is valid, with the schema of its own stage, and says what to do next', async () => {
    const root = folder();
    const { code, out, err } = await init(root, 'My Study');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /pipeline\.yaml +the study[\s\S]*Next:\n {2}cd "My Study"\n {2}npm install\n {2}npx driftline run\n$/,
    );
    const study = new TemporaryStudy(join(root, 'My Study'));
    expect(Object.keys(contents(study.root)).sort()).toEqual([
      '.gitignore',
      '.vscode/extensions.json',
      '.vscode/settings.json',
      'README.md',
      'error.vl.yaml',
      'package.json',
      'pipeline.yaml',
      'stages/throws.ts',
      'study.schema.json',
      'test/throws.test.mjs',
      'theory.py',
      'tsconfig.json',
    ]);
    expect(JSON.parse(contents(study.root)['package.json'])).toMatchObject({ name: 'my-study', type: 'module' });
    expect((await study.driftline('schema')).out).toBe(contents(study.root)['study.schema.json']);
    expect(contents(study.root)['study.schema.json']).toContain('Darts thrown in each repetition');
    const plan = await study.driftline('plan', '--json');
    expect({ code: plan.code, err: plan.err }).toEqual({ code: 0, err: '' });
    for (const stage of ['throws', 'theory', 'errors', 'error-by-darts', 'claim:square-root']) {
      expect(plan.out).toMatch(new RegExp(`"target": "${stage}["[]`));
    }
  });

  it('overwrites nothing: names what is in the way, and writes no file', async () => {
    const root = folder();
    const mine = { 'pipeline.yaml': 'mine', 'package.json': '{}' };
    for (const [name, text] of Object.entries(mine)) writeFileSync(join(root, name), text);
    expect(await init(root)).toEqual({
      code: 2,
      out: '',
      err: 'This folder has files of the same names already: pipeline.yaml. Nothing was written.\nName another folder: driftline init my-study\n',
    });
    expect(contents(root)).toEqual(mine);
    const file = await init(root, 'package.json');
    expect(file).toMatchObject({ code: 2, err: expect.stringContaining('package.json is a file') });
  });

  it('leaves the package.json, README.md and .gitignore of a folder as they are, and says so, also in JSON', async () => {
    const root = folder();
    const mine = { 'package.json': '{"name":"mine"}', '.gitignore': 'x', 'README.md': '# Mine' };
    for (const [name, text] of Object.entries(mine)) writeFileSync(join(root, name), text);
    const { code, out } = await init(root, '--json');
    expect(code).toBe(0);
    const told = JSON.parse(out);
    expect(told).toMatchObject({ folder: root, kept: Object.keys(mine).sort() });
    expect(contents(root)).toMatchObject(mine);
    expect([...told.written, ...told.kept].sort()).toEqual(Object.keys(contents(root)).sort());
  });

  it('makes the study without python3, and says which stage needs it', async () => {
    const study = new TemporaryStudy(folder());
    const path = process.env.PATH;
    process.env.PATH = '';
    const ended = study.driftline('init').finally(() => {
      process.env.PATH = path;
    });
    const { code, out } = await ended;
    expect(code).toBe(0);
    expect(out).toContain('python3 was not found. The stage theory needs it');
    expect(statSync(join(study.root, 'theory.py')).isFile()).toBe(true);
  });
});

describe("a new study's package.json", () => {
  /** Driftline as npm installs it: its own place, and what npm recorded of where it came from. */
  function installed(resolved: string) {
    const root = folder();
    const home = join(root, 'node_modules', 'driftline');
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'package.json'), '{}');
    const lock = { packages: { 'node_modules/driftline': { version: '0.1.0', resolved } } };
    writeFileSync(join(dirname(home), '.package-lock.json'), JSON.stringify(lock));
    return { root, home, study: join(root, 'deep', 'study') };
  }

  it('asks for the tarball that Driftline was installed from, seen from the study', () => {
    const { home, study } = installed('file:../driftline.tgz');
    expect(driftlineSpec(study, home)).toBe('file:../../../driftline.tgz');
  });

  it('asks for the version that runs where a registry gave it, and for the folder of a checkout', () => {
    const { root, home, study } = installed('https://example.org/driftline-0.1.0.tgz');
    expect(driftlineSpec(study, home)).toMatch(/^\d+\.\d+\.\d+$/);
    expect(driftlineSpec(study, join(root, 'checkout'))).toBe('file:../../checkout');
  });

  it('need not be installed where a folder above has Driftline', () => {
    const { root, study } = installed('file:../driftline.tgz');
    expect(isInstalledFor(study)).toBe(true);
    expect(isInstalledFor(dirname(root))).toBe(existsSync(join(dirname(root), 'node_modules', 'driftline')));
  });
});
