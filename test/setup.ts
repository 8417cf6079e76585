import { spawnSync } from 'node:child_process';
import { accessSync, chmodSync, constants, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Bytes that all tests at once leave in temporary folders at most, and some more. */
const ROOM = 4 * 2 ** 30;

/**
 * Before all tests: the command line and the worker are built from the sources that are tested. Temporary folders are in
 * memory where there is such a place: the tests write thousands of small files, and each waits for its disk.
 */
export default async function setup(): Promise<(() => void) | undefined> {
  const bootstrap = new URL('../bin/bootstrap.mjs', import.meta.url).href;
  const { prepare } = (await import(bootstrap)) as { prepare(root: string): Promise<void> };
  await prepare(fileURLToPath(new URL('..', import.meta.url)));
  const folder = folderInMemory();
  if (folder === undefined) return undefined;
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

/** Undefined where there is none, where it is small, or where no program may stand in it. */
function folderInMemory(): string | undefined {
  const shared = '/dev/shm';
  try {
    accessSync(shared, constants.W_OK);
    const { bavail, bsize } = statfsSync(shared);
    if (process.env.TMPDIR !== undefined || bavail * bsize < ROOM) return undefined;
  } catch {
    return undefined;
  }
  const folder = mkdtempSync(join(shared, 'driftline-tests-'));
  chmodSync(folder, 0o1777); // as any folder of that sort: some tests run programs as another user
  const program = join(folder, 'program');
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
  const runs = spawnSync(program).status === 0;
  rmSync(program);
  if (runs) return folder;
  rmSync(folder, { recursive: true });
  return undefined;
}
