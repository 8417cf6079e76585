import { readFileSync } from 'node:fs';
import { refusedBy } from '../../../src/engine/gates.ts';
import type { ActionNode } from '../../../src/engine/graph.ts';
import { isEmptyGather, NOTHING, type ResolveContext, resolveAction } from '../../../src/engine/resolve.ts';
import type { ActionRecord } from '../../../src/store/actions.ts';
import { type Digest, sha256 } from '../../../src/store/canonical.ts';
import type { StatCache } from '../../../src/store/statCache.ts';
import { performModel } from './kinds.ts';

/** Outputs of every target by name, as digests. */
export type Results = Readonly<Record<string, Readonly<Record<string, Digest>>>>;

export const resultsOf = (records: ReadonlyMap<string, ActionRecord>): Results =>
  Object.fromEntries(
    [...records]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([target, { outputs }]) => [
        target,
        Object.fromEntries(Object.entries(outputs).map(([name, { digest }]) => [name, digest])),
      ]),
  );

/** Every action in order, from nothing: no store, no key, no scheduler. */
export function fromScratch(nodes: readonly ActionNode[], context: Omit<ResolveContext, 'record' | 'stats'>): Results {
  const blobs = new Map<Digest, Buffer>();
  const keep = (bytes: Buffer): Digest => {
    const digest = sha256(bytes);
    blobs.set(digest, bytes);
    return digest;
  };
  const stats = { digest: (path: string) => keep(readFileSync(path)) } as unknown as StatCache;
  const records = new Map<string, ActionRecord>();
  const notNeeded = new Map<string, string>();
  for (const node of nodes) {
    const by = refusedBy(node, records, notNeeded);
    if (by !== undefined) {
      notNeeded.set(node.target, by);
      continue;
    }
    const action = resolveAction(node, { ...context, stats, record: (target) => records.get(target) });
    if (isEmptyGather(action)) {
      records.set(node.target, NOTHING);
      continue;
    }
    const { texts } = performModel({ ...action.task, storeRoot: NO_STORE }, (digest) => blobs.get(digest)!.toString());
    const outputs = Object.entries(texts).map(([name, text]) => {
      const rows = action.task.outputs[name]?.type === 'table' ? { rows: 1 } : {};
      return [name, { digest: keep(Buffer.from(text)), bytes: text.length, ...rows }];
    });
    records.set(node.target, { ...NOTHING, outputs: Object.fromEntries(outputs) });
  }
  return resultsOf(records);
}

/** Where no checkpoint is. A task by hand has none anyway: what it grows from is added when it is tried. */
const NO_STORE = '/nowhere';
