import { realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildOptions, OnResolveResult, Plugin } from 'esbuild';
import { compareCodePoints, type Digest, digestOf, sha256 } from '../store/canonical.ts';
import { nearest } from '../tables/nearest.ts';
import { PackageCopies } from './packageCopies.ts';
import { nameInPackage, packageClosure, type ReadManifest } from './packages.ts';
import { publicModules } from './publicModules.ts';

/** A kind's module graph as one file, and what identifies it. */
export interface KindBundle {
  /** An ES module that runs from anywhere on this machine. */
  readonly code: string;
  /** The digest of what the code does: free of comments, types, formatting and folders. */
  readonly digest: Digest;
  /** Absolute paths of the source files that went in, in code-point order of their relative names, with what was read of each. */
  readonly sources: ReadonlyMap<string, Digest>;
  /** Packages that the code imports, with everything they depend on: `name` → versions. */
  readonly packages: Readonly<Record<string, string>>;
  /** The package.json files in which those versions stand. */
  readonly manifests: readonly ReadManifest[];
}

/**
 * Bundles a kind. Packages stay outside: their versions, with those of all they depend on, enter the digest in their
 * stead. Names are not minified, for esbuild chooses short ones by the whole file and would change them for a
 * neighbour's sake; white space and syntax are, so that formatting does not count.
 *
 * @param base the folder that the kind belongs to
 * @param home Driftline's own folder: its public modules (`driftline/stage`, `driftline/science/…`) are found there, and
 * packages that `base` has not installed
 */
export async function bundleKind(path: string, base: string, home: string): Promise<KindBundle> {
  const esbuild = await import('esbuild');
  const imported = new Map<string, string>();
  const read = new Map<string, Digest>();
  const { plugins, ...others } = settings(path, base, home, imported);
  const result = await esbuild.build({ ...others, plugins: [...plugins, remembering(read)], metafile: true });
  const address = addressOf(base);
  const code = result.outputFiles[0].text;
  // What nothing of it was used of is not part of the code.
  for (const address of imported.keys()) if (!code.includes(JSON.stringify(address))) imported.delete(address);
  const { versions: packages, manifests } = packageClosure(
    [...imported.values()].map((file) => dirname(file)),
    base,
  );
  return {
    code,
    digest: digestOf('kind', { esbuild: esbuild.version, code: withoutFolders(code, address, imported), packages }),
    sources: new Map(
      Object.keys(result.metafile.inputs)
        .sort(compareCodePoints)
        .map((name) => join(base, name))
        .map((source) => [source, (read.get(source) ?? read.get(realpathSync(source)))!]),
    ),
    packages,
    manifests,
  };
}

/** The same bundle with the map from its places to those of its sources, whose names are relative to `base`. */
export async function bundleWithMap({ path, base, home }: KindSource): Promise<{ code: string; map: string }> {
  const esbuild = await import('esbuild');
  const { outputFiles } = await esbuild.build({
    ...settings(path, base, home, new Map()),
    sourcemap: 'external',
    outfile: join(base, 'kind.mjs'), // nothing is written: sources are named from its folder
  });
  const [map, code] = [...outputFiles].sort(
    (a, b) => Number(b.path.endsWith('.map')) - Number(a.path.endsWith('.map')),
  );
  return { code: code.text, map: map.text };
}

/** The bundle for a debugger: as its sources are written, and naming them. Never what is hashed or recorded. */
export async function bundleToDebug({ path, base, home }: KindSource): Promise<string> {
  const esbuild = await import('esbuild');
  const { outputFiles } = await esbuild.build({
    ...settings(path, base, home, new Map()),
    minifyWhitespace: false,
    minifySyntax: false,
    sourcemap: 'inline',
    sourceRoot: pathToFileURL(join(base, '/')).href,
    outfile: join(base, 'kind.mjs'),
  });
  return outputFiles[0].text;
}

