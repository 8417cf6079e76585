import { join, sep } from 'node:path';
import { parseRecord } from './actions.ts';
import { removeIf } from './atomic.ts';
import { digestOfFile, isCheckpoint, isSealed, type StoreAudit } from './audit.ts';
import type { Digest } from './canonical.ts';
import { Cas } from './cas.ts';
import { compact } from './compaction.ts';
import { readStatement } from './statements.ts';

/**
 * Removes what an audit found to be of no use: damaged blobs and files, damaged lines, and the records that name
 * damaged or missing blobs. What they held is computed or made again when it is needed. All of it is looked at once more, for
 * a run that goes on may have made it again since.
 */
export function repairStore(storeRoot: string, audit: StoreAudit): void {
  const cas = new Cas(storeRoot);
  const isBlob = (digest: Digest, path = cas.path(digest)): boolean => digestOfFile(path)?.digest === digest;
  if (audit.broken.length + audit.lines > 0) {
    const folder = join(storeRoot, 'actions');
    const broken = new Set(audit.broken);
    const bad = [...audit.damaged, ...audit.missing].map(({ digest }) => digest);
    const lost = new Set(bad.filter((digest) => !isBlob(digest)));
    const isWhole = (text: string): boolean => {
      const record = parseRecord(text);
      if (record === undefined) return false;
      const { outputs, accepted } = record;
      if (accepted !== undefined && readStatement(storeRoot, accepted.statement) === undefined) return false;
      return !Object.values(outputs).some(({ digest }) => lost.has(digest));
    };
    const mayRewrite = (): boolean => true;
    compact({ folder, extension: '.log', mayRewrite, keep: (key, text) => !broken.has(key) || isWhole(text) });
    // Manifests stay: why explains by the nearest earlier action, whether or not its results are still there.
    if (audit.lines > 0) compact({ folder, extension: '.manifests', mayRewrite, keep: () => true });
  }
  for (const { digest } of audit.damaged) removeIf(cas.path(digest), (path) => !isBlob(digest, path));
  for (const path of audit.files) {
    const isFine = path.startsWith(join('checkpoints', sep)) ? isCheckpoint : isSealed;
    removeIf(join(storeRoot, path), (aside) => !isFine(aside));
  }
}
