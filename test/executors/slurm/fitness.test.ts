import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { RUNTIME } from '../../../src/engine/key.ts';
import type { ActionFile } from '../../../src/executors/slurm/batch.ts';
import { fitnessFor } from '../../../src/executors/slurm/fitness.ts';
import { sha256 } from '../../../src/store/canonical.ts';
import { temporaryFolders } from '../../store/folder.ts';

const folder = temporaryFolders();
const CODE = 'export default {};';
let bundle = '';
let manifest = '';
const install = (version: string): void => writeFileSync(manifest, JSON.stringify({ name: 'some', version }));

beforeEach(() => {
  const root = folder();
  bundle = join(root, 'kind.mjs');
  writeFileSync(bundle, CODE);
  mkdirSync(join(root, 'node_modules', 'some'), { recursive: true });
  manifest = join(root, 'node_modules', 'some', 'package.json');
  install('1.2.3');
});

const file = (more: Partial<ActionFile> = {}): ActionFile => ({
  format: 1,
  token: '0123456789abcdef',
  element: 0,
  jobs: 1,
  actions: [],
  runtime: RUNTIME,
  kinds: { [bundle]: { bundle: sha256(CODE), manifests: [[manifest, '1.2.3']] } },
  ...more,
});
const FIT = { failures: new Map(), blind: false };

describe('the code of a job', () => {
  it('is found as its keys name it', async () => {
    expect(await fitnessFor(file(), 0)).toEqual(FIT);
  });

  it('is not done with another version of a package, and it is said which', async () => {
    install('2.0.0');
    const { failures, blind } = await fitnessFor(file(), 0);
    expect(blind).toBe(false);
    expect(failures.get(bundle)).toEqual({
      kind: 'other-code',
      message: `packages were changed while its job was queued: ${manifest} is 2.0.0 and was 1.2.3. Run again`,
    });
  });

  it('waits for an installation that is under way', async () => {
    rmSync(manifest);
    expect((await fitnessFor(file(), 0)).failures.get(bundle)?.message).toContain(`${manifest} is gone and was 1.2.3`);
    setTimeout(() => install('1.2.3'), 100);
    expect(await fitnessFor(file(), 20_000)).toEqual(FIT);
  });

  it('is not run where its bundle is not there, or has another byte; it may be seen later', async () => {
    writeFileSync(bundle, `${CODE} `);
    expect(await fitnessFor(file(), 0)).toEqual({ failures: new Map(), blind: true });
    rmSync(bundle);
    expect((await fitnessFor(file(), 0)).blind).toBe(true);
    setTimeout(() => writeFileSync(bundle, CODE), 100);
    expect(await fitnessFor(file(), 20_000)).toEqual(FIT);
  });

  it('is not done by another major version of Node', async () => {
    const { failures } = await fitnessFor(file({ runtime: 'node 1' }), 0);
    expect(failures.get(bundle)).toEqual({
      kind: 'other-code',
      message: `its job found ${RUNTIME} where node 1 is meant; executor: { node: … } names the program to use`,
    });
  });
});
