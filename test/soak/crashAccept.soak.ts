import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { auditStore } from '../../src/store/audit.ts';
import { COLD } from './crashStudy.ts';
import { failpoints, Victim } from './failpoints.ts';

const folder = mkdtempSync(join(tmpdir(), 'driftline-crash-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const COMMAND = ['accept', '--json', '--because', 'said in another way', '--sample', '1', '--jobs', '2'];
const victim = new Victim(folder, COLD, COMMAND);
const { code, err } = await victim.study.driftline('run');
if (code !== 0) throw new Error(err);
victim.study.write({ 'stages/squares.ts': COLD['stages/squares.ts'].replace('k * k + offset', 'offset + k ** 2') });
victim.keep();
const computed = new Set(victim.committed());
/** What an acceptance writes of its own; the rest a run writes as well, and is killed at it. */
const OWN = /\.driftline\/(statements|actions|leases)/;
const points = failpoints(await victim.count(), 1).filter(({ at }) => OWN.test(at));
const accepted = victim.committed().filter((key) => !computed.has(key));

describe('an acceptance, killed', () => {
  const unreached: string[] = [];

  it.each(points.map((point) => [`${point.torn ? 'within' : 'before'} ${point.at} ${point.n}`, point] as const))(
    '%s, loses acceptances only, and none without a statement is left',
    async (name, point) => {
      victim.reset();
      const killed = await victim.kill(point);
      if (killed.signal !== 'SIGKILL') unreached.push(name);
      expect(victim.halfBlobs()).toEqual([]);
      expect(auditStore(join(victim.study.root, '.driftline'))).toMatchObject({
        statements: [],
        broken: [],
        missing: [],
      });
      const there = victim.committed();
      expect(there).toEqual(expect.arrayContaining([...computed]));
      expect([...computed, ...accepted]).toEqual(expect.arrayContaining(there));

      const again = await victim.study.driftline(...COMMAND);
      expect({ code: again.code, err: again.err }).toEqual({ code: 0, err: '' });
      expect(JSON.parse(again.out).accepted).toBe(accepted.length - (there.length - computed.size));
      expect(new Set(victim.committed())).toEqual(new Set([...computed, ...accepted]));
    },
  );

  it('was killed nearly wherever it was to be, and leaves a run nothing to do in the end', async () => {
    expect((await victim.study.driftline('run')).out).toContain('Nothing had to run');
    expect(accepted.length).toBeGreaterThan(3);
    expect(points.length).toBeGreaterThan(10);
    expect(unreached.length).toBeLessThan(points.length / 5);
  });
});
