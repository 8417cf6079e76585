// Builds dist/lib/, what package.json exports: JavaScript and declarations, for Node strips no types in node_modules.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tool } from './vitest.mjs';

/** A relative import of a source in a declaration, from which the compiler does not take the extension. */
const SOURCE = /((?:from|import\()\s*["']\.{1,2}\/[^"']+)\.ts(["'])/g;

/** @param {string} root the folder of the package */
export function buildLibrary(root) {
  const built = join(root, 'dist', `lib.${process.pid}`);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [tool('typescript', 'tsc'), '-p', join(root, 'tsconfig.lib.json'), '--outDir', built],
    { encoding: 'utf8' },
  );
  try {
    if (status !== 0) throw new Error(`the library does not compile:\n${stdout}${stderr}`);
    for (const entry of readdirSync(built, { recursive: true, withFileTypes: true })) {
      if (!entry.name.endsWith('.d.ts')) continue;
      const path = join(entry.parentPath, entry.name);
      writeFileSync(path, readFileSync(path, 'utf8').replace(SOURCE, '$1.js$2'));
    }
    const library = join(root, 'dist', 'lib');
    rmSync(library, { recursive: true, force: true });
    renameSync(built, library);
  } finally {
    rmSync(built, { recursive: true, force: true });
  }
}
