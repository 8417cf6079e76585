import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };

export const VERSION = manifest.version;

/** Driftline's own folder, seen from `dist/cli/`. */
export const PACKAGE_ROOT = fileURLToPath(new URL('../..', import.meta.url));
