import { Durations } from '../engine/costs/durations.ts';
import { History } from '../engine/explain/history.ts';
import type { Session } from './session.ts';

/** Records that are looked through while a run goes on; a store with more would hold up what it is to foretell. */
const MOST_RECORDS = 50_000;

/** How long actions took in earlier runs; undefined where there are none, or too many to look through by the way. */
export function recordedDurations(session: Session): Durations | undefined {
  const count = [...session.log.keys()].length;
  return count === 0 || count > MOST_RECORDS
    ? undefined
    : new Durations(new History(session.log, session.storeRoot), session);
}
