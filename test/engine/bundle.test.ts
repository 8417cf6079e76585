import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bundleKind, sourceName } from '../../src/engine/bundle.ts';
import { sha256 } from '../../src/store/canonical.ts';
import { temporaryFolders } from '../store/folder.ts';

const HOME = fileURLToPath(new URL('../..', import.meta.url));
const folder = temporaryFolders();

const MAIN = `import { scale } from './lib/scale.ts';
import { version } from 'some-package';

interface Params { n: number }

export default { run: ({ n }: Params) => scale(n) + version };
`;
const SCALE = `export const scale = (n: number): number => n * 2;
export const unused = (n: number): number => n * 3;
`;

const FILES = {
  'stages/main.ts': MAIN,
  'stages/lib/scale.ts': SCALE,
  'node_modules/some-package/package.json':
    '{ "name": "some-package", "version": "1.0.0", "main": "main.js", "dependencies": { "deep": "*" } }',
  'node_modules/some-package/main.js': 'exports.version = 1;',
  'node_modules/deep/package.json': '{ "name": "deep", "version": "2.0.0" }',
};

function write(root: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const bundle = (files: Readonly<Record<string, string>> = {}) => {
  const root = write(folder(), { ...FILES, ...files });
  return bundleKind(join(root, 'stages', 'main.ts'), root, HOME);
};

const reference = bundle();

describe('the digest of a kind', () => {
  it.each([
    ['a comment', { 'stages/main.ts': `/** Says what it does. */\n${MAIN.replace('export', '// why\nexport')}` }],
    ['a type', { 'stages/main.ts': MAIN.replace('n: number }', 'n: number; more?: string }') }],
    ['a type import', { 'stages/main.ts': `import type { Stats } from 'node:fs';\nexport type S = Stats;\n${MAIN}` }],
    [
      'formatting',
      { 'stages/main.ts': MAIN.replaceAll(' => ', ' =>\n    ').replaceAll('{ n }', '{\n      n,\n    }') },
    ],
    ['Windows line ends', { 'stages/main.ts': MAIN.replaceAll('\n', '\r\n') }],
    ['an export that it does not use', { 'stages/lib/scale.ts': `${SCALE}export const other = 5;\n` }],
    ['a change to code that it does not use', { 'stages/lib/scale.ts': SCALE.replace('n * 3', 'n * 4') }],
    ['a file that it does not import', { 'stages/lib/other.ts': 'export const other = 1;' }],
    [
      'a package that it does not import',
      { 'node_modules/more/package.json': '{ "name": "more", "version": "1.0.0" }' },
    ],
  ])('is not changed by %s', async (_, files) => {
    expect((await bundle(files)).digest).toBe((await reference).digest);
  });

  it.each([
    ['its code', { 'stages/main.ts': MAIN.replace('scale(n)', 'scale(n + 1)') }],
    ['code that it imports', { 'stages/lib/scale.ts': SCALE.replace('n * 2', 'n * 2.5') }],
    [
      "an imported package's version",
      {
        'node_modules/some-package/package.json': FILES['node_modules/some-package/package.json'].replace(
          '1.0.0',
          '1.0.1',
        ),
      },
    ],
    [
      'the version of what the package depends on',
      { 'node_modules/deep/package.json': '{ "name": "deep", "version": "2.0.1" }' },
    ],
  ])('is changed by %s', async (_, files) => {
    expect((await bundle(files)).digest).not.toBe((await reference).digest);
  });

  it('is the same in another folder, though the bundle names packages by their place', async () => {
    const root = write(join(folder(), 'some where', 'else'), FILES);
    const moved = await bundleKind(join(root, 'stages', 'main.ts'), root, HOME);
    expect(moved.digest).toBe((await reference).digest);
    expect(moved.code).not.toBe((await reference).code);
  });

  it('is the same for a package that is linked from elsewhere', async () => {
    const root = write(folder(), FILES);
    const elsewhere = folder();
    cpSync(join(root, 'node_modules', 'some-package'), join(elsewhere, 'linked'), { recursive: true });
    rmSync(join(root, 'node_modules', 'some-package'), { recursive: true });
    symlinkSync(join(elsewhere, 'linked'), join(root, 'node_modules', 'some-package'));
    const linked = await bundleKind(join(root, 'stages', 'main.ts'), root, HOME);
    expect(linked.digest).toBe((await reference).digest);
  });
});

describe('a bundle', () => {
  it('knows what was read of each source, also where its base is a link', async () => {
    const root = write(folder(), FILES);
    const link = join(folder(), 'link');
    symlinkSync(root, link);
    const { sources } = await bundleKind(join(link, 'stages', 'main.ts'), link, HOME);
    for (const [path, digest] of sources) expect(digest).toBe(sha256(readFileSync(path)));
  });

  it('tells its sources, in order, and its packages with their versions', async () => {
    const root = write(folder(), FILES);
    const { sources, packages, manifests } = await bundleKind(join(root, 'stages', 'main.ts'), root, HOME);
    expect([...sources].map(([path, digest]) => [sourceName(path, root), digest])).toEqual(
      ['stages/lib/scale.ts', 'stages/main.ts'].map((path) => [path, sha256(readFileSync(join(root, path)))]),
    );
    expect(packages).toEqual({ deep: '2.0.0', 'some-package': '1.0.0' });
    expect(manifests.map(({ path }) => sourceName(path, root))).toEqual([
      'node_modules/deep/package.json',
      'node_modules/some-package/package.json',
    ]);
  });

  it("lets a study anywhere import driftline/stage and Driftline's own packages", async () => {
    const { packages, code } = await bundle({
      'stages/main.ts': `import { Type } from '@sinclair/typebox';
import { defineStage, table } from 'driftline/stage';
export default defineStage({
  summary: 's', params: Type.Object({}), inputs: {}, outputs: { t: table() }, run: () => ({ t: undefined as never }),
});
`,
    });
    const { version } = JSON.parse(readFileSync(join(HOME, 'node_modules/@sinclair/typebox/package.json'), 'utf8'));
    expect(packages).toEqual({ '@sinclair/typebox': version });
    expect(code).not.toContain('driftline/stage');
  });

  const typed = (stage: string, more = '') => ({
    'stages/main.ts': `${more}import { defineStage, table${stage} } from 'driftline/stage';
export default defineStage({
  summary: 's', params: ${stage === '' ? '{} as never' : 'Type.Object({})'}, inputs: {}, outputs: { t: table() },
  run: () => ({ t: undefined as never }),
});
`,
  });

  it('depends on TypeBox where a kind takes Type from driftline/stage, and else not', async () => {
    expect((await bundle(typed(', Type'))).packages).toHaveProperty('@sinclair/typebox');
    const { packages, code } = await bundle(typed(''));
    expect(packages).toEqual({});
    expect(code).not.toContain('typebox');
  });

  it('holds what a kind imports of the science library, and is the same code from wherever Driftline is installed', async () => {
    const files = {
      'stages/main.ts': `import { tInterval } from 'driftline/science/stats/interval';
import { streamUniform } from 'driftline/science/random/uniform';
export default { run: ({ seed }) => tInterval([1, 2, streamUniform(seed, 'x')()]) };
`,
    };
    const root = write(folder(), { ...FILES, ...files });
    const installed = join(root, 'node_modules', 'driftline');
    mkdirSync(installed);
    for (const path of ['package.json', 'src/engine/authoring.ts', 'src/engine/stage.ts', 'src/science']) {
      cpSync(join(HOME, path), join(installed, path), { recursive: true });
    }
    const main = join(root, 'stages', 'main.ts');
    const [here, there] = [await bundleKind(main, root, HOME), await bundleKind(main, root, installed)];
    expect(here.code).toContain('function tInterval');
    expect(there).toMatchObject({ digest: here.digest, code: here.code, packages: {} });
    const names = (sources: ReadonlyMap<string, string>, home: string) =>
      [...sources.keys()].map((path) => sourceName(path, root, home)).sort();
    expect(names(there.sources, installed)).toEqual(names(here.sources, HOME));
    expect(names(here.sources, HOME)).toContain('driftline/src/science/stats/interval.ts');
  });

  it('of code that imports a module that is not public fails, and names the nearest one', async () => {
    const failing = (name: string) => expect(bundle({ 'stages/main.ts': `import '${name}';` })).rejects;
    await failing('driftline/science/sim/simulat').toThrow('did you mean "driftline/science/sim/simulate"?');
    await failing('driftline/science/sim/kernelMemory').toThrow('no public module of Driftline');
    await failing('driftline').toThrow('"driftline" is no public module of Driftline: docs/science-library.md lists');
  });

  it('of code that imports what is not there fails and names it', async () => {
    await expect(bundle({ 'stages/main.ts': "import 'no-such-package';" })).rejects.toThrow(/no-such-package/);
    await expect(bundle({ 'stages/main.ts': "import './none.ts';" })).rejects.toThrow(/none\.ts/);
  });
});