/** Where a kind comes from: its module, the folder that it belongs to, and Driftline's own. */
export interface KindSource {
  readonly path: string;
  readonly base: string;
  readonly home: string;
}

/** A bundle is stored away from its sources. What it asks of import.meta.url is where packages are found. */
const addressOf = (base: string): string => pathToFileURL(join(base, 'package.json')).href;

const settings = (path: string, base: string, home: string, imported: Map<string, string>) =>
  ({
    absWorkingDir: base,
    entryPoints: [path],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    charset: 'utf8',
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    // Not what a tsconfig.json in some folder above says: that is no part of the study, nor there in an installed package.
    tsconfigRaw: { compilerOptions: { strict: true } },
    define: { 'import.meta.url': JSON.stringify(addressOf(base)) },
    plugins: [packagesOutside(imported, base, home)],
    logLevel: 'silent',
  }) as const satisfies BuildOptions;

/** Remembers what was read of each file: one that is saved in these very moments may be another already when it is looked at again. */
const remembering = (read: Map<string, Digest>): Plugin => ({
  name: 'remembering',
  setup(build) {
    build.onLoad({ filter: /.*/, namespace: 'file' }, async ({ path }) => {
      const contents = await readFile(path);
      read.set(path, sha256(contents));
      return { contents, loader: 'default' };
    });
  },
});

/** Resolves package imports to absolute addresses, so that the bundle finds them from wherever it is stored. */
function packagesOutside(imported: Map<string, string>, base: string, home: string): Plugin {
  return {
    name: 'packages-outside',
    setup(build) {
      const modules = publicModules(home);
      const copies = new PackageCopies(home, base);
      const authoring = modules.get('driftline/stage');
      build.onResolve({ filter: /^[^./]/ }, async ({ path, importer, kind, resolveDir, pluginData }) => {
        if (pluginData === 'inner' || kind === 'entry-point' || isBuiltin(path)) return undefined;
        if (path === 'driftline' || path.startsWith('driftline/')) return ownModule(path, modules);
        const near = await build.resolve(path, { kind, importer, resolveDir, pluginData: 'inner' });
        const found =
          near.errors.length > 0 ? await build.resolve(path, { kind, resolveDir: home, pluginData: 'inner' }) : near;
        if (found.errors.length > 0) return { errors: near.errors };
        if (found.path.endsWith('.json')) return { path: found.path };
        const address = pathToFileURL(copies.of(found.path) ?? found.path).href;
        imported.set(address, found.path);
        // A kind whose parameters are plain JSON Schema does not depend on what `driftline/stage` offers beside.
        return { path: address, external: true, sideEffects: importer !== authoring };
      });
    },
  };
}

/** A public module's source. Others are not for use from outside: what they are called, and what they do, may change. */
function ownModule(name: string, modules: ReadonlyMap<string, string>): OnResolveResult {
  const path = modules.get(name);
  if (path !== undefined) return { path };
  const close = nearest(name, [...modules.keys()]);
  const hint = close === undefined ? 'docs/science-library.md lists what there is' : `did you mean "${close}"?`;
  return { errors: [{ text: `"${name}" is no public module of Driftline: ${hint}` }] };
}

/** The code with every address of this machine replaced by what it stands for. */
function withoutFolders(code: string, base: string, imported: ReadonlyMap<string, string>): string {
  let text = code.replaceAll(base, 'driftline:home');
  for (const [address, path] of imported) {
    text = text.replaceAll(JSON.stringify(address), JSON.stringify(`package:${nameInPackage(path) ?? path}`));
  }
  return text;
}

/**
 * A source's name for people and manifests: relative to its base, with forward slashes; `driftline/src/…` for what
 * another base takes from Driftline, wherever that is installed.
 */
export function sourceName(path: string, base: string, home = base): string {
  const from = (folder: string): string => relative(folder, path).split(sep).join('/');
  const inHome = from(home);
  return home !== base && /^(src|stages)\//.test(inHome) ? `driftline/${inHome}` : from(base);
}
