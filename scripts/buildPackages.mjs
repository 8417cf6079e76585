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
  const { metafile } = await esbuild.build({
    ...options,
    entryPoints: PACKAGES,
    external: [],
    plugins: [{ name: 'as-imported', setup: (build) => resolveAsImported(build, root) }],
    outdir: folder,
    entryNames: '[name]-[hash]',
    minifyIdentifiers: true,
    metafile: true,
  });
  const kept = new Set(['index.json', ...Object.keys(metafile.outputs).map((path) => basename(path))]);
  writeFileSync(join(folder, 'index.json'), `${JSON.stringify(indexOf(root, metafile), null, 2)}\n`);
  // Last: until the index names the new ones, whoever starts takes the old ones.
  for (const name of readdirSync(folder)) if (!kept.has(name)) rmSync(join(folder, name));
  return Object.keys(metafile.inputs);
}

/** A package may give another file to who imports it than to who asks for it by its name. */
function resolveAsImported(build, root) {
  build.onResolve({ filter: /^/ }, ({ path, kind }) =>
    kind === 'entry-point' ? build.resolve(path, { kind: 'import-statement', resolveDir: root }) : undefined,
  );
}

/** By `package/file` that is imported: its copy, and the versions of the packages in it. */
function indexOf(root, { outputs }) {
  const copies = Object.entries(outputs).filter(([, { entryPoint }]) => entryPoint !== undefined);
  return Object.fromEntries(
    copies.map(([path, { entryPoint }]) => {
      const folders = [...reachable(path, outputs)]
        .flatMap((each) => Object.keys(outputs[each].inputs))
        .map(packageAbove);
      const versions = [...new Set(folders)].map((folder) => {
        const { name, version } = manifestOf(root, folder);
        return [name, version];
      });
      const own = packageAbove(entryPoint);
      const file = `${manifestOf(root, own).name}/${relative(own, entryPoint)}`;
      return [file, { copy: basename(path), versions: Object.fromEntries(versions.sort()) }];
    }),
  );
}

/** An output with all that it imports of the others. */
function reachable(path, outputs, found = new Set()) {
  if (found.has(path)) return found;
  found.add(path);
  for (const { path: other, external } of outputs[path].imports) if (!external) reachable(other, outputs, found);
  return found;
}
