import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Kinds, type LoadedKind } from '../../src/engine/kinds.ts';
import type { TaskResult } from '../../src/engine/task.ts';
import { LocalExecutor } from '../../src/executors/local.ts';
import { StatCache } from '../../src/store/statCache.ts';
import { temporaryFolders } from '../store/folder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const folder = temporaryFolders();

/** A kind that needs one package from its start, and another one only where it is told so. */
const KIND = `
import { x } from 'early';
export default {
  summary: 'Tells what its packages are',
  params: { type: 'object' },
  inputs: {},
  outputs: { rows: { type: 'table', schema: { i: 'int32' } } },
  async run({ params: { late } }) { return { rows: { i: [x, late ? (await import('late')).x : 0] } }; },
};
`;

let study: string;
let store: string;
let kind: LoadedKind;
let executor: LocalExecutor;

const placeOf = (name: string): string => join(study, 'node_modules', name);

/** As npm does it: the former folder is moved away first. */
function install(name: string, version: string): void {
  rmSync(placeOf(name), { recursive: true, force: true });
  mkdirSync(placeOf(name), { recursive: true });
  writeFileSync(join(placeOf(name), 'package.json'), JSON.stringify({ name, version, main: 'm.js' }));
  writeFileSync(join(placeOf(name), 'm.js'), `exports.x = ${Number.parseInt(version, 10)};`);
}

async function load(): Promise<LoadedKind> {
  const kinds = new Kinds(store, { study, package: ROOT }, new StatCache(store, study));
  return (await kinds.load('own'))!;
}

function perform(late = false, { bundle, contract, needs } = kind): Promise<TaskResult> {
  const task = {
    target: 't',
    storeRoot: store,
    bundle,
    entry: 'run',
    params: { late },
    files: {},
    inputs: {},
  } as const;
  return executor.execute(
    { ...task, outputs: contract.outputs, seed: '' },
    { signal: new AbortController().signal, needs: { [bundle]: needs }, onProgress: () => undefined },
  );
}

const refusal = (words: string) => ({
  ok: false,
  failure: { kind: 'other-code', message: expect.stringContaining(words) },
});
const changed = (name: string, is: string, was = '1.0.0'): string =>
  `packages were changed while the run was going on: ${join(placeOf(name), 'package.json')} is ${is} and was ${was}. Run again`;

beforeEach(async () => {
  study = folder();
  store = join(study, '.driftline');
  mkdirSync(join(study, 'stages'));
  writeFileSync(join(study, 'stages', 'own.ts'), KIND);
  for (const name of ['early', 'late']) install(name, '1.0.0');
  kind = await load();
  executor = new LocalExecutor({ jobs: 1, memory: 2 ** 28, workerFile: join(ROOT, 'dist', 'cli', 'worker.js') });
});
afterEach(() => executor.close());

describe('no result is given by code that its key does not name', () => {
  it('where a package was installed anew since the run began', async () => {
    install('early', '2.0.0');
    expect(await perform()).toMatchObject(refusal(changed('early', '2.0.0')));
    kind = await load();
    expect(await perform()).toMatchObject({ ok: true });
  });

  it('where it was installed while a thread was at work, for what is imported late', async () => {
    expect(await perform()).toMatchObject({ ok: true });
    install('late', '2.0.0');
    expect(await perform(true)).toMatchObject(refusal(changed('late', '2.0.0')));
    install('late', '1.0.0');
    // The thread has the other one for good.
    expect(await perform(true)).toMatchObject(refusal('packages were changed while the run was going on'));
  });

  it('but where the same version was installed once more, it is', async () => {
    expect(await perform()).toMatchObject({ ok: true });
    install('early', '1.0.0');
    expect(await perform()).toMatchObject({ ok: true });
  });

  it('where a package is gone, as while it is being installed', async () => {
    renameSync(placeOf('early'), `${placeOf('early')}-old`);
    expect(await perform()).toMatchObject(refusal(changed('early', 'gone')));
  });

  it('where a bit of its bundle flipped under an unchanged stat: it is removed, and made anew by the next run', async () => {
    const good = readFileSync(kind.bundle);
    const damaged = Buffer.from(good);
    damaged[good.length >> 1] ^= 1; // under the thread's feet: nobody asks for its stat
    writeFileSync(kind.bundle, damaged);
    expect(await perform()).toMatchObject(refusal(`the code of its kind, ${kind.bundle}, was changed`));
    expect(existsSync(kind.bundle)).toBe(false);
    kind = await load();
    expect(readFileSync(kind.bundle)).toEqual(good);
    expect(await perform()).toMatchObject({ ok: true });
  });
});
