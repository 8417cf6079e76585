import pLimit from 'p-limit';
import type { RemoteCache } from '../store/remote/remoteCache.ts';
import type { Forecast } from './forecast.ts';
import { NOTHING } from './resolve.ts';

/** Where results are. */
export interface Whereabouts {
  readonly both: number;
  readonly here: number;
  readonly there: number;
  readonly nowhere: number;
}

const AT_ONCE = 32;

/** Counts where the results of a forecast that asked a shared cache are. What is not needed counts as nothing. */
export async function sharedWith(remote: RemoteCache, forecasts: readonly Forecast[]): Promise<Whereabouts> {
  const counts = { both: 0, here: 0, there: 0, nowhere: 0 };
  const limit = pLimit(AT_ONCE);
  await Promise.all(
    forecasts.map(async (item) => {
      if (item.state === 'not-needed') return;
      if (item.state !== 'cached') counts.nowhere++;
      else if (item.remote) counts.there++;
      else if (item.record !== NOTHING) {
        const record = await limit(() => remote.lookup(item.key));
        counts[record !== undefined && (await remote.holds(record, 'there')) ? 'both' : 'here']++;
      }
    }),
  );
  return counts;
}
