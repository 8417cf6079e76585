import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { StoreAudit } from './audit.ts';
import { Cas } from './cas.ts';
import { compact } from './compaction.ts';

/**
 * Removes what an audit found to be of no use: damaged blobs and files, damaged lines, and the records that name
 * damaged or missing blobs. What they held is computed or made again when it is needed.
 */
export function repairStore(storeRoot: string, { damaged, broken, lines, files }: StoreAudit): void {
  const cas = new Cas(storeRoot);
  if (broken.length + lines > 0) {
    const folder = join(storeRoot, 'actions');
    const gone = new Set(broken);
    const mayRewrite = (): boolean => true;
    compact({ folder, extension: '.log', mayRewrite, keep: (key) => !gone.has(key) });
    // Manifests stay: why explains by the nearest earlier action, whether or not its results are still there.
    if (lines > 0) compact({ folder, extension: '.manifests', mayRewrite, keep: () => true });
  }
  for (const { digest } of damaged) rmSync(cas.path(digest), { force: true });
  for (const path of files) rmSync(join(storeRoot, path), { force: true });
}
