import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect } from 'vitest';
import { sha256 } from '../../src/store/canonical.ts';
import { PEM } from '../cli/checkout.ts';
import { killedAt, scene, succeeds } from './crashScene.ts';
import { TINY } from './crashStudy.ts';
import { below, failpoints, type Victim } from './failpoints.ts';

process.env.DRIFTLINE_SIGNING_KEY = PEM;

const files = {
  ...TINY,
  'pipeline.yaml': `${TINY['pipeline.yaml']}cache: { url: ./shared, write: true }\n`,
  'shared/.keep': '',
};
const { victim, counts } = await scene({ files });
const all = victim.committed();

/** Names of blobs in the shared folder whose bytes are others. */
const halves = ({ study }: Victim): string[] =>
  below(join(study.root, 'shared', 'cas')).filter(
    (path) => !basename(path).startsWith('.tmp-') && sha256(readFileSync(path)) !== basename(path),
  );

const OWN = /^(mkdir|open|writeFile|sync|rename) shared/;
const points = failpoints(counts, 2).filter(({ at }) => OWN.test(at));
if (points.length < 15) throw new Error(`only ${points.length} places to kill at`);

killedAt('a run that uploads to a shared folder', points, async (point) => {
  victim.reset();
  const { signal } = await victim.kill(point);
  expect(halves(victim)).toEqual([]);
  // Whatever is there can be taken: records that name blobs which are not there would be refused with words.
  const before = JSON.parse(await succeeds(victim, 'cache', 'stat', '--json'));
  expect(before.counts.there).toBe(0);
  await succeeds(victim, 'run');
  await succeeds(victim, 'cache', 'push');
  const { counts: stat } = JSON.parse(await succeeds(victim, 'cache', 'stat', '--json'));
  expect(stat).toEqual({ both: all.length, here: 0, there: 0, nowhere: 0 });
  expect(halves(victim)).toEqual([]);
  return signal === 'SIGKILL';
});
