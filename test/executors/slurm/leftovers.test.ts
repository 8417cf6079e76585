import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { batchTokens, type JobAction, writeBatch } from '../../../src/executors/slurm/batch.ts';
import { findLeftovers } from '../../../src/executors/slurm/leftovers.ts';
import { programsFolder } from '../../../src/executors/slurm/program.ts';
import { ResultWriter } from '../../../src/executors/slurm/resultFiles.ts';
import { sha256 } from '../../../src/store/canonical.ts';
import { temporaryFolders } from '../../store/folder.ts';
import { perform } from './fakeCluster.ts';

const folder = temporaryFolders();

const action = (storeRoot: string, target: string): JobAction => ({
  key: sha256(target),
  task: {
    target,
    storeRoot,
    bundle: '/nowhere.mjs',
    entry: 'run',
    params: {},
    files: { '/a': sha256('file') },
    inputs: { one: { digest: sha256('input'), format: 'table' }, many: [{ digest: sha256('many'), format: 'bytes' }] },
    outputs: { out: { type: 'file', extension: 'txt' } },
    seed: '',
  },
});

it('jobs that nobody waited for keep what they need and what they gave, until all of it is on record or forgotten', () => {
  const root = folder();
  const token = '0123456789abcdef';
  const batch = writeBatch(root, { token, run: 'r', host: 'h' }, [[action(root, 'a')], [action(root, 'b')]]);
  const result = perform(action(root, 'a'));
  new ResultWriter(batch, { token, element: 0, attempt: 0, host: 'h' }).write([[0, result]], 'done');
  const now = Date.now();
  const given = result.ok ? result.outputs.out.digest : '';
  const kept = findLeftovers(root, (key) => key === sha256('a'), now);
  expect(kept.dead).toEqual([]);
  expect([...kept.digests].sort()).toEqual([given, sha256('file'), sha256('input'), sha256('many')].sort());
  for (const gone of [findLeftovers(root, () => true, now), findLeftovers(root, () => false, now + 31 * 86_400_000)]) {
    expect(gone.digests.size).toBe(0);
    expect(gone.dead.map((path) => path.slice(batch.length + 1)).sort()).toEqual(
      ['actions/0.json', 'actions/1.json', 'batch.json', 'job.sh', 'results/0.0.end.json'].sort(),
    );
  }
  expect(batchTokens(root)).toEqual([token]);
});

it('jobs that nobody waited for keep their program and the code of their kinds, and nothing else keeps a program', () => {
  const root = folder();
  const token = '0123456789abcdef';
  const [used, other] = [sha256('used'), sha256('other')];
  for (const digest of [used, other]) {
    mkdirSync(join(programsFolder(root), digest, 'pool'), { recursive: true });
    for (const name of ['slurmTask.mjs', join('pool', 'worker.js')]) {
      writeFileSync(join(programsFolder(root), digest, name), digest);
    }
  }
  writeBatch(root, { token, run: 'r', host: 'h', program: used }, [[action(root, 'a')]]);
  const kept = findLeftovers(root, () => false, Date.now());
  expect(kept.bundles).toEqual(new Set(['/nowhere.mjs']));
  expect(kept.dead.map((path) => path.slice(programsFolder(root).length + 1)).sort()).toEqual([
    `${other}/pool/worker.js`,
    `${other}/slurmTask.mjs`,
  ]);
  const gone = findLeftovers(root, () => true, Date.now());
  expect(gone.bundles.size).toBe(0);
  expect(gone.dead.filter((path) => path.startsWith(join(programsFolder(root), used)))).toHaveLength(2);
});
