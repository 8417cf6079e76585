import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Puts Driftline into an empty folder as it is installed: built, and without what builds it. Returns its program. */
export function installInto(place: string): string {
  for (const path of ['bin/driftline', 'package.json', 'dist', 'src', 'stages']) {
    cpSync(join(ROOT, path), join(place, path), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(place, 'node_modules'));
  return join(place, 'bin', 'driftline');
}
