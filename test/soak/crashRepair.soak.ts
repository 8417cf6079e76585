import { appendFileSync, chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { killedAt, scene, succeeds } from './crashScene.ts';
import { TINY, TINY_EDITED } from './crashStudy.ts';
import { allFailpoints, below, type Victim, WHOLE } from './failpoints.ts';

/** Damages a blob, a record, a manifest, a plan and a checkpoint. */
async function damage(victim: Victim): Promise<void> {
  await succeeds(victim, 'run');
  const store = join(victim.study.root, '.driftline');
  const actions = readdirSync(join(store, 'actions')).sort();
  for (const extension of ['.log', '.manifests']) {
    const path = join(store, 'actions', actions.find((name) => name.endsWith(extension))!);
    chmodSync(path, 0o644);
    appendFileSync(path, '\n00000000 half a line\n');
  }
  const [blob] = below(join(store, 'cas')).filter((path) => readFileSync(path).length > 100);
  const [plan] = below(join(store, 'plans'));
  const [checkpoint] = below(join(store, 'checkpoints'));
  for (const path of [blob, plan, checkpoint]) {
    chmodSync(path, 0o644);
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(path, bytes);
  }
}

const good = await scene({ files: TINY, edit: TINY_EDITED });
const repaired = await scene({
  files: TINY,
  edit: TINY_EDITED,
  prepare: damage,
  command: ['verify', '--repair', '--sample', '2'],
});
const { victim, counts } = repaired;

killedAt('verify --repair', allFailpoints(counts), async (point) => {
  victim.reset();
  const { signal, code } = await victim.kill(point);
  if (signal !== 'SIGKILL') expect(code).toBe(0);
  await succeeds(victim, 'verify', '--repair', '--sample', '0');
  expect(victim.audit()).toMatchObject(WHOLE);
  await succeeds(victim, 'run');
  expect(victim.results()).toEqual(good.expected.after);
  return signal === 'SIGKILL';
});
