// Builds dist/: the command line, the worker, the program of a cluster's jobs, the pages' scripts, packages as one
// file each, what can be imported, and the simulator's kernel.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { buildJob } from './buildJob.mjs';
import { buildKernel } from './buildKernel.mjs';
import { buildLibrary } from './buildLibrary.mjs';
import { buildPackages } from './buildPackages.mjs';
import { buildPage } from './buildPage.mjs';
import { noticesOf } from './notices.mjs';

/** Packages that cannot be bundled (native code, own worker files) or are too seldom needed to be read at each start. */
const OUTSIDE = ['esbuild', 'piscina', '@resvg/resvg-js', 'vega', 'vega-lite', 'arquero', 'pdfkit', 'svg-to-pdfkit'];

/** How everything is built that Node runs. */
const options = (root) => ({
  absWorkingDir: root,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: OUTSIDE,
  minifySyntax: true,
  minifyWhitespace: true,
  // Some packages that are bundled are CommonJS and ask for Node's own modules by require().
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});

export async function build(root) {
  await buildKernel({ root });
  buildLibrary(root);
  const folder = join(root, 'dist', 'cli');
  rmSync(folder, { recursive: true, force: true });
  const { metafile } = await esbuild.build({
    ...options(root),
    entryPoints: { main: 'src/cli/main.ts', worker: 'src/executors/worker.ts' },
    outdir: folder,
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
  });
  const inputs = [
    ...Object.keys(metafile.inputs),
    ...(await buildPackages(root, options(root))),
    ...(await buildJob(root, options(root))),
  ];
  for (const layer of ['report', 'dashboard']) {
    const page = await buildPage({ root, layer });
    mkdirSync(join(root, 'dist', layer), { recursive: true });
    writeFileSync(join(root, 'dist', layer, 'page.js'), page.script);
    inputs.push(...page.inputs);
  }
  writeFileSync(join(root, 'dist', 'NOTICES.txt'), noticesOf(root, inputs));
}
