import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BIN, ending, type TemporaryStudy } from '../cli/study.ts';
import { temporaryFolders } from '../store/folder.ts';
import { COLD } from './crashStudy.ts';
import { keysOf, Victim } from './failpoints.ts';

const folder = temporaryFolders();
const DAY = 86_400_000;

/** Runs under a clock that is wrong by so many days; gives the keys of what was executed. */
async function run(study: TemporaryStudy, days: number): Promise<string[]> {
  const clock = new URL('clock.mjs', import.meta.url);
  clock.search = `shift=${days * DAY}`;
  const { NODE_EXTRA_CA_CERTS: _, FORCE_COLOR: __, ...env } = process.env;
  const args = ['--import', clock.href, BIN, 'run', '--json'];
  const child = spawn(process.execPath, args, { cwd: study.root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const { code, out, err } = await ending(child);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return keysOf('action-finished', out);
}

/** Rewrites the input in place, in the same length, and gives it a modification time. */
function rewrite({ root }: TemporaryStudy, x: number, time: Date): void {
  writeFileSync(join(root, 'given.csv'), `x\n${x}\n2\n`);
  utimesSync(join(root, 'given.csv'), time, time);
}

const doubled = ({ root }: TemporaryStudy): string =>
  readFileSync(join(root, 'out', 'tables', 'doubled.table.csv'), 'utf8');

describe('a clock that jumps', () => {
  it.each([
    ['forwards and back', [0, 1, 0]],
    ['back and forwards', [0, -1, 0]],
    ['far off both ways', [400, -400, 30]],
  ])('%s changes no result and executes nothing again', async (_, days) => {
    const victim = new Victim(folder(), COLD);
    expect((await run(victim.study, days[0])).length).toBeGreaterThan(0);
    const good = victim.results();
    for (const shift of days.slice(1)) {
      expect(await run(victim.study, shift)).toEqual([]);
      expect(victim.results()).toEqual(good);
    }
    // The newest run by name need not be the last one made; each is readable.
    expect(readdirSync(join(victim.study.root, '.driftline', 'runs'))).toHaveLength(1);
  });

  it.each([0, 1, -1])('by %i days lets no content pass for another, whatever the time of its file', async (days) => {
    const { study } = new Victim(folder(), COLD);
    const soon = Date.now() + DAY;
    const times = [1.7e12, 1.7e12, 1.7e12 + DAY, soon, soon].map((time) => new Date(time));
    let x = 0;
    for (const time of times) {
      rewrite(study, ++x, time);
      await run(study, days);
      expect(doubled(study)).toBe(`x,twice\n${x},${x * 2}\n2,4\n`);
    }
  });

  it('back lets the newest record of a key win that is still whole', async () => {
    const victim = new Victim(folder(), COLD);
    await run(victim.study, 2);
    const good = victim.results();
    rewrite(victim.study, 5, new Date(1.7e12));
    expect((await run(victim.study, -2)).length).toBeGreaterThan(0);
    rewrite(victim.study, 1, new Date(1.7e12));
    expect(await run(victim.study, -1)).toEqual([]);
    expect(victim.results()).toEqual(good);
  });
});
