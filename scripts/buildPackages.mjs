// Builds dist/packages/: packages that kinds are made with, each with all that it imports as one file. A thread that loads
// them from node_modules opens some six hundred files first, which takes longer than most actions do.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import * as esbuild from 'esbuild';
import { manifestOf, packageAbove } from './notices.mjs';

/** Those that take long to load and can be one file: no native code, no files of data beside them. */
const PACKAGES = ['@sinclair/typebox', 'arquero', 'hyparquet-writer', 'vega', 'vega-interpreter', 'vega-lite'];

/**
 * @param {esbuild.BuildOptions} options as for what else Node runs
 * @returns what went in, as esbuild names it
 */
export async function buildPackages(root, options) {
  const folder = join(root, 'dist', 'packages');
  mkdirSync(folder, { recursive: true });
  const inputs = [];
  const index = {};
  /** By the name of a package: its copy, and the file of which it is one. */
  const done = new Map();
  for (const name of PACKAGES) {
    // Named by its version and alone: a job that waits in a cluster's queue finds it again when all was built anew.
    const copy = `${basename(name)}-${manifestOf(root, join('node_modules', name)).version}.js`;
    const beside = {};
    const { metafile } = await esbuild.build({
      ...options,
      entryPoints: [name],
      external: [],
      plugins: [
        { name: 'as-imported', setup: (build) => resolveAsImported(build, root) },
        { name: 'beside', setup: (build) => takeBeside(build, done, beside) },
      ],
      splitting: false,
      outfile: join(folder, copy),
      minifyIdentifiers: true,
      metafile: true,
    });
    const [{ entryPoint, inputs: used }] = Object.values(metafile.outputs);
    const file = relative(packageAbove(entryPoint), entryPoint);
    done.set(name, { copy, file });
    index[`${name}/${file}`] = { copy, versions: versionsOf(root, Object.keys(used)), beside };
    inputs.push(...Object.keys(metafile.inputs));
  }
  writeFileSync(join(folder, 'index.json'), `${JSON.stringify(index, null, 2)}\n`);
  // Last: until the index names the new ones, whoever starts takes the old ones.
  const kept = ['index.json', ...Object.values(index).map(({ copy }) => copy)];
  for (const name of readdirSync(folder)) if (!kept.includes(name)) rmSync(join(folder, name));
  return inputs;
}

/** A package may give another file to who imports it than to who asks for it by its name. */
function resolveAsImported(build, root) {
  build.onResolve({ filter: /^/ }, ({ path, kind }) =>
    kind === 'entry-point' ? build.resolve(path, { kind: 'import-statement', resolveDir: root }) : undefined,
  );
}

/** A package that has a copy is not copied into another one. */
function takeBeside(build, done, beside) {
  build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
    const other = kind === 'entry-point' ? undefined : done.get(path);
    if (other === undefined) return undefined;
    beside[path] = other.file;
    return { path: `./${other.copy}`, external: true };
  });
}

/** The packages that files are of, each with its version, or several joined by a comma. */
function versionsOf(root, paths) {
  const found = {};
  for (const folder of new Set(paths.map(packageAbove))) {
    const { name, version } = manifestOf(root, folder);
    found[name] = [...new Set([...(found[name] ?? []), version])].sort();
  }
  return Object.fromEntries(
    Object.keys(found)
      .sort()
      .map((name) => [name, found[name].join()]),
  );
}
