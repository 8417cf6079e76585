import pLimit from 'p-limit';
import type { RemoteCache } from '../store/remote/remoteCache.ts';
import type { Forecast } from './forecast.ts';
import { NOTHING } from './resolve.ts';

/** Results at a time; each holds a blob in memory. */
const AT_ONCE = 8;

/** What becomes of a result that is to be shared. */
export type Pushed = 'uploaded' | 'there' | 'failed';

/**
 * Uploads results that were computed here. What came from others is theirs to answer for, and what was accepted rests on
 * a statement that the cache does not have.
 */
export async function push(
  remote: RemoteCache,
  forecasts: readonly Forecast[],
): Promise<{ readonly results: ReadonlyMap<string, Pushed>; readonly withheld: readonly string[] }> {
  const limit = pLimit(AT_ONCE);
  const results = new Map<string, Pushed>();
  const withheld: string[] = [];
  const keys = new Set<string>();
  const work = forecasts.flatMap((item) => {
    if (item.state !== 'cached' || item.record === NOTHING || keys.has(item.key)) return [];
    const { node, key, record } = item;
    keys.add(key);
    if (record.signedBy !== undefined || record.accepted !== undefined) {
      withheld.push(node.target);
      return [];
    }
    return limit(async () => {
      const there = await remote.lookup(key);
      const done =
        there !== undefined && (await remote.holds(there, 'there')) ? 'there' : await remote.push(key, record);
      results.set(node.target, done === 'there' ? done : done ? 'uploaded' : 'failed');
    });
  });
  await Promise.all(work);
  return { results, withheld };
}
