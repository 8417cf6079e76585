import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { PEM, PUBLIC } from '../cli/checkout.ts';
import { ending, events, TemporaryStudy } from '../cli/study.ts';
import { killedAt, scene } from './crashScene.ts';
import { TINY } from './crashStudy.ts';
import { allFailpoints } from './failpoints.ts';

const folder = mkdtempSync(join(tmpdir(), 'driftline-shared-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What somebody has computed and shared. */
const maker = new TemporaryStudy(join(folder, 'maker'), { ...TINY, 'shared/.keep': '' });
const shared = join(maker.root, 'shared');
const env = { DRIFTLINE_SIGNING_KEY: PEM, DRIFTLINE_CACHE: shared, XDG_CONFIG_HOME: folder };
const made = await ending(maker.start(['run', '--cache-write'], env));
if (made.code !== 0) throw new Error(made.err);

const files = {
  ...TINY,
  'pipeline.yaml': `${TINY['pipeline.yaml']}cache: ${shared}\n`,
  'driftline.keys': `alice ${PUBLIC.text}\n`,
};
const { victim, expected, counts } = await scene({ files });
const all = victim.committed();

/** What is received comes by calls that are only begun: each place of theirs. The others are those of any run. */
const points = allFailpoints(counts).filter(
  ({ at, n }) => /^(open|writeFile|sync|rename) /.test(at) || (at.startsWith('rm ') && n === 1),
);
if (points.length < 5 * all.length) throw new Error(`only ${points.length} places to kill at`);

let turn = 0;
killedAt('a run that takes all results from a shared cache', points, async (point) => {
  victim.reset();
  const killed = await victim.kill(point);
  expect(victim.halfBlobs()).toEqual([]);
  const outputs = Object.entries(victim.results());
  for (const [path, digest] of outputs) expect([expected.before[path], expected.after[path]]).toContain(digest);
  const committed = victim.committed();
  expect(all).toEqual(expect.arrayContaining(committed));
  const whole = killed.out.slice(0, killed.out.lastIndexOf('\n') + 1);
  const told = whole === '' ? [] : events(whole).flatMap(({ fetched, key }) => (fetched === true ? [key] : []));
  expect(committed).toEqual(expect.arrayContaining(told));

  // By turns the cache is there still, or is gone: what it gave before is not asked for, nor computed, again.
  const alone = turn++ % 2 === 1;
  const again = await victim.study.driftline('run', '--json', ...(alone ? ['--no-cache'] : []));
  expect({ code: again.code, err: again.err }).toEqual({ code: 0, err: '' });
  const after = events(again.out);
  const executed = after.filter(({ type }) => type === 'action-finished').map(({ key }) => key);
  const fetched = after.filter((event) => event.fetched === true).map(({ key }) => key);
  expect(alone ? fetched : executed).toEqual([]);
  expect([...committed, ...executed, ...fetched].sort()).toEqual([...all].sort());
  expect(victim.results()).toEqual(expected.after);
  expect(victim.halfBlobs()).toEqual([]);
  expect((await victim.study.driftline('run')).out).toContain('Nothing had to run');
  return killed.signal === 'SIGKILL';
});
