import pLimit from 'p-limit';
import type { RemoteCache } from '../store/remote/remoteCache.ts';
import { Fetching } from './fetching.ts';
import type { Forecast, ForecastContext } from './forecast.ts';
import type { ActionNode } from './graph.ts';
import { resolveAction } from './resolve.ts';

/** Actions at a time. */
const AT_ONCE = 32;

export interface Pulled {
  readonly fetched: readonly string[];
  /** Those that the cache said it has and that were not to be had in the end. */
  readonly failed: readonly string[];
}

/** Fetches what a forecast says is in a shared cache, each result once. Rejects with a StoreError where it cannot be kept. */
export async function pull(
  remote: RemoteCache,
  nodes: readonly ActionNode[],
  forecasts: readonly Forecast[],
  context: ForecastContext,
): Promise<Pulled> {
  const records = new Map(
    forecasts.flatMap((item) => (item.state === 'cached' ? [[item.node.target, item.record]] : [])),
  );
  const resolving = { ...context, record: (target: string) => records.get(target) };
  const fetching = new Fetching(remote, context.cas.snapshot(), resolving, nodes);
  const wanted = new Map(forecasts.flatMap((item) => ('remote' in item ? [[item.key, item.node] as const] : [])));
  const limit = pLimit(AT_ONCE);
  const done = await Promise.all(
    [...wanted.values()].map((node) =>
      limit(async () => {
        const action = resolveAction(node, resolving);
        return { target: node.target, found: (await fetching.fetch(action)) !== undefined };
      }),
    ),
  );
  const targets = (found: boolean): string[] => done.flatMap((one) => (one.found === found ? [one.target] : []));
  return { fetched: targets(true), failed: targets(false) };
}
