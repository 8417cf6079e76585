import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for what servers are to come to; `what` says it in the error. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  limit: number = 60_000,
): Promise<void> {
  for (const deadline = Date.now() + limit; !(await holds()); await sleep(50)) {
    if (Date.now() > deadline) throw new Error(`waited ${limit / 1000} s in vain for ${what}`);
  }
}
