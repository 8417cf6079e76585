import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import { type Digest, digestOf } from '../store/canonical.ts';
import type { StatCache } from '../store/statCache.ts';

export const VERSION = manifest.version;

/** Driftline's own folder, seen from `dist/cli/`. */
export const PACKAGE_ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Identifies the code that reads studies and draws reports: its first file names all others by their contents. */
export const programDigest = (stats: StatCache): Digest =>
  digestOf('program', {
    version: VERSION,
    main: stats.digest(join(PACKAGE_ROOT, 'dist', 'cli', 'main.js')),
    page: stats.digest(join(PACKAGE_ROOT, 'dist', 'report', 'page.js')),
  });
