import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Expected, survives } from './crash.ts';
import { COLD } from './crashStudy.ts';
import { type Failpoint, failpoints, Victim } from './failpoints.ts';

export interface Scene {
  readonly victim: Victim;
  readonly expected: Expected;
  readonly counts: ReadonlyMap<string, number>;
}

/** A study whose next run is to be killed: its first one, or one after `edit`. The run is done once undisturbed. */
export async function scene(edit?: Readonly<Record<string, string>>): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-crash-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const victim = new Victim(folder, COLD);
  if (edit !== undefined) {
    const { code, err } = await victim.study.driftline('run');
    if (code !== 0) throw new Error(err);
    victim.study.write(edit);
  }
  victim.keep();
  const before = victim.results();
  const counts = await victim.count();
  return { victim, expected: { before, after: victim.results() }, counts };
}

/** Kills at every class of call, `most` times at those that come often; each takes three starts of the program. */
export function killedEverywhere(name: string, { victim, expected, counts }: Scene, most: number): void {
  const points = failpoints(counts, most);
  const unreached: Failpoint[] = [];

  describe(`${name}, killed`, () => {
    it.each(points.map((point) => [`${point.torn ? 'within' : 'before'} ${point.at} ${point.n}`, point] as const))(
      '%s, goes on to the results of an undisturbed one',
      async (_, point) => {
        if (!(await survives(victim, point, expected))) unreached.push(point);
      },
    );

    it('was killed at every class of call, and nearly wherever it was to be', () => {
      const classes = new Set(points.map(({ at }) => at));
      const reached = new Set(points.filter((point) => !unreached.includes(point)).map(({ at }) => at));
      expect([...classes].filter((at) => !reached.has(at))).toEqual([]);
      expect(unreached.length).toBeLessThan(points.length / 10);
    });
  });
}
