// Builds dist/job/, the program of a cluster's jobs: a folder that needs nothing beside it, for a run copies it into the
// store, where it has to work when Driftline itself has long been upgraded.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as esbuild from 'esbuild';

/** Has worker files of its own, which it finds beside its modules; so it is not bundled, but comes along as it is. */
const POOL = 'piscina';

/**
 * @param {esbuild.BuildOptions} options as for what else Node runs
 * @returns what went in, as esbuild names it
 */
export async function buildJob(root, options) {
  const folder = join(root, 'dist', 'job');
  rmSync(folder, { recursive: true, force: true });
  const { metafile } = await esbuild.build({
    ...options,
    metafile: true,
    entryPoints: { worker: 'src/executors/worker.ts', slurmTask: 'src/executors/slurm/node.ts' },
    outdir: folder,
    // No package.json above it says what these are.
    outExtension: { '.js': '.mjs' },
    plugins: [{ name: 'pool-beside', setup: takeBeside }],
  });
  const pool = join(folder, POOL);
  mkdirSync(pool);
  cpSync(join(root, 'node_modules', POOL, 'dist'), join(pool, 'dist'), {
    recursive: true,
    filter: (path) => !/\.(d\.ts|map)$/.test(path),
  });
  cpSync(join(root, 'node_modules', POOL, 'LICENSE'), join(pool, 'LICENSE'));
  writeFileSync(join(pool, 'package.json'), '{ "type": "commonjs" }\n');
  return Object.keys(metafile.inputs);
}

function takeBeside(build) {
  build.onResolve({ filter: new RegExp(`^${POOL}$`) }, () => ({
    path: `./${POOL}/dist/esm-wrapper.mjs`,
    external: true,
  }));
}
