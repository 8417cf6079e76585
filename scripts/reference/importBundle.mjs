// Sources are TypeScript, which Node 20 does not read: they are bundled and imported.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** Packages stay outside, but for their JSON, which Node imports only on request. */
export const packagesOutside = {
  name: 'packages-outside',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || path.endsWith('.json') ? undefined : { path, external: true },
    );
  },
};

/** Imports an entry written in TypeScript as if it stood in the root folder. Packages are the installed ones. */
export async function importBundle(root, entry, plugins = []) {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: root, loader: 'ts' },
    absWorkingDir: root,
    bundle: true,
    plugins: [...plugins, packagesOutside],
    format: 'esm',
    platform: 'node',
    target: 'node20',
    write: false,
    logLevel: 'error',
  });
  const path = join(root, 'dist', `reference-${process.pid}.mjs`);
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(path, outputFiles[0].text);
  try {
    // One process imports several bundles under the one name.
    return await import(`${pathToFileURL(path).href}?${entry.length}`);
  } finally {
    rmSync(path, { force: true });
  }
}
