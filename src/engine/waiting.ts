import { setTimeout as sleep } from 'node:timers/promises';
import type { Leases } from '../store/leases.ts';

/** Milliseconds between two looks at another process' lease: at first, for a short action, and at most. */
const FIRST_LOOK = 5;
const LAST_LOOK = 250;

/** Resolves when no living process has the lease any more, or soon after there is no use in waiting. */
export async function untilFree(leases: Leases, name: string, isStopping: () => boolean): Promise<void> {
  for (let wait = FIRST_LOOK; !isStopping() && !leases.isFree(name); wait = Math.min(wait * 1.5, LAST_LOOK)) {
    await sleep(wait);
  }
}

/** Does something while no other process that asks in this way does it. */
export async function alone<T>(leases: Leases, name: string, work: () => Promise<T>): Promise<T> {
  // It is short, and who is asked to stop has the more reason to leave things whole: no signal ends the wait.
  while (!leases.acquire(name)) await untilFree(leases, name, () => false);
  try {
    return await work();
  } finally {
    leases.release(name);
  }
}
