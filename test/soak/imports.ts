import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Functions of node:fs that change nothing, and the scratch folders' own, which lie outside of any store. */
const HARMLESS = new Set(
  'accessSync closeSync constants existsSync fstatSync lstatSync mkdtempSync readFile readFileSync readSync readdirSync readlinkSync realpathSync statSync statfsSync watch'.split(
    ' ',
  ),
);

/** What the sources import from node:fs that changes files, and from its promises. */
export function changingImports(): { readonly calls: readonly string[]; readonly promises: readonly string[] } {
  const calls = new Set<string>();
  const promises = new Set<string>();
  for (const entry of readdirSync(join(ROOT, 'src'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
    const path = join(entry.parentPath, entry.name);
    const text = readFileSync(path, 'utf8');
    for (const [, names, module] of text.matchAll(/import \{([^}]*)\} from '(node:fs(?:\/promises)?)'/g)) {
      for (const word of names.split(',')) {
        const name = word.trim();
        if (name === '' || name.startsWith('type ') || HARMLESS.has(name)) continue;
        (module === 'node:fs' ? calls : promises).add(name);
      }
    }
    if (/from 'fs'|import (\* as )?\w+ from 'node:fs(\/promises)?'/.test(text)) {
      throw new Error(`${path}: import functions of node:fs by name`);
    }
  }
  return { calls: [...calls].sort(), promises: [...promises].sort() };
}

/** The text of the hook that numbers calls. */
export const hookText = (): string => readFileSync(new URL('killAt.mjs', import.meta.url), 'utf8');
