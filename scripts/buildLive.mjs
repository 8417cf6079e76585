import { build } from 'esbuild';

/**
 * Bundles the script of the live view's page: one file without imports, in ASCII, that HTML can hold inline.
 *
 * @param {{ root: string }} options the folder of the package
 * @returns {Promise<string>}
 */
export async function buildLiveScript({ root }) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['src/dashboard/page/main.ts'],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    charset: 'ascii',
    logLevel: 'silent',
  });
  return outputFiles[0].text;
}
