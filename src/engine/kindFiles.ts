import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../store/canonical.ts';
import { namesIn } from '../store/folders.ts';
import { bundleName, readKindMemory } from './kinds.ts';

/** The files in which kinds are remembered, by what they are worth; absolute paths. */
export interface KindFiles {
  /** Bundles that are not the code that they are remembered as. */
  readonly damaged: readonly string[];
  /** What nothing refers to: memories of sources that are gone, bundles of code that was since changed. */
  readonly dead: readonly string[];
}

export function inspectKindFiles(storeRoot: string): KindFiles {
  const folder = join(storeRoot, 'kinds');
  const names = namesIn(folder);
  const damaged: string[] = [];
  const dead: string[] = [];
  const used = new Set<string>();
  for (const name of names.filter((each) => each.endsWith('.json'))) {
    const path = join(folder, name);
    const memory = readKindMemory(path);
    if (memory === undefined || !existsSync(memory.path)) {
      dead.push(path);
      continue;
    }
    const bundle = bundleName(memory.digest, memory.base);
    used.add(bundle);
    if (names.includes(bundle) && sha256(readFileSync(join(folder, bundle))) !== memory.bundle) {
      damaged.push(join(folder, bundle));
    }
  }
  for (const name of names) if (name.endsWith('.mjs') && !used.has(name)) dead.push(join(folder, name));
  return { damaged, dead };
}
