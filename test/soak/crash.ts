import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Failpoint, keysOf, type Victim } from './failpoints.ts';

/** Four actions at a time, and at most two short ones in one go where so few wait: more are never recorded together. */
const MOST_UNTOLD = 8;

/** What undisturbed runs leave in `out/`: before the run that is killed, and after it. */
export interface Expected {
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
}

/**
 * Kills a run at one place and asserts what has to hold: at the kill every file is whole, what was committed is there;
 * after the next run all results are those of an undisturbed one, and only what was not committed was executed.
 * Says whether the place was reached: two threads that find the same thing missing may or may not both write it.
 */
export async function survives(victim: Victim, point: Failpoint, { before, after }: Expected): Promise<boolean> {
  victim.reset();
  const old = new Set(victim.committed());
  const killed = await victim.kill(point);
  const reached = killed.signal === 'SIGKILL';
  if (!reached) expect(killed).toMatchObject({ code: 0, err: '' });

  expect(victim.halfBlobs()).toEqual([]);
  for (const [path, digest] of Object.entries(victim.results())) expect([before[path], after[path]]).toContain(digest);
  const committed = victim.committed();
  const told = keysOf('action-finished', killed.out);
  expect(committed).toEqual(expect.arrayContaining([...old, ...told]));
  // What is written together is told at once, in the order in which it was written: only the last group can be untold.
  const ofThisRun = committed.filter((key) => !old.has(key));
  expect(new Set(ofThisRun.slice(0, told.length))).toEqual(new Set(told));
  expect(ofThisRun.length - told.length).toBeLessThanOrEqual(MOST_UNTOLD);

  const again = await victim.study.driftline('run', '--json');
  expect({ code: again.code, err: again.err }).toEqual({ code: 0, err: '' });
  const executed = keysOf('action-finished', again.out);
  expect(executed.filter((key) => committed.includes(key))).toEqual([]);
  expect(victim.results()).toEqual(after);
  expect(victim.halfBlobs()).toEqual([]);
  for (const name of ['run.json', join('report', 'index.html')]) {
    expect(existsSync(join(victim.study.root, 'out', name))).toBe(true);
  }

  const third = await victim.study.driftline('run');
  expect(third).toMatchObject({ code: 0, err: '' });
  expect(third.out).toContain('Nothing had to run');
  return reached;
}
