import { build } from 'esbuild';

/**
 * Bundles the script of a page, the report's or the live view's: one file without imports, in ASCII, that HTML can hold
 * inline.
 *
 * @param {{ root: string, layer: 'report' | 'dashboard' }} options the folder of the package, and below src/ whose page it is
 * @returns {Promise<{ script: string, inputs: string[] }>} the script, and what went in, as esbuild names it
 */
export async function buildPage({ root, layer }) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [`src/${layer}/page/main.ts`],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    charset: 'ascii',
    legalComments: 'none', // the report's footer names the libraries and their licence
    logLevel: 'silent',
  });
  return { script: outputFiles[0].text, inputs: Object.keys(metafile.inputs) };
}
