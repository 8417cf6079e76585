import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Expected, survives } from './crash.ts';
import { COLD } from './crashStudy.ts';
import { type Failpoint, Victim } from './failpoints.ts';

export interface Scene {
  readonly victim: Victim;
  readonly expected: Expected;
  readonly counts: ReadonlyMap<string, number>;
}

interface SceneOptions {
  readonly files?: Readonly<Record<string, string>>;
  /** Made after a first run. */
  readonly edit?: Readonly<Record<string, string>>;
  /** What is done to the store after all that, before it is kept. */
  readonly prepare?: (victim: Victim) => Promise<void>;
  readonly command?: readonly string[];
}

/** A study whose next command is to be killed. The command is done once undisturbed. */
export async function scene({ files = COLD, edit, prepare, command }: SceneOptions = {}): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-crash-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const victim = new Victim(folder, files, command);
  if (edit !== undefined) {
    await succeeds(victim, 'run');
    victim.study.write(edit);
  }
  await prepare?.(victim);
  victim.keep();
  const before = victim.results();
  const counts = await victim.count();
  return { victim, expected: { before, after: victim.results() }, counts };
}

export async function succeeds({ study }: Victim, ...args: readonly string[]): Promise<string> {
  const { code, out, err } = await study.driftline(...args);
  if (code !== 0) throw new Error(`driftline ${args.join(' ')} ended with ${code}: ${err}${out}`);
  return out;
}

/** Kills at each of the points, and holds what is left to `check`, which says whether the place was reached. */
export function killedAt(
  name: string,
  points: readonly Failpoint[],
  check: (point: Failpoint) => Promise<boolean>,
): void {
  const unreached: Failpoint[] = [];

  describe(`${name}, killed`, () => {
    it.each(points.map((point) => [`${point.torn ? 'within' : 'before'} ${point.at} ${point.n}`, point] as const))(
      '%s, leaves what the next one goes on from',
      async (_, point) => {
        if (!(await check(point))) unreached.push(point);
      },
    );

    it('was killed nearly wherever it was to be', () => {
      // Two threads that find the same thing missing may or may not both write it; and the five calls and one torn one
      // that write the stat cache come only where some file has meanwhile become old enough for it.
      expect(unreached.length, JSON.stringify(unreached)).toBeLessThanOrEqual(6 + points.length / 10);
    });
  });
}

/** Kills a run at each of the points; each takes three starts of the program. */
export const runKilledAt = (name: string, { victim, expected }: Scene, points: readonly Failpoint[]): void =>
  killedAt(name, points, (point) => survives(victim, point, expected));
