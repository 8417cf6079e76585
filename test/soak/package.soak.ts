import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleKind } from '../../src/engine/bundle.ts';
import { fencesOf } from '../docs/fences.ts';
import { follow, Reader } from '../docs/session.ts';
import { temporaryFolders } from '../store/folder.ts';
import { nodeOfMajor } from './nodeVersions.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const folder = temporaryFolders();

/** Runs a program with a Node of choice first on the PATH; what it prints must not depend on this run's environment. */
function run(cwd: string, [program, ...args]: readonly string[], node = process.execPath) {
  const { FORCE_COLOR: _, NODE_OPTIONS: __, ...env } = process.env;
  const PATH = [dirname(node), process.env.PATH].join(delimiter);
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env: { ...env, PATH }, encoding: 'utf8' });
  return { status, stdout, stderr };
}

function succeed(cwd: string, words: readonly string[], node?: string): string {
  const { status, stdout, stderr } = run(cwd, words, node);
  if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}\n${stdout}\n${stderr}`);
  return stdout;
}

/** An empty folder into which npm installed the tarball, with nothing of the checkout in it. */
const place = folder();
const installed = join(place, 'node_modules', 'driftline');

beforeAll(() => {
  const packed = JSON.parse(succeed(ROOT, ['npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', place]));
  expect(packed[0].size).toBeLessThan(2e6);
  succeed(place, ['npm', 'install', `./${packed[0].filename}`, '--no-audit', '--no-fund', '--prefer-offline']);
}, 400_000);

const majors = [20, 24].map(
  (major) =>
    [major, process.versions.node.startsWith(`${major}.`) ? process.execPath : nodeOfMajor(major, folder())] as const,
);

describe('the packed tarball, installed in an empty folder', () => {
  it('holds nothing that prepares or builds, and every file that it exports', () => {
    for (const path of [
      'bin/bootstrap.mjs',
      'scripts',
      'test',
      'docs',
      'tsconfig.json',
      'src/cli',
      'src/science/sim/assembly',
    ]) {
      expect([path, existsSync(join(installed, path))]).toEqual([path, false]);
    }
    const { exports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    const files = Object.values(exports as Record<string, object>).flatMap((to) =>
      typeof to === 'string' ? [to] : Object.values(to),
    );
    expect(files.filter((file) => !existsSync(join(installed, file)))).toEqual([]);
    expect(files.length).toBeGreaterThan(100);
  });

  it('gives every kind but figure the digest that it has in the checkout, also one of a study that imports science', async () => {
    const digests = async (home: string) => {
      const names = readdirSync(join(home, 'stages')).filter((name) => name.endsWith('.ts'));
      const kinds = names.sort().map(async (name) => [name, await digest(join(home, 'stages', name), home, home)]);
      return Object.fromEntries(await Promise.all(kinds));
    };
    const digest = async (path: string, base: string, home: string) => {
      const { digest: code, packages } = await bundleKind(path, base, home);
      return { code, packages };
    };
    // Packages are named by their versions; npm may choose later ones than the checkout's lock for what packages need.
    const same = (a: Record<string, { code: string; packages: object }>, b: typeof a) =>
      Object.keys(a).filter((name) => JSON.stringify(a[name]?.packages) === JSON.stringify(b[name]?.packages));
    const [here, there] = [await digests(ROOT), await digests(installed)];
    expect(Object.keys(there)).toEqual(Object.keys(here));
    // The bundle of `figure` names the fonts' package.json by where it is installed.
    const comparable = same(here, there).filter((name) => name !== 'figure.ts');
    expect(comparable.length).toBeGreaterThan(15);
    for (const name of comparable) expect([name, there[name]]).toEqual([name, here[name]]);
    const study = join(place, 'own');
    cpSync(join(ROOT, 'templates/study'), study, { recursive: true });
    const own = join(study, 'stages/throws.ts');
    expect(await digest(own, study, installed)).toEqual(await digest(own, study, ROOT));
  });

  it('types a study’s stage: no annotation is needed, and a wrong column is an error', () => {
    const study = join(place, 'typed');
    succeed(place, ['npx', '--no-install', 'driftline', 'init', study]);
    const tsc = [process.execPath, join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.', '--skipLibCheck', 'false'];
    expect(run(study, tsc)).toEqual({ status: 0, stdout: '', stderr: '' });
    const stage = join(study, 'stages/throws.ts');
    writeFileSync(stage, readFileSync(stage, 'utf8').replace('columns.pi[0]', 'columns.po[0]'));
    expect(run(study, tsc)).toMatchObject({ stdout: expect.stringContaining("Property 'po' does not exist") });
  });

  for (const [major, node] of majors) {
    const why = node === undefined ? ' (skipped: it cannot be had from the package registry here)' : '';
    describe.skipIf(node === undefined)(`under Node ${major}${why}`, () => {
      it('does all that the tutorial says, and prints what it shows', () => {
        expect(succeed(place, ['node', '--version'], node)).toMatch(new RegExp(`^v${major}\\.`));
        const reader = new Reader(join(place, `tutorial-${major}`), {
          node: node!,
          bin: join(installed, 'bin', 'driftline'),
          installed: true,
        });
        mkdirSync(reader.folder);
        const page = fencesOf(readFileSync(join(ROOT, 'docs/tutorial.md'), 'utf8'));
        expect(follow(reader, page)).toEqual([]);
        const manifest = JSON.parse(readFileSync(join(reader.folder, 'package.json'), 'utf8'));
        expect(manifest.dependencies.driftline).toMatch(/^file:(?:\.\.\/)+driftline-.*\.tgz$/);
        for (const file of ['report/index.html', 'figures/error-by-way.svg', 'claims.json']) {
          expect([file, existsSync(join(reader.folder, 'out', file))]).toEqual([file, true]);
        }
        const tests = run(reader.folder, ['npm', 'test'], node);
        expect(tests).toMatchObject({ status: 0, stdout: expect.stringMatching(/pass 3\b/) });
      }, 600_000);

      it('runs the example studies, and computes one of them again from what was exported of it', () => {
        for (const name of ['looking-around', 'speed-of-light']) {
          const example = join(place, `${name}-${major}`);
          const own = (...words: string[]) => run(example, ['npx', '--no-install', 'driftline', ...words], node);
          cpSync(join(ROOT, 'examples', name), example, {
            recursive: true,
            filter: (path) => !/\/(out|\.driftline)$/.test(path),
          });
          expect(own('run', '--profile', 'quick')).toMatchObject({ status: 0 });
          expect(own('export', `../${name}-crate-${major}`, '--profile', 'quick')).toMatchObject({ status: 0 });
        }
        const crate = join(place, `speed-of-light-crate-${major}`);
        const again = run(crate, ['npx', '--no-install', 'driftline', 'run', '--locked', '--profile', 'quick'], node);
        expect(again).toMatchObject({ status: 0, stdout: expect.stringMatching(/\d+ executed, 0 cached/) });
      }, 200_000);

      it('is found by npx, and prepares nothing when it starts', () => {
        const name = `study-${major}`;
        const made = succeed(place, ['npx', '--no-install', 'driftline', 'init', name], node);
        expect(made).toMatch(new RegExp(`Next:\n {2}cd ${name}\n {2}npx driftline run\n$`));
        const { status, stdout, stderr } = run(join(place, name), ['npx', '--no-install', 'driftline', 'plan'], node);
        expect(status).toBe(0);
        expect(stdout + stderr).not.toMatch(/Installing|Building/);
      }, 60_000);

      it('lets any program import the science library, and nothing that is not public', () => {
        const scripts = join(place, `scripts-${major}`);
        mkdirSync(scripts);
        const simulate = `import { simulate } from 'driftline/science/sim/simulate';
const policy = { kind: 'abounce', C: 2, d: 10, K: 2 };
const { meanQueue } = simulate({ n: 100, lambda: 0.5, policy, events: 2 ** 18, seed: '0f'.repeat(32) });
console.log(meanQueue);`;
        writeFileSync(join(scripts, 'simulate.mjs'), simulate);
        const queue = Number(succeed(scripts, ['node', 'simulate.mjs'], node));
        expect(queue).toBeGreaterThan(0.5);
        expect(queue).toBeLessThan(1);
        writeFileSync(join(scripts, 'inner.mjs'), "import 'driftline/science/sim/kernelMemory';");
        expect(run(scripts, ['node', 'inner.mjs'], node).stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
      });
    });
  }
});
