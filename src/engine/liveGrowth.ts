import type { ActionLog, ActionRecord } from '../store/actions.ts';
import type { Digest } from '../store/canonical.ts';
import { type Forecast, isKeyManifest } from './forecast.ts';
import { growthKey, growthOf } from './growth.ts';
import { type ResolveContext, resolveAction } from './resolve.ts';

/**
 * Growth keys whose checkpoints are of use: of everything needed in a plan that can grow, done or not, and of earlier actions
 * with the same code whose results are kept.
 */
export function liveGrowth(
  forecasts: readonly Forecast[],
  context: Omit<ResolveContext, 'record'> & {
    readonly log: ActionLog;
    readonly records: ReadonlyMap<string, ActionRecord>;
    readonly keys: ReadonlySet<Digest>;
  },
): Set<Digest> {
  const live = new Set<Digest>();
  const growing = new Map<Digest, string>();
  for (const { digest, contract } of context.kinds.values()) {
    if (contract.grows !== undefined) growing.set(digest, contract.grows);
  }
  if (growing.size === 0) return live;
  for (const { node, state } of forecasts) {
    if (state === 'not-needed') continue;
    if (node.role !== 'run' || context.kinds.get(node.stage.uses)?.contract.grows === undefined) continue;
    try {
      const growth = growthOf(resolveAction(node, { ...context, record: (target) => context.records.get(target) }));
      if (growth !== undefined) live.add(growth.key);
    } catch {
      // Its inputs are not there: it has no key yet.
    }
  }
  for (const [key, manifest] of context.log.manifests()) {
    if (!context.keys.has(key) || !isKeyManifest(manifest)) continue;
    const grows = growing.get(manifest.code);
    if (grows !== undefined) live.add(growthKey(manifest, grows));
  }
  return live;
}
