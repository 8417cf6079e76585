import { expect } from 'vitest';
import { killedAt, scene, succeeds } from './crashScene.ts';
import { TINY, TINY_EDITED } from './crashStudy.ts';
import { allFailpoints, keysOf, WHOLE } from './failpoints.ts';

const COLLECT = ['gc', '--yes', '--keep-runs', '1', '--grace', '0'];

/** Results, records, plans and journals that are of no use: of the study before its edit, and of other parameters. */
const collected = await scene({
  files: TINY,
  edit: TINY_EDITED,
  command: COLLECT,
  prepare: async (victim) => {
    await succeeds(victim, 'run', '--set', 'n=7');
    await succeeds(victim, 'run');
  },
});
const { victim, expected, counts } = collected;

killedAt('gc', allFailpoints(counts), async (point) => {
  victim.reset();
  const { signal, code, err } = await victim.kill(point);
  if (signal !== 'SIGKILL') expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(victim.halfBlobs()).toEqual([]);
  // Nothing that was up to date went: the next run has nothing to execute.
  const again = await victim.study.driftline('run', '--json');
  expect({ code: again.code, err: again.err }).toEqual({ code: 0, err: '' });
  expect(keysOf('action-finished', again.out)).toEqual([]);
  expect(victim.results()).toEqual(expected.after);
  // The next collection finishes what this one began, and leaves nothing that it did not see.
  await succeeds(victim, ...COLLECT);
  expect(victim.audit()).toMatchObject(WHOLE);
  const left = JSON.parse(await succeeds(victim, 'gc', '--json', '--keep-runs', '1', '--grace', '0'));
  expect({ records: left.records, blobs: left.blobs, files: left.files }).toEqual({
    records: [],
    blobs: [],
    files: [],
  });
  return signal === 'SIGKILL';
});
