import { join } from 'node:path';
import { parseRecord } from './actions.ts';
import type { Digest } from './canonical.ts';
import { compact } from './compaction.ts';
import { Segments } from './segments.ts';

/**
 * Removes the records that a key answers for, also accepted ones. Returns the targets of what
 * was removed. What was computed from them stays: its key says from which contents, and it is right for these.
 */
export function forgetSigned(storeRoot: string, id: Digest): string[] {
  const folder = join(storeRoot, 'actions');
  const { records } = new Segments(folder, '.log', '').read();
  const gone = new Map<Digest, string>();
  for (const [key, text] of records) {
    const record = parseRecord(text);
    if (record?.signedBy === id) gone.set(key, record.target);
  }
  // Manifests stay: why explains by the nearest earlier action, whether or not its results are still there.
  if (gone.size > 0) compact({ folder, extension: '.log', mayRewrite: () => true, keep: (key) => !gone.has(key) });
  return [...gone.values()];
}
