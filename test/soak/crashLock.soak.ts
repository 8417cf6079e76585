import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { killedAt, scene, succeeds } from './crashScene.ts';
import { TINY, TINY_EDITED } from './crashStudy.ts';
import { allFailpoints, type Victim } from './failpoints.ts';

const lockOf = ({ study }: Victim): string | undefined => {
  const path = join(study.root, 'driftline.lock');
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
};

/** What the run is called, if it is called anything: a tag that is there is whole. */
async function tagsOf(victim: Victim): Promise<unknown[]> {
  const tags: { readonly taggedAt: string }[] = JSON.parse(await succeeds(victim, 'tag', '--json'));
  return tags.map(({ taggedAt: _, ...tag }) => tag);
}

/** The study has a lock of how it was, is edited and run: the lock is to be written anew, and the run gets a name. */
let old: string | undefined;
const locked = await scene({
  files: TINY,
  prepare: async (victim) => {
    await succeeds(victim, 'run', '--lock');
    old = lockOf(victim);
    victim.study.write(TINY_EDITED);
    await succeeds(victim, 'run');
  },
  command: ['run', '--lock', '--tag', 'kept'],
});
const { victim, counts } = locked;
const anew = lockOf(victim);
const tagged = await tagsOf(victim);

killedAt('run --lock --tag', allFailpoints(counts), async (point) => {
  victim.reset();
  expect(lockOf(victim)).toBe(old);
  const { signal } = await victim.kill(point);
  expect([old, anew]).toContain(lockOf(victim));
  const tags = await tagsOf(victim);
  expect([[], tagged]).toContainEqual(tags);
  const { code } = await victim.study.driftline('run', '--locked');
  expect(code).toBe(lockOf(victim) === anew ? 0 : 1);
  await succeeds(victim, 'run', '--lock', ...(tags.length === 0 ? ['--tag', 'kept'] : []));
  expect(lockOf(victim)).toBe(anew);
  expect(await tagsOf(victim)).toEqual(tagged);
  return signal === 'SIGKILL';
});
