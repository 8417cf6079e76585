import { build } from 'esbuild';

/**
 * Bundles the script of the report's page: one file without imports, in ASCII, that HTML can hold inline.
 *
 * @param {{ root: string }} options the folder of the package
 * @returns {Promise<string>}
 */
export async function buildReportScript({ root }) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['src/report/page/main.ts'],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    charset: 'ascii',
    legalComments: 'none', // the page's footer names the libraries and their licence
    logLevel: 'silent',
  });
  return outputFiles[0].text;
}
