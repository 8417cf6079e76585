import type { ActionRecord } from '../store/actions.ts';
import type { Digest } from '../store/canonical.ts';
import type { RemoteCache } from '../store/remote/remoteCache.ts';
import { fits } from './fetching.ts';
import { type Forecast, type ForecastContext, forecast } from './forecast.ts';
import { type ActionNode, kindOf } from './graph.ts';

/**
 * Predicts a run that has a shared cache: asks it for what would run otherwise, and then for what comes to be known by its
 * answers. What it has counts as there if all blobs are, by name and length; whether their bytes are right, only fetching shows.
 */
export async function forecastWith(
  remote: RemoteCache,
  nodes: readonly ActionNode[],
  context: ForecastContext,
): Promise<Forecast[]> {
  const found = new Map<Digest, ActionRecord>();
  const asked = new Set<Digest>();
  for (;;) {
    const forecasts = forecast(nodes, { ...context, remote: found });
    const open = forecasts.flatMap((item) =>
      item.state === 'run' && item.key !== undefined && !asked.has(item.key)
        ? [{ node: item.node, key: item.key }]
        : [],
    );
    if (open.length === 0) return forecasts;
    for (const { key } of open) asked.add(key);
    await Promise.all(
      open.map(async ({ node, key }) => {
        const record = await remote.lookup(key);
        if (record === undefined || !fits(record, node, context.kinds.get(kindOf(node))!.contract)) return;
        if (await remote.holds(record, 'here or there')) found.set(key, record);
      }),
    );
  }
}
