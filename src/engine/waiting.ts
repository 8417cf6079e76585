import type { Leases } from '../store/leases.ts';
import { pause } from './pause.ts';

/** Seconds between two looks at another process' lease: at first, for a short action, and at most. */
const FIRST_LOOK = 0.005;
const LAST_LOOK = 0.25;

/** Resolves when no living process has the lease any more, or when this run is to stop. */
export async function untilFree(
  leases: Leases,
  name: string,
  signal: AbortSignal,
  isStopping: () => boolean = () => signal.aborted,
): Promise<void> {
  for (let wait = FIRST_LOOK; !isStopping() && !leases.isFree(name); wait = Math.min(wait * 1.5, LAST_LOOK)) {
    await pause(wait, signal);
  }
}

/** Does something while no other process that asks in this way does it. */
export async function alone<T>(leases: Leases, name: string, work: () => Promise<T>): Promise<T> {
  // Not ended by a signal: it is short, and who is asked to stop has the more reason to leave things whole.
  const never = new AbortController().signal;
  while (!leases.acquire(name)) await untilFree(leases, name, never);
  try {
    return await work();
  } finally {
    leases.release(name);
  }
}
